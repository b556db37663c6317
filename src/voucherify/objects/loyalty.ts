// Loyalty: tiers, earning rules, points that wait and points that expire.

import * as f from "./field.ts";
import { EventSourceSchema, SimpleEventSchema } from "./event.ts";
import { timetableEntries } from "./validity.ts";

const RANGE = f.group("Points the tier spans", {
  from: f.points("From", 250),
  to: f.points("Up to", 749),
});

/** A loyalty tier. */
export const LoyaltyTierSchema = f.shape("loyalty_tier", "The loyalty tier", {
  id: f.id("ltr_", "Voucherify's id of the tier"),
  name: f.text("Name", "Beacon"),
  campaign_id: f.id("camp_", "Id of the loyalty campaign"),
  points: RANGE,
  config: f.group("How it is set up", { points: RANGE }),
  earning_rules: f.open("How earning rules differ in this tier, by id of the rule", {}),
  rewards: f.open("How rewards differ in this tier, by id of the reward", {}),
  expiration: f.seldom(
    f.group("Until when the customer is in it", {
      customer_id: f.id("cust_", "Id of the customer"),
      campaign_id: f.id("camp_", "Id of the loyalty campaign"),
      tier_id: f.id("ltr_", "Id of the tier"),
      start_date: f.instant("From"),
      expiration_date: f.instant("Until", "2027-10-05T00:00:00.000Z"),
      created_at: f.instant("When that was decided"),
      updated_at: f.instant("When that was last changed"),
    }),
  ),
  metadata: f.orNull(f.metadata()),
  created_at: f.instant("When it was created", "2026-02-01T08:00:00.733Z"),
  updated_at: f.orNull(f.instant("When it was last changed", "2026-06-12T11:20:45.206Z")),
  object: f.objectName("loyalty_tier"),
});

const PER_PROPERTY = f.seldom(
  f.group("By a property", {
    metadata: f.group("By a property of yours", {
      every: f.number("For every", 10),
      points: f.points("So many points", 5),
      property: f.text("Name of the property", "visits"),
    }),
  }),
);

const perAmount = { every: f.amount("For every", 100), points: f.points("So many points", 1) };

const PER_ITEMS = f.seldom(
  f.group("By some products", {
    ...perAmount,
    object: f.choice("What kind of thing they are", ["products_collection", "product", "sku"]),
    id: f.id("pc_", "Their id"),
  }),
);

/** How many points an earning rule gives. */
const EarningSchema = f.shape("", "How many points it gives", {
  type: f.choice("A fixed number, or in proportion", ["PROPORTIONAL", "FIXED"]),
  points: f.seldom(f.points("FIXED: so many points", 50)),
  calculation_type: f.text("PROPORTIONAL: in proportion to", "ORDER_TOTAL_AMOUNT"),
  order: f.group("PROPORTIONAL: by the order", {
    amount: f.seldom(f.group("By its value before discounts", perAmount)),
    total_amount: f.group("By what is paid", perAmount),
    metadata: f.seldom(f.open("By a property of yours", {})),
  }),
  order_items: f.seldom(
    f.group("PROPORTIONAL: by some of its lines", {
      quantity: PER_ITEMS,
      amount: PER_ITEMS,
      subtotal_amount: PER_ITEMS,
    }),
  ),
  customer: PER_PROPERTY,
  custom_event: PER_PROPERTY,
});

const sourceEntries = {
  banner: f.text("What customers read", "1 point for every krone"),
  object_id: f.id("camp_", "Id of the loyalty campaign"),
  object_type: f.text("Always `campaign`", "campaign"),
};

const earningEntries = {
  id: f.id("ern_", "Voucherify's id of the rule"),
  validation_rule_id: f.orNull(f.id("val_", "Id of the rule that limits it")),
  loyalty: f.part(EarningSchema),
  event: f.text("What earns the points", "order.paid"),
  source: f.group("Where it belongs", sourceEntries),
  segment: f.seldom(f.group("Segment that must be entered", { id: f.id("seg_", "Its id") })),
  custom_event: f.seldom(f.group("Custom event that must happen", { schema_id: f.id("ms_", "Id of its schema") })),
  automation_id: f.id("auto_", "Id of the automation behind it"),
  active: f.flag("Whether it is switched on", true),
  metadata: f.metadata(),
};

