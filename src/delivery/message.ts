// What travels in the DELIVER queue: one delivery with all it needs, so that it can be made while D1 and KV are down.
// The rendered request rides as content, secrets still as references. Readable by the version before and after.

import * as v from "valibot";
import { ContentSchema } from "../ledger/content.ts";
import { AuthenticationSchema } from "./authentication.ts";
import { RetrySchema } from "./schedule.ts";

/** Raised when the shape changes. A message of another version goes to quarantine unread, never lost. */
export const DELIVER_MESSAGE_VERSION = 1;

export const DeliverMessageSchema = v.object({
  v: v.literal(DELIVER_MESSAGE_VERSION),
  kind: v.literal("deliver"),
  sendoutId: v.string(),
  target: v.string(),
  route: v.string(),
  /** How many attempts there had been before this message: 0 from routing, more from a retry by hand. */
  attemptsBefore: v.number(),
  auth: AuthenticationSchema,
  retry: RetrySchema,
  timeoutMs: v.number(),
  /** The rendered request as JSON text in UTF-8. */
  content: ContentSchema,
});
export type DeliverMessage = v.InferOutput<typeof DeliverMessageSchema>;

/** A message for one delivery. `policy` is the target's part of the table, of which only these fields travel. */
export function createDeliverMessage({
  policy: { auth, retry, timeoutMs },
  ...rest
}: Pick<DeliverMessage, "sendoutId" | "target" | "route" | "attemptsBefore" | "content"> & {
  policy: Pick<DeliverMessage, "auth" | "retry" | "timeoutMs">;
}): DeliverMessage {
  return { v: DELIVER_MESSAGE_VERSION, kind: "deliver", ...rest, auth, retry, timeoutMs };
}

/**
 * The id of a delivery, and the `Idempotency-Key` of its requests: the same over every retry and replay, because it is
 * made of the sendout's id and the target's name.
 */
export function deliveryId(sendoutId: string, target: string): string {
  return `${sendoutId}.${target}`;
}

/** The sendout and target in a delivery's id; undefined when it is not one. */
export function parseDeliveryId(id: string): { sendoutId: string; target: string } | undefined {
  const match = /^(so_[0-9a-f]{32})\.([a-z0-9_-]{1,40})$/.exec(id);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { sendoutId: match[1], target: match[2] };
}
