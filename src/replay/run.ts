// The run of a replay, in steps that survive a crash anywhere. A step reads a page, makes it durable in one transaction
// (each delivery's new round, when it is due, and the replay's position) and only then sends. What a crash keeps from
// being sent is due in the ledger, and the sweeper sends it in the same round; a step that is tried twice holds once.

import { fromColumn } from "../ledger/content.ts";
import { readSlowTargets } from "../ledger/pauses.ts";
import { readCandidates, readSendouts, type Candidate, type Position } from "../ledger/replay-candidates.ts";
import { commitStep, type Claim } from "../ledger/replay-steps.ts";
import { readReplay, type Replay, type ReplayMode } from "../ledger/replays.ts";
import type { SendoutRow } from "../ledger/sendouts.ts";
import { databaseOf, HOME } from "../ledger/shards.ts";
import { logFailure } from "../log.ts";
import type { DeliverMessage } from "../delivery/message.ts";
import { OVERDUE_AFTER_MS } from "../delivery/schedule.ts";
import { sendDeliveries } from "../routing/fan-out.ts";
import { resendMessage } from "../routing/resend.ts";
import type { RetryBindings } from "../routing/retry-delivery.ts";
import type { TableInForce } from "../routing/table-store.ts";
import { exclusionOf } from "./judge-candidate.ts";
import { copyOf, renderCandidate } from "./render-candidate.ts";

/** Deliveries looked at in a step: with the largest requests they still fit one answer of D1. */
const STEP_DELIVERIES_MAX = 50;

/** The most a step's new requests take together, in characters: D1 takes a bound value of 2 MB. */
const STEP_CHARS_MAX = 1_000_000;

/** How far a run works ahead, in milliseconds: until the cron comes again. A stop takes back what waits. */
const AHEAD_MS = 60_000;

/** What became of a step. */
export type Stepped =
  /** There may be more to do at once. */
  | "went_on"
  /** Nothing more is due before the cron comes again. */
  | "waits"
  /** The replay is not running, or not any more. */
  | "ended"
  /** Somebody else made the step meanwhile. */
  | "overtaken";

/**
 * Makes the next step of a replay's part.
 *
 * @param shard the number of the database that the part is in
 * @throws whatever D1, R2 or a queue throws; nothing is lost by that, nor sent in two rounds
 */
export async function stepReplay(
  env: RetryBindings,
  id: string,
  inForce: TableInForce,
  now: number,
  shard = HOME,
): Promise<Stepped> {
  const db = databaseOf(env, shard);
  const replay = await readReplay(db, id);
  if (replay?.state !== "running") return "ended";
  const firstAt = Math.max(now, replay.nextAt ?? now);
  const room = Math.ceil(((now + AHEAD_MS - firstAt) * replay.rate) / 1_000);
  if (room <= 0) return "waits";
  const limit = Math.min(STEP_DELIVERIES_MAX, room);
  const page = await readCandidates(db, replay.selection, replay.position ?? undefined, {
    unchangedSince: replay.plannedAt,
    requests: replay.mode === "as then",
    limit,
  });
  // It is done when the last delivery's time has come, not while a stop could still take some back.
  if (page.length === 0 && firstAt > now) return "waits";
  const step = await prepareStep(env, replay, page, { inForce, now, firstAt, shard });
  const end = { ...step, done: page.length === 0 };
  const claims = await commitStep(db, replay, step.claims, end, now);
  if (claims === undefined) return "overtaken";
  await sendClaims(env, replay, claims, { inForce, now, firstAt, shard });
  return end.done ? "ended" : "went_on";
}

/** What a step is made under. `firstAt` is when its first delivery may go, in milliseconds since 1970. */
interface Circumstances {
  inForce: TableInForce;
  now: number;
  firstAt: number;
  /** The number of the database. */
  shard: number;
}