/** An earning rule in short. */
export const SimpleEarningRuleSchema = f.shape("earning_rule", "The earning rule, in short", {
  ...earningEntries,
  campaign_id: f.id("camp_", "Id of the loyalty campaign"),
  parameters: f.orNull(
    f.group("The rule as it was when points were earned", {
      event: f.text("What earns the points", "order.paid"),
      banner: f.text("What customers read", "1 point for every krone"),
      loyalty: f.part(EarningSchema),
    }),
  ),
  loyalty_tier: f.seldom(f.text("Tier that must be reached", "ltr_beacon")),
});

/** An earning rule in full. */
export const EarningRuleSchema = f.shape("earning_rule", "The earning rule", {
  ...earningEntries,
  loyalty_tier: f.seldom(f.group("Tier that must be reached", { id: f.id("ltr_", "Its id") })),
  pending_points: f.orNull(
    f.group("How long points wait before they are active", {
      period_type: f.text("Unit", "DAY"),
      period_value: f.count("How many", 14),
    }),
  ),
  start_date: f.mostlyNull(f.instant("In force from")),
  expiration_date: f.mostlyNull(f.instant("In force until")),
  ...timetableEntries,
  created_at: f.instant("When it was created", "2026-02-01T08:05:12.156632Z"),
  updated_at: f.mostlyNull(f.instant("When it was last changed")),
  object: f.objectName("earning_rule"),
});

/** Where points came from, in short. */
export const originEntries = {
  order: f.group("The order that earned them", {
    id: f.id("ord_", "Its id"),
    source_id: f.orNull(f.text("Your own id of it", "shop-88310")),
  }),
  earning_rule: f.group("The earning rule that gave them", {
    id: f.id("ern_", "Its id"),
    source: f.group("Where it belongs", { banner: sourceEntries.banner }),
  }),
  loyalty_tier: f.seldom(f.named("ltr_", "The tier that was reached", "Beacon")),
  holder_loyalty_tier: f.named("ltr_", "The tier of the card's holder", "Beacon"),
};

/** Points that were earned and become active later. */
export const PendingPointsSchema = f.shape("pending_points", "The points that wait", {
  id: f.id("lopp_", "Voucherify's id of these points"),
  voucher_id: f.id("v_", "Id of the loyalty card"),
  campaign_id: f.id("camp_", "Id of the loyalty campaign"),
  customer_id: f.id("cust_", "Id of the customer"),
  order_id: f.id("ord_", "Id of the order that earned them"),
  points: f.points("How many", 120),
  activates_at: f.date("When they become active", "2026-10-19"),
  details: f.group("Where they come from", {
    ...originEntries,
    event: f.group("The event that earned them", {
      ...SimpleEventSchema.entries,
      event_source: f.part(EventSourceSchema),
    }),
  }),
  created_at: f.instant("When they were earned"),
  updated_at: f.mostlyNull(f.instant("When they were last changed")),
});

/** Points of one card that expire on the same day. */
export const PointsBucketSchema = f.shape("loyalty_points_bucket", "Points that expire together", {
  id: f.id("lopb_", "Voucherify's id of the bucket"),
  voucher_id: f.id("v_", "Id of the loyalty card"),
  campaign_id: f.id("camp_", "Id of the loyalty campaign"),
  bucket: f.group("What is in it", { total_points: f.points("How many points", 60) }),
  status: f.choice("Whether it still counts", ["ACTIVE", "EXPIRED"]),
  expires_at: f.date("When it expires", "2026-10-05"),
  created_at: f.instant("When it was created", "2025-10-05T08:15:30.250Z"),
  updated_at: f.orNull(f.instant("When it was last changed")),
  object: f.objectName("loyalty_points_bucket"),
});
