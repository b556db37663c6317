// What the routing table's settings say of alerts, retention and masking, as far as this page shows it. Pure.

import * as v from "valibot";
import { MASKING_DEFAULT, MaskingSchema } from "../../../masking/settings.ts";

const ChannelSchema = v.looseObject({
  type: v.string(),
  least: v.optional(v.string(), "warning"),
  kinds: v.optional(v.array(v.string())),
  url: v.optional(v.string()),
  secret: v.optional(v.string()),
  to: v.optional(v.array(v.string())),
});
/** A channel of alerts. */
export type Channel = v.InferOutput<typeof ChannelSchema>;

/** In days; what holds where a table says nothing is the router's, and a test compares it. */
const RetentionSchema = v.object({
  bodyDays: v.optional(v.number(), 14),
  metadataDays: v.optional(v.number(), 90),
  auditDays: v.optional(v.number(), 365),
});

const SettingsSchema = v.object({
  alerts: v.optional(
    v.object({
      channels: v.optional(v.record(v.string(), ChannelSchema), {}),
      timeZone: v.optional(v.string(), "UTC"),
      quietHours: v.optional(v.object({ from: v.string(), to: v.string() })),
      digest: v.optional(v.object({ at: v.string() })),
    }),
    {},
  ),
  retention: v.optional(RetentionSchema, {}),
  masking: v.optional(MaskingSchema, MASKING_DEFAULT),
  voucherify: v.optional(v.looseObject({ inlet: v.string() })),
});

/**
 * The settings of a published table, with what holds where it says nothing.
 *
 * @throws ValiError when it never was a routing table
 */
export function readSettings(document: { [key: string]: unknown }): v.InferOutput<typeof SettingsSchema> {
  return v.parse(SettingsSchema, document["settings"] ?? {});
}

/** Where a channel's messages go, in a few words, its secret by name. */
export function describeChannel({ url, secret, to }: Channel): string {
  if (url !== undefined) return url;
  if (to !== undefined) return to.join(", ");
  return secret === undefined ? "" : `the Slack webhook in ${secret}`;
}
