// Distributions: messages that a marketer sets up in Voucherify.

import { PartialCustomerSchema } from "./customer.ts";
import * as f from "./field.ts";

/** A distribution. */
export const DistributionSchema = f.shape("distribution", "The distribution", {
  id: f.id("distr_", "Voucherify's id of the distribution"),
  status: f.choice("How far it is", ["DONE", "TO SEND", "PAUSED", "DRAFT"]),
  parameters: f.group("What it sends to whom", {
    method: f.text("How", "direct"),
    subject: f.text("What it is about", "promote_codes"),
    customer: f.part(PartialCustomerSchema),
    campaign_id: f.orNull(f.id("camp_", "Id of the campaign")),
    promotion_tier_id: f.orNull(f.seldom(f.id("promo_", "Id of the promotion tier"))),
  }),
  consents: f.group("Consents", { disabled: f.flag("Whether consents are not asked for", true) }),
  distribution_channels: f.seldom(f.open("Where it sends", {})),
  set_live_at: f.orNull(f.instant("When it was set live", "2026-10-05T08:05:30.250Z")),
  created_at: f.instant("When it was created", "2026-10-05T07:58:11.009Z"),
  updated_at: f.mostlyNull(f.instant("When it was last changed")),
});

/** The distribution that a rule is assigned to. */
export const RuleDistributionSchema = f.shape("", "The distribution that the rule is assigned to", {
  distribution: f.id("distr_", "Id of the distribution"),
});
