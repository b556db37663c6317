// A delivery sent once more: the bytes it had, with the target's credentials and policy of today.

import { createDeliverMessage, type DeliverMessage } from "../delivery/message.ts";
import type { DeliveryKey } from "../ledger/deliveries.ts";
import type { Content } from "../ledger/content.ts";
import type { CompiledTarget } from "./compile-target.ts";
import type { TableInForce } from "./table-store.ts";

/** A delivery that is sent again. */
export interface Resent extends DeliveryKey {
  route: string;
  round: number;
  attemptsBefore: number;
  trigger: DeliverMessage["trigger"];
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

/** The instant after which a target wants nothing of a sendout any more, in milliseconds since 1970. */
export function expiryOf({ maxAgeSeconds }: CompiledTarget, happenedAt: number): number | undefined {
  return maxAgeSeconds === undefined ? undefined : happenedAt + maxAgeSeconds * 1_000;
}
