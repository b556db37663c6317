// Validation rules: when a campaign, voucher, tier or earning rule applies, and what they are assigned to.

import * as v from "valibot";
import * as f from "./field.ts";

const assignmentEntries = {
  id: f.id("asgm_", "Voucherify's id of the assignment"),
  rule_id: f.id("val_", "Id of the rule"),
  related_object_id: f.id("v_", "Id of what the rule is assigned to"),
  related_object_type: f.choice("What kind of thing that is", [
    "voucher",
    "campaign",
    "earning_rule",
    "reward_assignment",
    "promotion_tier",
    "distribution",
  ]),
  created_at: f.instant("When it was assigned", "2026-09-01T06:11:02.377Z"),
  updated_at: f.mostlyNull(f.instant("When the assignment was last changed")),
  object: f.objectName("validation_rules_assignment"),
};

/** One rule assigned to one thing. */
export const RuleAssignmentSchema = f.shape("assignment", "The assignment of a rule to something", {
  ...assignmentEntries,
  validation_status: f.choice("Whether the rule can be checked there", ["VALID", "PARTIALLY_VALID", "INVALID"]),
  validation_omitted_rules: f.values(v.string(), "Parts of the rule that are not checked there", []),
});

/** The rules assigned to a voucher, campaign or tier. */
export const RuleAssignmentListSchema = f.shape("", "Rules assigned", {
  object: f.text("Always `list`", "list"),
  data_ref: f.text("Key under which the items are", "data"),
  data: f.list(f.shape("", "One rule assigned", assignmentEntries), "The assignments"),
  total: f.count("How many", 1),
});

const ApplicableSchema = f.shape("", "A product the rule names", {
  object: f.choice("What it names", ["product", "sku", "products_collection"]),
  id: f.id("prod_", "Its id"),
  source_id: f.text("Your own id of it", "lamp-storm"),
  product_id: f.seldom(f.id("prod_", "SKU: id of its product")),
  product_source_id: f.seldom(f.text("SKU: your own id of its product", "lamp-storm")),
  strict: f.flag("Whether it must be in the order", false),
  effect: f.text("To which of the items it applies", "APPLY_TO_EVERY"),
  price: f.seldom(f.amount("Price to use instead", 9_900)),
  price_formula: f.seldom(f.number("Formula for that price", 0)),
  quantity_limit: f.seldom(f.count("At most so many of one item", 2)),
  aggregated_quantity_limit: f.seldom(f.count("At most so many over all items", 4)),
  amount_limit: f.seldom(f.amount("At most this much off one item", 500)),
  aggregated_amount_limit: f.seldom(f.amount("At most this much off over all items", 10_000)),
  order_item_indices: f.seldom(f.values(v.number(), "Positions in the order, from 0", [0])),
  repeat: f.seldom(f.count("Applies to every so-manieth", 2)),
  skip_initially: f.seldom(f.count("How many come before the first", 0)),
  target: f.seldom(f.choice("Counts items or their units", ["ITEM", "UNIT"])),
});

/** A rule. `rules` holds its conditions by number. */
export const ValidationRuleSchema = f.shape("rule", "The validation rule", {
  id: f.id("val_", "Voucherify's id of the rule"),
  name: f.text("Name", "Orders over 100"),
  type: f.choice("Which kind of rule", ["expression", "basic", "advanced", "complex"]),
  context_type: f.text("What the rule is for", "campaign.discount_coupons"),
  rules: f.open("Its conditions by number, and `logic` that joins them", {
    "1": { name: "order.amount", conditions: { $more_than: [10_000] }, rules: {} },
    logic: "1",
  }),
  bundle_rules: f.seldom(f.open("Bundles that the order must contain, and `logic` that joins them", {})),
  error: f.orNull(
    f.group("What people are told", { message: f.text("Message when it does not hold", "The order is too small") }),
  ),
  applicable_to: f.group("Products it applies to", {
    included: f.list(ApplicableSchema, "Products it applies to"),
    excluded: f.list(ApplicableSchema, "Products it does not apply to", []),
    included_all: f.flag("Whether it applies to all products", false),
  }),
  assignments_count: f.count("To how many things it is assigned", 1),
  created_at: f.instant("When it was created", "2026-08-30T12:00:00.004Z"),
  updated_at: f.orNull(f.instant("When it was last changed")),
  object: f.text("Always `validation_rules`", "validation_rules"),
});
