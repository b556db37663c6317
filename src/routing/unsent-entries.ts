// What a routed sendout has that no queue carries: deliveries that wait for their turn, and those that ended before their
// first attempt because they could not be rendered.

import type { Waiting } from "../ledger/in-order.ts";
import type { Entry } from "../ledger/record.ts";
import type { RoutedSendout } from "./route-sendout.ts";

/** The ledger's entries for deliveries that are not sent. */
export function unsentEntries(
  { row, deliveries, shard }: RoutedSendout,
  waiting: readonly Waiting[],
  now: number,
): Entry[] {
  const entries = waiting.map((one): Entry => ({ kind: "waiting", waiting: one }));
  for (const delivery of deliveries) {
    if (delivery.ok) continue;
    entries.push({
      kind: "outcome",
      shard,
      outcome: {
        sendoutId: row.id,
        target: delivery.target,
        copy: 0,
        route: delivery.route,
        state: "failed",
        reason: delivery.reason,
        round: 0,
        attemptsMade: 0,
        attemptsBefore: 0,
        updatedAt: now,
        dueAt: null,
        sweepAt: null,
        attempt: { at: now, ms: 0, reason: delivery.reason, detail: delivery.detail },
        request: "",
      },
    });
  }
  return entries;
}
