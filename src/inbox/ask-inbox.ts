// What other steps ask of the Inbox. It is sixteen objects, so that a storm does not meet one; which of them has a sendout
// follows from its id.

import { readSecret } from "../env.ts";
import { logFailure } from "../log.ts";
import type { IngestMessage } from "../routing/message.ts";
import type { Inbox, InboxState } from "./inbox.ts";

/** The binding this needs; an installation may do without. */
export interface InboxBindings {
  INBOX?: DurableObjectNamespace<Inbox>;
}

/** How many objects there are. Fewer would leave sendouts behind in those that are not asked any more. */
const SHARDS = 16;

/** How long an object may take, in milliseconds; Voucherify hangs up after ten seconds. */
const INBOX_BUDGET_MS = 3_000;

/**
 * Whether every sendout is kept until routing has recorded it: the variable `SIGNALBOX_JOURNAL` set to `on`. The local
 * router sets it, because its queues are in memory.
 */
export function isJournalOn(env: InboxBindings): boolean {
  return env.INBOX !== undefined && readSecret(env, "SIGNALBOX_JOURNAL") === "on";
}

/**
 * Keeps a sendout. Once this resolves, it is on disk.
 *
 * @param queued whether the INGEST queue has it as well
 * @throws when there is no Inbox, or it does not answer in time
 */
export async function keepSendout(
  env: InboxBindings,
  message: IngestMessage,
  queued: boolean,
  now: number,
): Promise<void> {
  if (env.INBOX === undefined) throw new Error("there is no INBOX binding");
  await inTime(env.INBOX.getByName(shardOf(message.acceptedId)).keep(message, queued, now));
}

/** Releases sendouts that are recorded. Never throws: what stays is sent again and recognised. */
export async function releaseSendouts(env: InboxBindings, acceptedIds: readonly string[]): Promise<void> {
  const { INBOX } = env;
  if (INBOX === undefined) return;
  const released = [...Map.groupBy(acceptedIds, shardOf)].map(async ([shard, ids]) => {
    try {
      await inTime(INBOX.getByName(shard).release(ids));
    } catch (error) {
      logFailure("inbox_not_released", error, { sendouts: ids.length });
    }
  });
  await Promise.all(released);
}

/**
 * Has every sendout that is kept sent to routing now. Returns how many there were.
 *
 * @throws when an object does not answer, or the queue refuses
 */
export async function sendAllKept(env: InboxBindings, now: number): Promise<number> {
  const counts = await allShards(env, async (inbox) => inbox.sendAll(now));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * What is kept, over all objects.
 *
 * @throws when one does not answer
 */
export async function readInbox(env: InboxBindings): Promise<InboxState> {
  const states = await allShards(env, async (inbox) => inTime(inbox.state()));
  const oldest = states.flatMap((state) => state.oldest ?? []);
  return {
    count: states.reduce((sum, { count }) => sum + count, 0),
    oldest: oldest.length === 0 ? null : Math.min(...oldest),
  };
}

/**
 * Wakes one of the objects, another one each minute: an alarm that the platform has lost is made up for within a quarter
 * of an hour.
 *
 * @throws when it does not answer
 */
export async function wakeInbox(env: InboxBindings, now: number): Promise<void> {
  await env.INBOX?.getByName(nameOf(Math.floor(now / 60_000) % SHARDS)).wake(now);
}

async function allShards<T>(env: InboxBindings, ask: (inbox: DurableObjectStub<Inbox>) => Promise<T>): Promise<T[]> {
  const { INBOX } = env;
  if (INBOX === undefined) return [];
  return Promise.all(Array.from({ length: SHARDS }, async (_, shard) => ask(INBOX.getByName(nameOf(shard)))));
}

/** By the last digit of an id, which is random. */
function shardOf(acceptedId: string): string {
  return nameOf(Number.parseInt(acceptedId.slice(-1), SHARDS) || 0);
}

function nameOf(shard: number): string {
  return `inbox-${shard}`;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the Inbox took longer than its budget")), INBOX_BUDGET_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
