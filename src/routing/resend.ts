// A delivery sent once more: the bytes it had, with the target's credentials and policy of today.

import { createDeliverMessage, type DeliverMessage } from "../delivery/message.ts";
import type { DeliveryKey, Outcome } from "../ledger/deliveries.ts";
import { fromColumn, isKept, type Content } from "../ledger/content.ts";
import type { DueDelivery } from "../ledger/due-delivery.ts";
import type { CompiledTarget } from "./compile-target.ts";
import type { TableInForce } from "./table-store.ts";

/** A delivery that is sent again. */
export interface Resent extends DeliveryKey {
  /** The number of the database that it is in; LEDGER when left out. */
  shard?: number | undefined;
  route: string;
  round: number;
  attemptsBefore: number;
  trigger: DeliverMessage["trigger"];
  /** How many Signalboxes it has come through; none when it is not said. */
  hops?: number;
  /** Whether it tries a target whose breaker is open. */
  probe?: true | undefined;
  /** When its sendout happened, in milliseconds since 1970. */
  happenedAt: number;
  content: Content;
}

/** The message of a delivery that is sent again; undefined when its target is not in the table any more. */
export function resendMessage(
  { happenedAt, ...delivery }: Resent,
  { version, table }: TableInForce,
): DeliverMessage | undefined {
  const policy = table.targets.get(delivery.target);
  if (policy === undefined) return undefined;
  return createDeliverMessage({ ...delivery, policy, tableVersion: version, expiresAt: expiryOf(policy, happenedAt) });
}

/**
 * The message of a delivery that is due by its row; undefined where there is nothing to send, or nobody to send it to.
 *
 * @param happenedAt when its sendout happened, in milliseconds since 1970
 * @param shard the number of the database that it is in
 */
export function dueMessage(
  due: DueDelivery,
  happenedAt: number,
  inForce: TableInForce,
  { shard, probe }: { shard?: number | undefined; probe?: true } = {},
): DeliverMessage | undefined {
  const { sendoutId, target, copy, route, round, attemptsBefore, hops, reason, request } = due;
  if (!isKept(request)) return undefined;
  const content = fromColumn(request);
  const delivery = { sendoutId, shard, target, copy, route, round, attemptsBefore, hops, content };
  return resendMessage({ ...delivery, trigger: triggerOf(reason), probe, happenedAt }, inForce);
}

/** What set off an attempt that is due for this reason. */
function triggerOf(reason: string | null): DeliverMessage["trigger"] {
  if (reason === "replayed") return "replay";
  return reason === "resumed" || reason === "released" ? "resume" : "automatic";
}

/** What becomes of a due delivery that has no message. */
export function cancellation(due: DueDelivery, now: number): Outcome {
  const { sendoutId, target, copy, route, round, attemptsMade, attemptsBefore, request } = due;
  const delivery = { sendoutId, target, copy, route, round, attemptsMade, attemptsBefore, request };
  const reason = !isKept(request) ? "delivery_unrenderable" : "target_gone_from_table";
  return { ...delivery, state: "cancelled", reason, updatedAt: now, dueAt: null, sweepAt: null };
}

/** The instant after which a target wants nothing of a sendout any more, in milliseconds since 1970. */
export function expiryOf({ maxAgeSeconds }: CompiledTarget, happenedAt: number): number | undefined {
  return maxAgeSeconds === undefined ? undefined : happenedAt + maxAgeSeconds * 1_000;
}
