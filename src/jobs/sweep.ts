// The sweeper: sends what is due, finds what was planned and never heard of, and so repairs whatever a crash or a queue
// lost. It only ever sends messages; the outcome of each clears its row, and a lease brings back what nothing came of.

import { sendAllKept, type InboxBindings } from "../inbox/ask-inbox.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import type { DeliverMessage } from "../delivery/message.ts";
import type { DueDelivery } from "../ledger/due-delivery.ts";
import { findProbes, takeProbe } from "../ledger/holds.ts";
import { notePosition, ORPHANS_JOB, readJobs } from "../ledger/jobs.ts";
import { readSlowTargets } from "../ledger/pauses.ts";
import { askAll, databaseOf, HOME, shardsOf } from "../ledger/shards.ts";
import { recordEntries, type Entry, type RecordBindings } from "../ledger/record.ts";
import { findOrphans, hurryAll, readInstants, rewindToMissed, takeDue } from "../ledger/sweep.ts";
import { sendDeliveries } from "../routing/fan-out.ts";
import { cancellation, dueMessage } from "../routing/resend.ts";
import { newestTable, type TableBindings, type TableInForce } from "../routing/table-store.ts";
import { adoptAll } from "./adopt-orphans.ts";
import { keepOrder } from "./keep-order.ts";

/** The bindings this job works with. */
export type SweepBindings = TableBindings & RecordBindings & ClaimBindings & { DELIVER: Queue; SLOW: Queue };

/** How long something taken is left alone, in milliseconds: longer than a message takes through a queue in trouble. */
const LEASE_MS = 10 * 60_000;

/** How long before its time a delivery is taken, in milliseconds: until the next run. The queue keeps it back so long. */
const AHEAD_MS = 60_000;

/** Deliveries taken at a time: with the largest requests they still fit one answer of D1. */
const TAKEN_AT_ONCE = 50;

/** How many are taken in one run. The next comes in a minute, and D1 answers 1,000 queries per invocation. */
const TAKEN_MAX = 5_000;

/** Orphans adopted in one run. Each is rendered anew, which costs processor time. */
const ORPHANS_MAX = 200;

/** A sendout's deliveries count as lost when they are this old and nothing was heard of them, in milliseconds. */
const ORPHAN_AFTER_MS = 10 * 60_000;

/** What a run did. */
export interface Swept {
  /** Deliveries sent again. */
  sent: number;
  /** Deliveries whose target is gone, which are cancelled. */
  cancelled: number;
}

/**
 * Sends every delivery that is due, of all databases.
 *
 * @throws whatever D1 or a queue throws; what was taken comes back when its lease ends
 */
export async function sweepDue(env: SweepBindings, now: number): Promise<Swept> {
  const swept: Swept = { sent: 0, cancelled: 0 };
  for (const { number } of shardsOf(env)) {
    const { sent, cancelled } = await sweepShard(env, number, now);
    swept.sent += sent;
    swept.cancelled += cancelled;
  }
  return swept;
}

/**
 * Sends every delivery of one database that is due.
 *
 * @throws whatever D1 or a queue throws; what was taken comes back when its lease ends
 */
export async function sweepShard(env: SweepBindings, shard: number, now: number): Promise<Swept> {
  const db = databaseOf(env, shard);
  const swept: Swept = { sent: 0, cancelled: 0 };
  let inForce: TableInForce | undefined;
  while (swept.sent + swept.cancelled < TAKEN_MAX) {
    const due = await takeDue(db, now, { aheadMs: AHEAD_MS, leaseMs: LEASE_MS, limit: TAKEN_AT_ONCE });
    if (due.length === 0) break;
    inForce ??= await newestTable(env, now);
    const { sent, cancelled } = await sendDue(env, shard, due, inForce, now);
    swept.sent += sent;
    swept.cancelled += cancelled;
  }
  return swept;
}

