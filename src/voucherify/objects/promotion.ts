// Promotions: discounts without a code, in tiers, which may be gathered in stacks.

import { categoryEntries } from "./category.ts";
import { DiscountSchema } from "./discount.ts";
import * as f from "./field.ts";
import { RuleAssignmentListSchema } from "./validation-rule.ts";
import { periodEntries, timetableEntries } from "./validity.ts";

const PROMOTION_ID = f.id("camp_", "Id of the promotion's campaign");

const identityEntries = {
  id: f.id("promo_", "Voucherify's id of the tier"),
  name: f.text("Name", "Free wick with every lamp"),
  banner: f.orNull(f.text("What customers read", "A wick on us")),
};

/** A promotion tier in short, where a promotion and not a voucher was used. */
export const SimplePromotionTierSchema = f.shape("promotion_tier", "The promotion tier, in short", {
  ...identityEntries,
  campaign: f.group("Its promotion", { id: PROMOTION_ID }),
  metadata: f.metadata(),
});

/** A promotion tier in full. */
export const PromotionTierSchema = f.shape("promotion_tier", "The promotion tier", {
  ...identityEntries,
  action: f.group("What it does", { discount: f.part(DiscountSchema) }),
  hierarchy: f.number("Rank among the promotion's tiers, 1 comes first", 1),
  promotion_id: f.seldom(PROMOTION_ID),
  campaign_id: PROMOTION_ID,
  campaign: f.group("Its promotion", {
    id: PROMOTION_ID,
    ...periodEntries,
    ...timetableEntries,
    active: f.flag("Whether the promotion is switched on", true),
    category_id: f.orNull(f.id("cat_", "Id of the promotion's category")),
    object: f.objectName("campaign"),
  }),
  active: f.flag("Whether the tier is switched on", true),
  ...periodEntries,
  ...timetableEntries,
  summary: f.group("What it has done so far", {
    redemptions: f.group("Redemptions", { total_redeemed: f.count("How many", 31) }),
    orders: f.group("Orders", {
      total_amount: f.amount("Value of the orders", 372_000),
      total_discount_amount: f.amount("Discount on them", 55_800),
    }),
  }),
  validation_rule_assignments: f.mostlyNull(f.part(RuleAssignmentListSchema, "Rules that decide whether it applies")),
  category_id: categoryEntries.category_id,
  categories: categoryEntries.categories,
  metadata: f.metadata(),
  created_at: f.instant("When it was created", "2026-08-28T07:45:20.118Z"),
  updated_at: f.orNull(f.instant("When it was last changed")),
  object: f.objectName("promotion_tier"),
});

/** Tiers of a promotion that are applied together. */
export const PromotionStackSchema = f.shape("promotion_stack", "The promotion stack", {
  id: f.id("stack_", "Voucherify's id of the stack"),
  name: f.text("Name", "Lamp and wick"),
  category_id: f.orNull(f.id("cat_", "Id of its category")),
  campaign: f.group("Its promotion", { id: PROMOTION_ID }),
  tiers: f.group("Its tiers", {
    ids: f.ids("promo_", "Ids of the tiers"),
    hierarchy_mode: f.text("Who orders them", "MANUAL"),
  }),
});
