// The envelope of payload version v2024-01-01, strict where Voucherify is reliable and silent about the rest: unknown
// keys, new event types and new id formats are normal. `data` is not looked into here.
// https://docs.voucherify.io/api-reference/introduction-to-webhooks (read 2026-11-22)

import * as v from "valibot";
import { isJsonObject, type JsonObject } from "./read-json.ts";

/** What every v2024-01-01 sendout carries around its data. Keys not named here are left out of the parsed value. */
export const EnvelopeSchema = v.object({
  /** Id of the sendout, `whs_…`. */
  id: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  project_id: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  created_at: v.string(),
  /** Project webhook: the event type. Distribution: free text typed by a marketer, may be empty. Never route on it. */
  type: v.string(),
  data: v.custom<JsonObject>(isJsonObject, "must be an object"),
  source: v.object({ id: v.string(), object: v.string() }),
  event: v.object({
    /** Id of the triggering event, shared by every sendout the same event caused. */
    id: v.string(),
    /** The event type; this is what is routed on. */
    type: v.pipe(v.string(), v.nonEmpty("must not be empty")),
    created_at: v.string(),
    /** Id of the API request that caused the event, shared by its sibling events. */
    group_id: v.optional(v.nullable(v.string())),
  }),
});
