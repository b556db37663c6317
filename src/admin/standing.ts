// How each target of the table in force stands now: whether it is called, what waits for it, and when the next of that goes.

import { Hono } from "hono";
import * as v from "valibot";
import { lookAtGate } from "../delivery/gate/ask-gate.ts";
import type { GateState } from "../delivery/gate/admission.ts";
import type { Bindings } from "../env.ts";
import { countAllDue, countAllHeld } from "../ledger/everywhere.ts";
import type { Due } from "../ledger/due.ts";
import type { Held } from "../ledger/holds.ts";
import { listPauses, readSlowTargets, type Pause } from "../ledger/pauses.ts";
import { WAITED_FOR } from "../ledger/not-ready.ts";
import { newestTable } from "../routing/table-store.ts";
import { MaybeInstantSchema, toMaybeInstant } from "./answers.ts";
import { describe } from "./describe.ts";

/** How many gates are asked. Each is a request of the invocation, which has 50 on the free plan. */
const GATES_ASKED_MAX = 20;

const StandingSchema = v.pipe(
  v.object({
    id: v.string(),
    state: v.pipe(
      v.picklist(["healthy", "slow", "throttled", "recovering", "not_ready", "broken", "paused"]),
      v.description(
        "`throttled`: it has asked to be left alone for a while, or its limits are reached. `recovering`: its breaker lets through a few. `not_ready`: something on our side is missing, such as a secret. `broken`: its breaker is open. `paused`: by a person, or because it refuses our credentials.",
      ),
    ),
    reason: v.pipe(v.nullable(v.string()), v.description("Why it is paused, or what it waits for.")),
    note: v.pipe(v.nullable(v.string()), v.description("What the person wrote who paused it, or the target answered.")),
    since: v.pipe(MaybeInstantSchema, v.description("Since when it is paused, or its breaker open.")),
    until: v.pipe(MaybeInstantSchema, v.description("When it is tried again, where that is known.")),
    held: v.pipe(v.number(), v.description("Deliveries that wait until it is called again, or for their turn.")),
    heldSince: v.pipe(MaybeInstantSchema, v.description("Since when the first of them waits.")),
    scheduled: v.pipe(v.number(), v.description("Deliveries that failed and are to be tried again.")),
    nextAt: v.pipe(MaybeInstantSchema, v.description("When the next of those goes.")),
  }),
  v.metadata({ ref: "Standing" }),
);
type Standing = v.InferOutput<typeof StandingSchema>;

const AnswerSchema = v.object({
  targets: v.array(StandingSchema),
  isPartial: v.pipe(
    v.boolean(),
    v.description("Whether more is to be tried again than was counted, or more gates there are than were asked."),
  ),
});

const EXAMPLE: v.InferOutput<typeof AnswerSchema> = {
  targets: [
    {
      id: "crm",
      state: "broken",
      reason: "breaker",
      note: null,
      since: "2026-10-05T08:15:31.000Z",
      until: "2026-10-05T08:16:31.000Z",
      held: 12,
      heldSince: "2026-10-05T08:15:40.000Z",
      scheduled: 3,
      nextAt: "2026-10-05T08:17:02.000Z",
    },
  ],
  isPartial: false,
};

/** `GET /admin/standing`. */
export const standingRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "How each target stands: whether it is called, what waits for it, and when the next of that goes.",
    answer: AnswerSchema,
    example: { answer: EXAMPLE },
  }),
  async (c) => {
    const now = Date.now();
    const { table } = await newestTable(c.env, now);
    const accounts = new Map(Object.entries(table.source.targets).map(([id, { account }]) => [id, account ?? id]));
    const [pauses, slow, held, { due, isPartial }, gates] = await Promise.all([
      listPauses(c.env.LEDGER),
      readSlowTargets(c.env.LEDGER),
      countAllHeld(c.env),
      countAllDue(c.env),
      askGates(c.env, new Set(accounts.values()), now),
    ]);
    const targets = [...accounts].map(([id, account]) =>
      describeStanding({
        id,
        pause: pauses.find(({ subject }) => subject === `target:${id}`),
        gate: gates.get(account),
        isSlow: slow.has(id),
        held: held.filter(({ target }) => target === id),
        due: due.find(({ target }) => target === id),
      }),
    );
    return c.json({ targets, isPartial: isPartial || new Set(accounts.values()).size > GATES_ASKED_MAX });
  },
);

/** How the first gates stand, by account. One that does not say is left out. */
async function askGates(env: Bindings, accounts: ReadonlySet<string>, now: number): Promise<Map<string, GateState>> {
  const asked = [...accounts].slice(0, GATES_ASKED_MAX).map(async (account) => {
    const state = await lookAtGate(env, account, now);
    return state === undefined ? [] : [[account, state] as const];
  });
  return new Map((await Promise.all(asked)).flat());
}

interface Known {
  id: string;
  pause: Pause | undefined;
  gate: GateState | undefined;
  isSlow: boolean;
  held: readonly Held[];
  due: Due | undefined;
}

function describeStanding({ id, pause, gate, isSlow, held, due }: Known): Standing {
  const missing = held.find(({ reason }) => NOT_READY.has(reason ?? ""));
  const waits = held.map(({ since }) => since);
  return {
    id,
    state: stateOf({ pause, gate, isSlow, isNotReady: missing !== undefined }),
    reason: pause?.reason ?? missing?.reason ?? null,
    note: pause?.note ?? null,
    since: toMaybeInstant(pause?.since ?? null),
    until: toMaybeInstant(pause?.until ?? gate?.heldUntil ?? null),
    held: held.reduce((sum, { count }) => sum + count, 0),
    heldSince: toMaybeInstant(waits.length === 0 ? null : Math.min(...waits)),
    scheduled: due?.count ?? 0,
    nextAt: toMaybeInstant(due?.nextAt ?? null),
  };
}

/** Reasons for which deliveries wait until somebody does something on our side. */
const NOT_READY: ReadonlySet<string> = new Set(WAITED_FOR);

/** The gravest that applies. */
function stateOf({
  pause,
  gate,
  isSlow,
  isNotReady,
}: Pick<Known, "pause" | "gate" | "isSlow"> & { isNotReady: boolean }): Standing["state"] {
  if (pause !== undefined) return pause.reason === "breaker" ? "broken" : "paused";
  if (isNotReady) return "not_ready";
  if (gate?.breaker === "open") return "broken";
  if (gate?.breaker === "half_open" || gate?.breaker === "ramping") return "recovering";
  if (gate !== undefined && (gate.heldUntil !== null || gate.waiting > 0)) return "throttled";
  return isSlow ? "slow" : "healthy";
}
