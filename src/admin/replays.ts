// Replays: a plan, its run, how far it has come, and an end to it.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { parseDeliveryId } from "../delivery/delivery-id.ts";
import type { Bindings } from "../env.ts";
import { runReplay } from "../jobs/replays.ts";
import { REPLAYABLE_STATES, type Selection } from "../ledger/replay-candidates.ts";
import {
  beginReplay,
  listReplays,
  readProgress,
  readReplay,
  REPLAY_MODES,
  stopReplay,
  type Replay,
} from "../ledger/replays.ts";
import { logFailure } from "../log.ts";
import { problem } from "../problem.ts";
import { planReplay } from "../replay/plan.ts";
import { InstantSchema, validBody } from "./validate.ts";

/** How fast a replay goes when nothing else is said, and at most, in deliveries a second. */
const RATE_DEFAULT = 10;
const RATE_MAX = 50;

/** How many deliveries and sendouts can be named in one replay: a selection by name is one bound value. */
const NAMED_MAX = 1_000;

/** What a selection takes when it says nothing of states: what ended without success and without anybody's doing. */
const STATES_DEFAULT = ["failed", "expired"] as const;

const LISTED_MAX = 50;

const StateSchema = v.picklist(REPLAYABLE_STATES);
const TextSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(500));

const SelectSchema = v.pipe(
  v.strictObject({
    deliveries: v.optional(
      v.array(
        v.pipe(
          v.string(),
          v.check((id) => parseDeliveryId(id) !== undefined, "expected a delivery's id, like so_….crm"),
        ),
      ),
    ),
    sendouts: v.optional(v.array(v.pipe(v.string(), v.regex(/^so_[0-9a-f]{32}$/, "expected a sendout's id, so_…")))),
    since: v.optional(InstantSchema),
    until: v.optional(InstantSchema),
    event: v.optional(TextSchema),
    source: v.optional(TextSchema),
    inlet: v.optional(TextSchema),
    route: v.optional(TextSchema),
    target: v.optional(TextSchema),
    state: v.optional(v.union([StateSchema, v.pipe(v.array(StateSchema), v.minLength(1))])),
    reason: v.optional(TextSchema),
  }),
  v.check(
    ({ deliveries, sendouts, since }) => deliveries !== undefined || sendouts !== undefined || since !== undefined,
    "expected deliveries, sendouts, or since",
  ),
  v.check(
    ({ deliveries = [], sendouts = [] }) => deliveries.length + sendouts.length <= NAMED_MAX,
    `expected ${NAMED_MAX} deliveries and sendouts at most; take a time instead`,
  ),
  v.transform(({ deliveries, sendouts, event, source, state = STATES_DEFAULT, ...rest }): Selection => ({
    ...withoutUndefined({ ...rest, eventType: event, sourceId: source }),
    ...(deliveries === undefined && sendouts === undefined ? {} : { wanted: toWanted(deliveries, sendouts) }),
    states: typeof state === "string" ? [state] : [...new Set(state)],
  })),
);

const PlanBodySchema = v.strictObject({
  select: SelectSchema,
  /** Never assumed: what is sent, and whether it can be recognised, depends on it. */
  mode: v.picklist(REPLAY_MODES),
  rate: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(RATE_MAX)), RATE_DEFAULT),
});

/** `POST` and `GET /admin/replays`, `GET /admin/replays/<id>`, and `POST` with `/run` or `/stop` behind it. */
export const replayRoutes = new Hono<{ Bindings: Bindings }>()
  .post("/", validBody(PlanBodySchema), async (c) => {
    const { select: selection, ...rest } = c.req.valid("json");
    const planned = await planReplay(c.env, { ...rest, selection }, Date.now());
    if (!planned.ok) return problem(c, planned.reason, { detail: `The replay is too large: ${planned.detail}.` });
    return answer(c, planned.value.id, 201);
  })
  .get("/", async (c) => {
    const replays = await listReplays(c.env.LEDGER, LISTED_MAX);
    return c.json({ replays: replays.map((replay) => describe(replay)) });
  })
  .get("/:id", async (c) => answer(c, c.req.param("id")))
  .post("/:id/run", async (c) => {
    const id = c.req.param("id");
    const now = Date.now();
    if (await beginReplay(c.env.LEDGER, id, now)) {
      // It has begun: what cannot be done now, the cron does.
      await runReplay(c.env, id, now).catch((error: unknown) => {
        logFailure("replay_step_failed", error, { replay: id });
      });
    } else if ((await readReplay(c.env.LEDGER, id))?.state === "planned") return problem(c, "replay_expired");
    return answer(c, id);
  })
  .post("/:id/stop", async (c) => {
    await stopReplay(c.env.LEDGER, c.req.param("id"), Date.now());
    return answer(c, c.req.param("id"));
  });

async function answer(c: Context<{ Bindings: Bindings }>, id: string, status: 200 | 201 = 200): Promise<Response> {
  const replay = await readReplay(c.env.LEDGER, id);
  if (replay === undefined) return problem(c, "not_found");
  const { sent, withdrawn, states } = await readProgress(c.env.LEDGER, id);
  const skipped = Object.values(replay.skipped).reduce((sum, count) => sum + count, 0);
  const rest = Math.max(replay.plan.selected - sent - withdrawn - skipped, 0);
  // At the end, what is left of the plan is what something else happened to since.
  const left = replay.state === "done" ? 0 : rest;
  const progress = {
    selected: replay.plan.selected,
    sent,
    states,
    left,
    withdrawn,
    skipped: { ...replay.skipped, ...(replay.state === "done" && rest > 0 ? { changed_since: rest } : {}) },
  };
  return c.json({ ...describe(replay), plan: replay.plan, progress }, status);
}

function describe({ id, state, mode, rate, plannedAt, expiresAt, startedAt, endedAt, selection }: Replay) {
  return {
    id,
    state,
    mode,
    rate,
    plannedAt: toInstant(plannedAt),
    expiresAt: toInstant(expiresAt),
    startedAt: startedAt === null ? null : toInstant(startedAt),
    endedAt: endedAt === null ? null : toInstant(endedAt),
    select: describeSelection(selection),
  };
}

/** A selection as it was asked for; ids are only counted. */
function describeSelection({ wanted, since, until, eventType, sourceId, states, ...rest }: Selection) {
  return {
    ...(wanted === undefined ? {} : { named: wanted.length }),
    ...(since === undefined ? {} : { since: toInstant(since) }),
    ...(until === undefined ? {} : { until: toInstant(until) }),
    ...withoutUndefined({ event: eventType, source: sourceId, ...rest }),
    state: states,
  };
}

/** Each once; a delivery whose whole sendout is named is among that. */
function toWanted(deliveries: readonly string[] = [], sendouts: readonly string[] = []): Selection["wanted"] {
  const whole = new Set(sendouts);
  const keys = [...new Set(deliveries)].flatMap((id) => parseDeliveryId(id) ?? []);
  const single = keys.filter(({ sendoutId }) => !whole.has(sendoutId));
  return [
    ...[...whole].map((id): [string, null, null] => [id, null, null]),
    ...single.map(({ sendoutId, target, copy }): [string, string, number] => [sendoutId, target, copy]),
  ];
}

type Defined<T> = { [key in keyof T]?: Exclude<T[key], undefined> };

function withoutUndefined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>; // the same fields, less those that are undefined
}

function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
