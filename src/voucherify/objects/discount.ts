// What a voucher, campaign or promotion is worth: a discount, gift credit or points.

import * as f from "./field.ts";

const ProductReferenceSchema = f.shape("product", "A product, in short", {
  id: f.id("prod_", "Voucherify's id of the product"),
  source_id: f.orNull(f.text("Your own id of the product", "lamp-storm")),
  name: f.text("Name", "Storm lantern"),
});

const UNIT = {
  unit_off: f.seldom(f.count("UNIT: how many are free", 1)),
  unit_off_formula: f.seldom(f.text("UNIT: formula for how many", "IF(ORDER_AMOUNT > 100;2;1)")),
  unit_type: f.seldom(f.id("prod_", "UNIT: id of the free product or SKU")),
  product: f.seldom(f.part(ProductReferenceSchema, "UNIT: the free product")),
  sku: f.seldom(f.part(ProductReferenceSchema, "UNIT: the free SKU")),
};

/** A discount of any type; which keys it has depends on `type`. */
export const DiscountSchema = f.shape("discount", "The discount", {
  type: f.choice("Which kind of discount", ["PERCENT", "AMOUNT", "UNIT", "FIXED"]),
  effect: f.choice("What it applies to", [
    "APPLY_TO_ORDER",
    "APPLY_TO_ITEMS",
    "APPLY_TO_ITEMS_PROPORTIONALLY",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    "APPLY_TO_ITEMS_BY_QUANTITY",
    "ADD_MISSING_ITEMS",
    "ADD_NEW_ITEMS",
    "ADD_MANY_ITEMS",
  ]),
  percent_off: f.number("PERCENT: per cent off", 15),
  percent_off_formula: f.seldom(f.text("PERCENT: formula for it", "IF(ORDER_AMOUNT > 100;20;15)")),
  amount_limit: f.amount("PERCENT: at most this much off", 5_000),
  amount_off: f.seldom(f.amount("AMOUNT: this much off", 2_000)),
  amount_off_formula: f.seldom(f.text("AMOUNT: formula for it", "ORDER_AMOUNT / 10")),
  aggregated_amount_limit: f.seldom(f.amount("At most this much off over all items", 10_000)),
  fixed_amount: f.seldom(f.amount("FIXED: the price to pay", 9_900)),
  fixed_amount_formula: f.seldom(f.text("FIXED: formula for it", "ORDER_AMOUNT * 0.8")),
  ...UNIT,
  units: f.orNull(
    f.seldom(
      f.list(
        f.shape("", "One of the free units", { effect: f.text("How it is added", "ADD_NEW_ITEMS"), ...UNIT }),
        "UNIT: the free units",
      ),
    ),
  ),
  is_dynamic: f.seldom(f.flag("Whether a formula decides", false)),
});

/** The credit of a gift card. */
export const GiftSchema = f.shape("gift", "The gift card's credit", {
  amount: f.amount("Credit put on the card so far", 10_000),
  balance: f.amount("Credit left", 6_500),
  effect: f.choice("What it pays for", ["APPLY_TO_ORDER", "APPLY_TO_ITEMS"]),
});

/** The points of a loyalty card. */
export const LoyaltyCardSchema = f.shape("loyalty_card", "The loyalty card's points", {
  points: f.points("Points earned so far", 540),
  balance: f.points("Points left", 420),
  next_expiration_date: f.orNull(f.date("When points expire next", "2026-12-31")),
  next_expiration_points: f.orNull(f.points("How many expire then", 60)),
  pending_points: f.points("Points that are not active yet", 120),
  expired_points: f.points("Points that have expired", 0),
  subtracted_points: f.points("Points taken away by hand", 0),
});
