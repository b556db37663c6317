// Pausing targets and routes, and what waits because of it.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { sweepDue } from "../jobs/sweep.ts";
import { countAllHeld } from "../ledger/everywhere.ts";
import { discard, HeldSchema, resume, RESUME_PER_SECOND } from "../ledger/holds.ts";
import { insertPause, listPauses, PauseSchema, type Pause, type PauseSubject } from "../ledger/pauses.ts";
import { PersonSchema } from "../ledger/person.ts";
import { logFailure } from "../log.ts";
import { problem } from "../problem.ts";
import { newestTable } from "../routing/table-store.ts";
import type { AdminEnv } from "./access.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";
import { personOf } from "./caller.ts";
import { describe } from "./describe.ts";
import { InstantSchema, validBody } from "./validate.ts";

const PauseBodySchema = v.strictObject({
  mode: v.optional(
    v.pipe(
      PauseSchema.entries.mode,
      v.description("`hold` keeps everything back; `drain` lets what has been attempted go on."),
    ),
    "hold",
  ),
  until: v.optional(
    v.pipe(
      InstantSchema,
      v.check((instant) => instant > Date.now(), "expected an instant that is still to come"),
      v.description("When it ends by itself, within a minute; only when somebody resumes it when left out."),
    ),
  ),
  note: v.optional(v.pipe(v.string(), v.maxLength(500), v.description("For people: why."))),
});

const ResumeBodySchema = v.strictObject({
  perSecond: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(1_000),
      v.description("How fast what was held goes out again, in deliveries a second."),
    ),
    RESUME_PER_SECOND,
  ),
});

const ShownPauseSchema = v.pipe(
  v.object({
    subject: v.pipe(v.string(), v.description("`target:` or `route:` and its name.")),
    reason: PauseSchema.entries.reason,
    mode: PauseSchema.entries.mode,
    since: InstantTextSchema,
    until: v.pipe(
      MaybeInstantSchema,
      v.description("When a target whose breaker is open is tried again, or when a pause by hand ends."),
    ),
    note: v.pipe(PauseSchema.entries.note, v.description("What a person wrote, or what the target answered.")),
    by: v.pipe(
      v.nullable(PersonSchema),
      v.description("Who paused it; null where nobody did, and where that was not noted."),
    ),
  }),
  v.metadata({ ref: "Pause" }),
);

const HoldsSchema = v.object({
  pauses: v.array(ShownPauseSchema),
  held: v.pipe(
    v.array(v.pipe(v.object({ ...HeldSchema.entries, since: InstantTextSchema }), v.metadata({ ref: "Held" }))),
    v.description("Deliveries that wait, counted by target, route and reason."),
  ),
});

/** `GET /admin/holds`: what is paused and what waits. */
export const holdRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "Shows what is paused and what waits.",
    answer: HoldsSchema,
    example: {
      answer: {
        pauses: [
          {
            subject: "target:crm",
            reason: "by_hand",
            mode: "hold",
            since: "2026-10-05T08:15:31.000Z",
            until: null,
            note: "maintenance until noon",
            by: { id: "tok_8c0f1d2e3a4b5c6d", name: "Mira, support" },
          },
        ],
        held: [{ target: "crm", route: "all", reason: "target_paused", count: 12, since: "2026-10-05T08:15:40.000Z" }],
      },
    },
  }),
  async (c) => {
    const [pauses, held] = await Promise.all([listPauses(c.env.LEDGER), countAllHeld(c.env)]);
    return c.json({
      pauses: pauses.map(describePause),
      held: held.map(({ since, ...rest }) => ({ ...rest, since: toInstant(since) })),
    });
  },
);

/** `POST /admin/targets/<id>/pause`, `/resume` and `/discard`. */
export const targetRoutes = pauseRoutes("target");

/** The same for `/admin/routes/<id>`. */
export const routeRoutes = pauseRoutes("route");

function pauseRoutes(kind: "target" | "route") {
  const standingOf = async (c: Context<AdminEnv>): Promise<object | undefined> => {
    const pause = (await listPauses(c.env.LEDGER)).find(({ subject }) => subject === subjectOf(c));
    return pause && describeStanding(pause);
  };
  const subjectOf = (c: Context): PauseSubject => `${kind}:${c.req.param("id") ?? ""}`;
  const path = { id: `The ${kind}'s name in the routing table.` };
  return new Hono<AdminEnv>()
    .post(
      "/:id/pause",
      describe({
        summary: `Pauses a ${kind}: its deliveries wait and cost no attempt.`,
        path,
        answer: ShownPauseSchema,
        problems: ["not_found"],
        example: { body: { mode: "hold", note: "maintenance until noon" } },
      }),
      validBody(PauseBodySchema),
      async (c) => {
        const asked = c.req.valid("json");
        if (!(await isInTable(c.env, kind, c.req.param("id")))) return problem(c, "not_found");
        const { mode, until = null, note = null } = asked;
        const by = personOf(c.get("caller"));
        const pause: Pause = { subject: subjectOf(c), reason: "by_hand", mode, since: Date.now(), until, note, by };
        const before = await standingOf(c);
        await c.env.LEDGER.batch(insertPause(c.env.LEDGER, pause));
        c.set("change", { before, after: describeStanding(pause) });
        return c.json(describePause(pause));
      },
    )
    .post(
      "/:id/resume",
      describe({
        summary: `Ends the pause of a ${kind} and lets go what it held, the oldest first.`,
        path,
        answer: v.object({ subject: v.string(), released: v.pipe(v.number(), v.description("Deliveries let go.")) }),
        example: { body: { perSecond: 5 } },
      }),
      validBody(ResumeBodySchema),
      async (c) => {
        const asked = c.req.valid("json");
        const now = Date.now();
        const before = await standingOf(c);
        const released = await resume(c.env, subjectOf(c), now, asked.perSecond);
        // At once, so that the first of them keep their distance too: the cron would send a minute's worth together.
        if (released > 0) await sweepDue(c.env, now).catch((error: unknown) => logFailure("resumed_not_sent", error));
        c.set("change", { before, after: { released } });
        return c.json({ subject: subjectOf(c), released });
      },
    )
    .post(
      "/:id/discard",
      describe({
        summary: `Gives up what the pause of a ${kind} holds; the pause stays.`,
        path,
        answer: v.object({ subject: v.string(), cancelled: v.pipe(v.number(), v.description("Deliveries given up.")) }),
      }),
      async (c) => {
        const cancelled = await discard(c.env, subjectOf(c), Date.now());
        c.set("change", { after: { cancelled } });
        return c.json({ subject: subjectOf(c), cancelled });
      },
    );
}

/** What the audit log has of a pause; a note may have what a target answered. */
function describeStanding({ reason, mode, since, until }: Pause): object {
  return { reason, mode, since: toInstant(since), ...(until !== null && { until: toInstant(until) }) };
}

/** Whether there is something to pause. What is gone from the table can still be resumed and discarded. */
async function isInTable(env: Bindings, kind: "target" | "route", id: string): Promise<boolean> {
  const { table } = await newestTable(env, Date.now());
  return kind === "target" ? table.targets.has(id) : table.routes.some((route) => route.id === id);
}

function describePause({ since, until, by, ...pause }: Pause): v.InferOutput<typeof ShownPauseSchema> {
  return { ...pause, since: toInstant(since), until: toMaybeInstant(until), by: by ?? null };
}
