// What travels in the INGEST queue: the raw body and what was known when it was accepted. Sent in V8's structured
// clone format, which carries bytes as bytes; readable by the version before and the version after this one.

import * as v from "valibot";
import { ContentSchema } from "../ledger/content.ts";

/** Raised when the shape changes. A message of another version goes to quarantine unread, never lost. */
export const INGEST_MESSAGE_VERSION = 1;

export const IngestMessageSchema = v.object({
  v: v.literal(INGEST_MESSAGE_VERSION),
  kind: v.literal("ingest"),
  /** The id that was answered with the 202. */
  acceptedId: v.string(),
  inlet: v.string(),
  /** Milliseconds since 1970. */
  receivedAt: v.number(),
  contentEncoding: v.optional(v.string()),
  /** What proved it authentic, by name. Absent at an inlet without signatures, and in messages of older releases. */
  signature: v.optional(v.object({ secret: v.string(), form: v.picklist(["raw", "compact"]) })),
  /** Whether the Inbox keeps it until routing has recorded it. */
  journal: v.optional(v.boolean()),
  /** How many Signalboxes it has come through: none when it is Voucherify's. */
  hops: v.optional(v.number()),
  /** The raw bytes, as signed. */
  content: ContentSchema,
});
export type IngestMessage = v.InferOutput<typeof IngestMessageSchema>;
