// Ordered deliveries, one after another: has the next one of a key sent when the one before it has ended, or when there is
// none before it. What this fails to do, the cron does within a minute, and the lease brings back what was taken.

import { withinBudget } from "../ledger/budget.ts";
import { takeNext, type Waiting } from "../ledger/in-order.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import { encodeUtf8, packForQueue, toColumn } from "../ledger/content.ts";
import { recordEntries, type Entry, type RecordBindings } from "../ledger/record.ts";
import type { DeliverMessage } from "../delivery/message.ts";
import { sendDeliveries } from "./fan-out.ts";
import { cancellation, dueMessage } from "./resend.ts";
import type { RoutedSendout } from "./route-sendout.ts";
import { tableForRouting, type TableBindings } from "./table-store.ts";

/** The bindings this file works with. */
export type AdvanceBindings = TableBindings & RecordBindings & { DELIVER: Queue; SLOW: Queue };

/**
 * How long what was taken is left alone, in milliseconds. The sweeper looks a minute ahead, so it sends again between one
 * minute and two what was taken and never sent.
 */
const LEASE_MS = 2 * 60_000;

/** Keys advanced at a time: with the largest requests their deliveries still fit one answer of D1. */
export const KEYS_AT_ONCE = 50;

/**
 * Sends the next delivery of each key whose turn it is. Asking twice, or for a key of which nothing waits, changes
 * nothing.
 *
 * @returns how many deliveries were taken
 * @throws whatever D1 or a queue throws; what was taken comes back when its lease ends
 */
export async function advanceOrder(env: AdvanceBindings, keys: readonly string[], now: number): Promise<number> {
  const distinct = [...new Set(keys)];
  let taken = 0;
  for (let start = 0; start < distinct.length; start += KEYS_AT_ONCE) {
    taken += await advance(env, distinct.slice(start, start + KEYS_AT_ONCE), now);
  }
  return taken;
}

async function advance(env: AdvanceBindings, keys: readonly string[], now: number): Promise<number> {
  const { deliveries, headVersion, slow } = await withinBudget(takeNext(env.LEDGER, keys, now, LEASE_MS));
  if (deliveries.length === 0) return 0;
  const inForce = await tableForRouting(env, headVersion, now);
  const messages: DeliverMessage[] = [];
  const cancelled: Entry[] = [];
  for (const delivery of deliveries) {
    const message = dueMessage(delivery, delivery.happenedAt, inForce);
    if (message === undefined) cancelled.push({ kind: "outcome", outcome: cancellation(delivery, now) });
    else messages.push(message);
  }
  await sendDeliveries(env, messages, slow);
  await recordEntries(env, cancelled);
  return deliveries.length;
}

/**
 * The rows of a sendout's deliveries that wait for their turn.
 *
 * @throws whatever D1 or R2 throws when a large request cannot be put aside
 */
export async function waitingRows(
  { row, deliveries, hops }: RoutedSendout,
  env: ClaimBindings,
  now: number,
): Promise<Waiting[]> {
  const waiting = deliveries.map(async (delivery): Promise<Waiting[]> => {
    if (!delivery.ok || delivery.orderKey === undefined) return [];
    const { target, route, orderKey, request } = delivery;
    const content = await packForQueue(encodeUtf8(JSON.stringify(request)), env);
    const rest = { orderAt: row.received_at, updatedAt: now, hops, request: toColumn(content) };
    return [{ sendoutId: row.id, target, route, orderKey, ...rest }];
  });
  return (await Promise.all(waiting)).flat();
}
