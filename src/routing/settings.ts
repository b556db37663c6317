// The router's settings: what is true of all inlets, targets and routes. They are part of the routing table, so that they
// are reviewed, published and rolled back like everything else.

import * as v from "valibot";
import { RetentionSchema } from "../ledger/retention-settings.ts";
import { AlertSettingsSchema } from "../alerts/settings.ts";
import { MaskingSchema } from "../masking/settings.ts";
import { UpstreamSettingsSchema } from "../upstream/settings.ts";

export const SettingsSchema = v.pipe(
  v.strictObject({
    voucherify: v.optional(UpstreamSettingsSchema),
    retention: v.optional(RetentionSchema),
    alerts: v.optional(AlertSettingsSchema),
    masking: v.optional(MaskingSchema),
  }),
  v.description("What is true of all inlets, targets and routes; every part has a default."),
);
export type Settings = v.InferOutput<typeof SettingsSchema>;
