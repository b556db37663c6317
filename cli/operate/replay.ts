// What `signalbox replay` answers: a plan, and once somebody agrees its run to the end.

import { setTimeout as wait } from "node:timers/promises";
import type { InferRequestType } from "hono/client";
import { answerOf, type Admin } from "../client/admin.ts";
import { readSendout } from "../client/sendout.ts";
import { RouterError } from "../client/router-error.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { counted } from "../terminal/counted.ts";
import { createProgress } from "../terminal/progress.ts";
import { agree } from "./agree.ts";
import { parseReplay, type Replay } from "./replay-answer.ts";
import { endedOf, endOf, isOver, planPage, progressLine } from "./replay-page.ts";

type PlanBody = InferRequestType<Admin["replays"]["$post"]>["json"];

/** What a replay takes. */
export type Selection = PlanBody["select"];

/** What is asked for beside the selection. */
export interface ReplayOptions {
  as?: "then" | "now" | "new";
  rate?: number;
  plan?: boolean;
  yes?: boolean;
  detach?: boolean;
  stop?: string;
  follow?: string;
  json?: boolean;
}

/** How often the router is asked how far it has come, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Plans, asks, runs and follows; or follows or stops one that runs. */
export async function answerReplay(
  router: RouterInReach,
  ids: readonly string[],
  filter: Selection,
  options: ReplayOptions,
): Promise<Outcome> {
  const { admin } = router;
  if (options.stop !== undefined) {
    return tell(await answerOf(admin.replays[":id"].stop.$post({ param: { id: options.stop } })), options);
  }
  if (options.follow !== undefined) return follow(admin, options.follow, options);
  const { as, rate } = options;
  if (as === undefined) {
    const detail = "Say what is sent: --as then (the same bytes), --as now (as the table makes it today), --as new.";
    return complain({ reason: "mode_missing", detail }, 2, options.json);
  }
  const body: PlanBody = { select: await select(admin, ids, filter), mode: `as ${as}`, ...(rate && { rate }) };
  const planned: unknown = await answerOf(admin.replays.$post({ json: body }));
  return options.plan ? tell(planned, options) : decide(admin, parseReplay(planned), options);
}

/** The selection with what was named by id. Other ids than the router's own are looked up. */
async function select(admin: Admin, ids: readonly string[], filter: Selection): Promise<Selection> {
  if (ids.length === 0) return filter;
  const deliveries = ids.filter((id) => id.startsWith("so_") && id.includes("."));
  const sendouts: string[] = [];
  for (const id of ids.filter((one) => !deliveries.includes(one))) {
    const known = id.startsWith("so_") ? id : (await readSendout(admin, id))?.id;
    if (known === undefined) throw new RouterError({ reason: "not_found", detail: `There is no sendout ${id}.` }, 1);
    sendouts.push(known);
  }
  return { ...filter, ...(deliveries.length > 0 && { deliveries }), ...(sendouts.length > 0 && { sendouts }) };
}

async function decide(admin: Admin, replay: Replay, options: ReplayOptions): Promise<Outcome> {
  if (replay.plan.selected === 0) return tell(replay, options);
  if (!options.json) process.stderr.write(`${planPage(replay)}\n`);
  const refused = await agree(`Send ${counted(replay.plan.selected, "delivery", "deliveries")}?`, options);
  if (refused !== undefined) return refused;
  const running: unknown = await answerOf(admin.replays[":id"].run.$post({ param: { id: replay.id } }));
  return options.detach ? tell(running, options) : follow(admin, replay.id, options);
}

/** How long after the end somebody waits for outcomes that are still to come, in milliseconds: retries take hours. */
const OUTCOMES_WAIT_MS = 30_000;

/** Goes along until the end. Whoever leaves ends nothing: the router goes on. */
async function follow(admin: Admin, id: string, options: ReplayOptions): Promise<Outcome> {
  const progress = createProgress();
  const leave = (): void => {
    progress.end();
    process.stderr.write(`The router goes on without you. signalbox replay --follow ${id}, or --stop ${id}\n`);
    process.exit(130);
  };
  process.once("SIGINT", leave);
  let deadline = Number.POSITIVE_INFINITY;
  try {
    for (;;) {
      const raw: unknown = await answerOf(admin.replays[":id"].$get({ param: { id } }));
      const replay = parseReplay(raw);
      // The router notes that it is done when its cron comes by; what comes of it may be known before that, or after.
      if (replay.state === "done") deadline = Math.min(deadline, Date.now() + OUTCOMES_WAIT_MS);
      const isUnderWay = replay.state === "running" || replay.state === "done";
      if (!isUnderWay || isOver(replay) || Date.now() > deadline) return tell(raw, options);
      progress.show(endedOf(replay), replay.progress.selected, progressLine(replay));
      await wait(LOOK_EVERY_MS);
    }
  } finally {
    progress.end();
    process.removeListener("SIGINT", leave);
  }
}

/** A replay as it stands. One that ended without sending all it could, or with failures, is a no; so is an empty one. */
function tell(raw: unknown, { json }: ReplayOptions): Outcome {
  const replay = parseReplay(raw);
  const { state, plan, progress } = replay;
  const isGood = plan.selected > 0 && state !== "stopped" && (progress.states["failed"] ?? 0) === 0;
  const text = state === "planned" ? planPage(replay) : endOf(replay);
  return answer(json ? toJson(raw) : text, isGood ? 0 : 1);
}
