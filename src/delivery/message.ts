// What travels in the DELIVER queue: one delivery with all it needs, so that it can be made while D1 and KV are down.
// The rendered request rides as content, secrets still as references. Readable by the version before and after.

import * as v from "valibot";
import { ContentSchema } from "../ledger/content.ts";
import { AnswerConditionsSchema } from "./answer.ts";
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
  /** What the target's recipe knows of its answers. */
  answers: v.optional(AnswerConditionsSchema),
  /** The rendered request as JSON text in UTF-8. */
  content: ContentSchema,
});
export type DeliverMessage = v.InferOutput<typeof DeliverMessageSchema>;

/** A message for one delivery. `policy` is the target's part of the table, of which only these fields travel. */
export function createDeliverMessage({
  policy: { auth, retry, timeoutMs, answers },
  ...rest
}: Pick<DeliverMessage, "sendoutId" | "target" | "route" | "attemptsBefore" | "content"> & {
  policy: Pick<DeliverMessage, "auth" | "retry" | "timeoutMs" | "answers">;
}): DeliverMessage {
  const judged = answers === undefined ? {} : { answers };
  return { v: DELIVER_MESSAGE_VERSION, kind: "deliver", ...rest, auth, retry, timeoutMs, ...judged };
}
