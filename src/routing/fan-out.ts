// One DELIVER message per (sendout, target), in batches cut on sendout borders, so that a batch the queue refuses
// repeats only its own sendouts.

import type { ClaimBindings } from "../ledger/claims.ts";
import { encodeUtf8, packedSize, packForQueue } from "../ledger/content.ts";
import { createDeliverMessage, type DeliverMessage } from "../delivery/message.ts";
import { logFailure } from "../log.ts";
import { expiryOf } from "./resend.ts";
import type { Rendering, RoutedSendout } from "./route-sendout.ts";

/** The platform's limits for one `sendBatch`: 100 messages and 256 KB, of which we leave a tenth for metadata. */
const BATCH_MESSAGES_MAX = 100;
const BATCH_BYTES_MAX = 230_000;

/** What a message weighs besides its content, in bytes, generously. */
const MESSAGE_OVERHEAD_BYTES = 1_500;

/** The bindings this file works with. */
export type FanOutBindings = ClaimBindings & { DELIVER: Queue; SLOW: Queue };

/** Targets whose deliveries take the SLOW queue. */
export type SlowTargets = ReadonlySet<string>;

/** A delivery that was rendered. */
type Sendable = Extract<Rendering, { ok: true }>;

/** Sends those deliveries of sendouts that go as they come. Returns those sendouts whose every message is durable. */
export async function fanOut<T extends RoutedSendout>(
  env: FanOutBindings,
  sendouts: readonly T[],
  slow: SlowTargets,
): Promise<Set<T>> {
  const durable = new Set<T>();
  const packed = await Promise.all(
    sendouts.map(async (sendout) => {
      try {
        // What goes in order is taken from its row when its turn comes.
        const going = sendout.deliveries.filter((one) => one.ok).filter(({ orderKey }) => orderKey === undefined);
        return { sendout, messages: await Promise.all(going.map(async (one) => pack(env, sendout, one))) };
      } catch (error) {
        logFailure("fan_out_failed", error);
        return undefined;
      }
    }),
  );
  for (const group of groups(packed.filter((one) => one !== undefined))) {
    try {
      await sendDeliveries(
        env,
        group.flatMap((one) => one.messages),
        slow,
      );
      for (const { sendout } of group) durable.add(sendout);
    } catch (error) {
      logFailure("fan_out_failed", error);
    }
  }
  return durable;
}

/**
 * Sends messages, each to the queue of its target's lane.
 *
 * @param delayOf how many seconds the queue keeps a message back
 * @throws whatever a queue throws; then some may have been sent, which sent again are recognised
 */
export async function sendDeliveries(
  env: Pick<FanOutBindings, "DELIVER" | "SLOW">,
  messages: readonly DeliverMessage[],
  slow: SlowTargets = new Set(),
  delayOf: (message: DeliverMessage) => number = () => 0,
): Promise<void> {
  for (const lane of ["DELIVER", "SLOW"] as const) {
    const together = messages.filter(({ target }) => slow.has(target) === (lane === "SLOW"));
    for (const batch of batches(together)) {
      await env[lane].sendBatch(
        batch.map((body) => ({ body, contentType: "v8", ...(delayOf(body) > 0 && { delaySeconds: delayOf(body) }) })),
      );
    }
  }
}

async function pack(
  env: ClaimBindings,
  { row: { id: sendoutId, occurred_at, received_at, table_version }, hops, shard }: RoutedSendout,
  { target, route, policy, request }: Sendable,
): Promise<DeliverMessage> {
  const content = await packForQueue(encodeUtf8(JSON.stringify(request)), env);
  return createDeliverMessage({
    sendoutId,
    shard,
    target,
    route,
    attemptsBefore: 0,
    policy,
    content,
    hops,
    tableVersion: table_version ?? undefined,
    expiresAt: expiryOf(policy, occurred_at ?? received_at),
  });
}

/** Puts sendouts together as long as their messages fit one batch. One that alone needs more is a group of its own. */
function groups<T extends { messages: DeliverMessage[] }>(sendouts: readonly T[]): T[][] {
  const result: T[][] = [];
  let group: T[] = [];
  for (const sendout of sendouts) {
    const together = [...group, sendout].flatMap((one) => one.messages);
    if (group.length > 0 && batches(together).length > 1) {
      result.push(group);
      group = [];
    }
    group.push(sendout);
  }
  return group.length > 0 ? [...result, group] : result;
}

/** Splits messages into batches within the platform's limits. */
function batches(messages: readonly DeliverMessage[]): DeliverMessage[][] {
  const result: DeliverMessage[][] = [];
  let batch: DeliverMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = packedSize(message.content) + MESSAGE_OVERHEAD_BYTES;
    if (batch.length === BATCH_MESSAGES_MAX || (batch.length > 0 && bytes + size > BATCH_BYTES_MAX)) {
      result.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  return batch.length > 0 ? [...result, batch] : result;
}
