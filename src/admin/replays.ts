// Replays: a plan, its run, how far it has come, and an end to it.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { runReplay } from "../jobs/replays.ts";
import {
  beginReplay,
  listReplays,
  readProgress,
  readWholeReplay,
  REPLAY_MODES,
  stopReplay,
  type Replay,
} from "../ledger/replays.ts";
import { logFailure } from "../log.ts";
import { problem } from "../problem.ts";
import { planReplay } from "../replay/plan.ts";
import type { AdminEnv } from "./access.ts";
import { personOf } from "./caller.ts";
import { describe } from "./describe.ts";
import { describeReplay, describeWhole, ReplaySchema, WholeReplaySchema } from "./replay-answers.ts";
import { SelectSchema, toSelection } from "./replay-selection.ts";
import { validBody } from "./validate.ts";

/** How fast a replay goes when nothing else is said, and at most, in deliveries a second. */
const RATE_DEFAULT = 10;
const RATE_MAX = 50;

const LISTED_MAX = 50;

const PlanBodySchema = v.strictObject({
  select: SelectSchema,
  /** Never assumed: what is sent, and whether it can be recognised, depends on it. */
  mode: v.picklist(REPLAY_MODES),
  rate: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(RATE_MAX)), RATE_DEFAULT),
});

/** `POST` and `GET /admin/replays`, `GET /admin/replays/<id>`, and `POST` with `/run` or `/stop` behind it. */
export const replayRoutes = new Hono<AdminEnv>()
  .post(
    "/",
    describe({
      example: { body: { select: { since: "2026-10-05T08:00:00Z", target: "crm" }, mode: "as now" } },
      summary: "Makes a plan; nothing is sent.",
      answer: WholeReplaySchema,
      status: 201,
      problems: ["replay_too_large", "search_key_missing"],
    }),
    validBody(PlanBodySchema),
    async (c) => {
      const { select, ...rest } = c.req.valid("json");
      const selection = toSelection(select, c.env);
      if (!selection.ok) return problem(c, selection.reason);
      const asked = { ...rest, selection: selection.value, by: personOf(c.get("caller")) };
      const planned = await planReplay(c.env, asked, Date.now());
      if (!planned.ok) return problem(c, planned.reason, { detail: `The replay is too large: ${planned.detail}.` });
      const whole = await readWhole(c.env, planned.value.id);
      if (whole === undefined) return problem(c, "not_found");
      c.set("change", { after: { replay: whole.id, mode: whole.mode, selected: whole.progress.selected } });
      return c.json(whole, 201);
    },
  )
  .get(
    "/",
    describe({ summary: "The last replays, the newest first.", answer: v.object({ replays: v.array(ReplaySchema) }) }),
    async (c) => c.json({ replays: (await listReplays(c.env, LISTED_MAX)).map(describeReplay) }),
  )
  .get(
    "/:id",
    describe({
      summary: "A replay and how far it has come.",
      path: { id: "The replay's `id`, `rpl_…`." },
      answer: WholeReplaySchema,
      problems: ["not_found"],
    }),
    async (c) => {
      const whole = await readWhole(c.env, c.req.param("id"));
      return whole === undefined ? problem(c, "not_found") : c.json(whole);
    },
  )
  .post(
    "/:id/run",
    describe({
      path: { id: "The replay's `id`, `rpl_…`." },
      summary: "Begins the run of a plan; a second call begins nothing.",
      answer: WholeReplaySchema,
      problems: ["not_found", "replay_expired"],
    }),
    async (c) => {
      const id = c.req.param("id");
      const now = Date.now();
      const before = await readWholeReplay(c.env, id);
      if (await beginReplay(c.env, id, now)) {
        // It has begun: what cannot be done now, the cron does.
        await runReplay(c.env, id, now).catch((error: unknown) => {
          logFailure("replay_step_failed", error, { replay: id });
        });
      } else if ((await readWholeReplay(c.env, id))?.state === "planned") return problem(c, "replay_expired");
      return changed(c, before, await readWhole(c.env, id));
    },
  )
  .post(
    "/:id/stop",
    describe({
      path: { id: "The replay's `id`, `rpl_…`." },
      summary: "Ends a replay: what was sent stays sent, the rest is not.",
      answer: WholeReplaySchema,
      problems: ["not_found"],
    }),
    async (c) => {
      const id = c.req.param("id");
      const before = await readWholeReplay(c.env, id);
      await stopReplay(c.env, id, Date.now());
      return changed(c, before, await readWhole(c.env, id));
    },
  );

/** Answers with what a replay has become, and has the audit log know what it was. */
function changed(c: Context<AdminEnv>, before: Replay | undefined, after: Awaited<ReturnType<typeof readWhole>>) {
  if (after === undefined) return problem(c, "not_found");
  c.set("change", { before: before && { state: before.state }, after: { state: after.state } });
  return c.json(after);
}

async function readWhole(env: Bindings, id: string) {
  const replay = await readWholeReplay(env, id);
  return replay === undefined ? undefined : describeWhole(replay, await readProgress(env, id));
}