interface Prepared {
  claims: Claim[];
  position: Position | undefined;
  nextAt: number;
  skipped: Record<string, number>;
}

/** Decides what a step does with a page, or with so much of it as one transaction takes. */
async function prepareStep(
  env: RetryBindings,
  replay: Replay,
  page: readonly Candidate[],
  circumstances: Circumstances,
): Promise<Prepared> {
  const prepared: Prepared = {
    claims: [],
    position: replay.position ?? undefined,
    nextAt: circumstances.firstAt,
    skipped: { ...replay.skipped },
  };
  const sendouts = replay.mode === "as then" ? undefined : await sendoutsOf(databaseOf(env, circumstances.shard), page);
  let chars = 0;
  for (const candidate of page) {
    const sendout = sendouts?.get(candidate.sendoutId);
    const rendered = await requestOf(env, candidate, sendout, replay.mode, circumstances);
    chars += rendered.request?.length ?? 0;
    if (chars > STEP_CHARS_MAX && prepared.claims.length > 0) break;
    const { receivedAt, sendoutId, target, copy } = candidate;
    prepared.position = { receivedAt, sendoutId, target, copy };
    if (rendered.skip !== undefined) {
      prepared.skipped[rendered.skip] = (prepared.skipped[rendered.skip] ?? 0) + 1;
      continue;
    }
    const dueAt = Math.round(prepared.nextAt);
    const { request } = rendered;
    prepared.claims.push({
      candidate,
      copy: copyOf(candidate, replay.mode),
      dueAt,
      sweepAt: dueAt + OVERDUE_AFTER_MS,
      request,
    });
    prepared.nextAt += 1_000 / replay.rate;
  }
  return prepared;
}

/** What is sent of a delivery, nothing where that is what was kept; or why it is passed over. */
async function requestOf(
  env: RetryBindings,
  candidate: Candidate,
  sendout: SendoutRow | undefined,
  mode: ReplayMode,
  { inForce, now }: Circumstances,
): Promise<{ skip?: string; request?: string }> {
  const excluded = exclusionOf(candidate, mode, inForce, now);
  if (excluded !== undefined) return { skip: excluded };
  if (mode === "as then") return {};
  const rendered = await renderCandidate(env, candidate, sendout, mode, inForce);
  return rendered.ok ? { request: rendered.value } : { skip: "unrenderable" };
}

async function sendoutsOf(db: D1Database, page: readonly Candidate[]): Promise<Map<string, SendoutRow>> {
  return readSendouts(db, [...new Set(page.map(({ sendoutId }) => sendoutId))]);
}

/** Sends what a step has made durable. A queue that refuses costs time, no more: the sweeper has them. */
async function sendClaims(
  env: RetryBindings,
  { id, mode }: Replay,
  claims: readonly Claim[],
  { inForce, now, shard: number }: Circumstances,
): Promise<void> {
  if (claims.length === 0) return;
  const delays = new Map<DeliverMessage, number>();
  const shard = number === HOME ? undefined : number;
  for (const { candidate, copy, dueAt, request = candidate.request } of claims) {
    const { sendoutId, target, route, happenedAt } = candidate;
    const round = mode === "as new" ? 0 : candidate.round + 1;
    const attemptsBefore = mode === "as new" ? 0 : candidate.attemptsMade;
    const content = fromColumn(request);
    const resent = { sendoutId, shard, target, copy, route, round, attemptsBefore, happenedAt, content } as const;
    const message = resendMessage({ ...resent, trigger: "replay" }, inForce);
    if (message !== undefined) delays.set(message, Math.max(Math.ceil((dueAt - now) / 1_000), 0));
  }
  try {
    const slow = await readSlowTargets(env.LEDGER);
    await sendDeliveries(env, [...delays.keys()], slow, (message) => delays.get(message) ?? 0);
  } catch (error) {
    logFailure("replay_not_sent", error, { replay: id, deliveries: delays.size });
  }
}