async function sendDue(
  env: SweepBindings,
  number: number,
  due: readonly DueDelivery[],
  inForce: TableInForce,
  now: number,
): Promise<Swept> {
  const ids = due.map(({ sendoutId }) => sendoutId);
  const shard = number === HOME ? undefined : number;
  const [instants, slow] = await Promise.all([readInstants(databaseOf(env, shard), ids), readSlowTargets(env.LEDGER)]);
  const cancelled: Entry[] = [];
  const delays = new Map<DeliverMessage, number>();
  for (const delivery of due) {
    const message = dueMessage(delivery, instants.get(delivery.sendoutId) ?? now, inForce, { shard });
    if (message === undefined) cancelled.push({ kind: "outcome", outcome: cancellation(delivery, now), shard });
    else delays.set(message, Math.max(Math.ceil(((delivery.dueAt ?? now) - now) / 1_000), 0));
  }
  await sendDeliveries(env, [...delays.keys()], slow, (message) => delays.get(message) ?? 0);
  await recordEntries(env, cancelled);
  return { sent: delays.size, cancelled: cancelled.length };
}

/** How long at least, and at most, a target that does not answer is left alone between two tries, in milliseconds. */
const PROBE_MS_MIN = 60_000;
const PROBE_MS_MAX = 15 * 60_000;

/**
 * Tries each target that did not answer with one of the deliveries that wait for it: the longer it has been silent, the
 * less often.
 *
 * @throws whatever D1 or a queue throws; another delivery is then tried at the next time
 */
export async function probeTargets(env: SweepBindings, now: number): Promise<void> {
  const breakers = await findProbes(env.LEDGER, now);
  for (const { target, since } of breakers) {
    const pauseMs = Math.min(Math.max((now - since) / 2, PROBE_MS_MIN), PROBE_MS_MAX);
    const probe = await takeProbe(env, target, now, Math.round(now + pauseMs));
    if (probe === undefined) continue;
    const { found, shard } = probe;
    const message = dueMessage(found, now, await newestTable(env, now), { shard, probe: true });
    if (message !== undefined) await sendDeliveries(env, [message]);
    // One whose target or request is gone must not keep the others from being tried.
    else await recordEntries(env, [{ kind: "outcome", outcome: cancellation(found, now), shard }]);
  }
}

/**
 * Gives deliveries that were planned and never heard of a row that is due. Goes through the sendouts once, in the order
 * of their arrival.
 *
 * @param shard the number of the database that is looked through
 * @param upTo looks at sendouts received until then, in milliseconds since 1970
 * @returns how many there were
 * @throws whatever D1 throws; the position is then where it was
 */
export async function sweepOrphans(
  env: SweepBindings,
  now: number,
  { shard = HOME, upTo = now - ORPHAN_AFTER_MS }: { shard?: number; upTo?: number } = {},
): Promise<number> {
  const db = databaseOf(env, shard);
  const position = (await readJobs(db)).get(ORPHANS_JOB)?.position ?? 0;
  if (position >= upTo) return 0;
  const orphans = await findOrphans(db, position, upTo, ORPHANS_MAX);
  const adopted = orphans.length === 0 ? [] : await adoptAll(env, shard, orphans, await newestTable(env, now), now);
  // A page may end in the middle of an instant, which is looked at again: those adopted are orphans no more.
  const isLastPage = orphans.length < ORPHANS_MAX && adopted.length === orphans.length;
  const last = isLastPage ? undefined : adopted.at(-1);
  const reached = last === undefined ? upTo : last.receivedAt - 1;
  // A sendout recorded while we searched found no position to take back yet, so what was missed is looked for together
  // with the note of how far we came. From then on each takes it back by itself.
  await db.batch([
    notePosition(db, ORPHANS_JOB, { endedAt: now, from: position, to: reached }),
    rewindToMissed(db, position, reached),
  ]);
  return adopted.length;
}

/**
 * Takes everything for lost that waits in a queue, and sends it: after a queue was purged, or when a local router, whose
 * queues are in memory, starts again. What was not lost is recognised by its delivery's id.
 *
 * @throws whatever D1 or a queue throws
 */
export async function recoverAll(
  env: SweepBindings & InboxBindings,
  now: number,
): Promise<Swept & { orphans: number; sendouts: number }> {
  const sendouts = await sendAllKept(env, now);
  await askAll(env, async (db) => hurryAll(db, now));
  let orphans = 0;
  for (const { number } of shardsOf(env)) {
    for (let found = ORPHANS_MAX; found === ORPHANS_MAX; orphans += found) {
      found = await sweepOrphans(env, now, { shard: number, upTo: now });
    }
  }
  const swept = await sweepDue(env, now);
  await keepOrder(env, now);
  return { ...swept, orphans, sendouts };
}
