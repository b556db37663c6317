// Pausing targets and routes, and what waits because of it.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { sweepDue } from "../jobs/sweep.ts";
import { countHeld, discard, resume } from "../ledger/holds.ts";
import { ensureMigrated } from "../ledger/migrate.ts";
import { insertPause, listPauses, type Pause, type PauseSubject } from "../ledger/pauses.ts";
import { logFailure } from "../log.ts";
import { problem } from "../problem.ts";
import { newestTable } from "../routing/table-store.ts";
import { validBody } from "./validate.ts";

/** How fast what was held goes out again when nothing else is said, in deliveries a second. */
const RESUME_PER_SECOND = 20;

const PauseBodySchema = v.strictObject({
  mode: v.optional(v.picklist(["hold", "drain"]), "hold"),
  note: v.optional(v.pipe(v.string(), v.maxLength(500))),
});

const ResumeBodySchema = v.strictObject({
  perSecond: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)), RESUME_PER_SECOND),
});

/** `GET /admin/holds`: what is paused and what waits. */
export const holdRoutes = new Hono<{ Bindings: Bindings }>().get("/", async (c) => {
  const [pauses, held] = await Promise.all([listPauses(c.env.LEDGER), countHeld(c.env.LEDGER)]);
  return c.json({
    pauses: pauses.map(describePause),
    held: held.map(({ since, ...rest }) => ({ ...rest, since: new Date(since).toISOString() })),
  });
});

/** `POST /admin/targets/<id>/pause`, `/resume` and `/discard`. */
export const targetRoutes = pauseRoutes("target");

/** The same for `/admin/routes/<id>`. */
export const routeRoutes = pauseRoutes("route");

function pauseRoutes(kind: "target" | "route") {
  const subjectOf = (c: Context): PauseSubject => `${kind}:${c.req.param("id") ?? ""}`;
  return new Hono<{ Bindings: Bindings }>()
    .post("/:id/pause", validBody(PauseBodySchema), async (c) => {
      const asked = c.req.valid("json");
      if (!(await isInTable(c.env, kind, c.req.param("id")))) return problem(c, "not_found");
      const { mode, note = null } = asked;
      const pause: Pause = { subject: subjectOf(c), reason: "by_hand", mode, since: Date.now(), until: null, note };
      await ensureMigrated(c.env.LEDGER);
      await c.env.LEDGER.batch(insertPause(c.env.LEDGER, pause));
      return c.json(describePause(pause));
    })
    .post("/:id/resume", validBody(ResumeBodySchema), async (c) => {
      const asked = c.req.valid("json");
      const now = Date.now();
      const released = await resume(c.env.LEDGER, subjectOf(c), now, asked.perSecond);
      // At once, so that the first of them keep their distance too: the cron would send a minute's worth together.
      if (released > 0) await sweepDue(c.env, now).catch((error: unknown) => logFailure("resumed_not_sent", error));
      return c.json({ subject: subjectOf(c), released });
    })
    .post("/:id/discard", async (c) => {
      const cancelled = await discard(c.env.LEDGER, subjectOf(c), Date.now());
      return c.json({ subject: subjectOf(c), cancelled });
    });
}

/** Whether there is something to pause. What is gone from the table can still be resumed and discarded. */
async function isInTable(env: Bindings, kind: "target" | "route", id: string): Promise<boolean> {
  const { table } = await newestTable(env, Date.now());
  return kind === "target" ? table.targets.has(id) : table.routes.some((route) => route.id === id);
}

function describePause({ since, until, ...pause }: Pause) {
  return {
    ...pause,
    since: new Date(since).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
  };
}
