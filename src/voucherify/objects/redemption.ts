// Redemptions and their rollbacks. A rollback gives back, so its amount is negative.

import { SimpleCustomerSchema } from "./customer.ts";
import * as f from "./field.ts";
import { OrderSchema, SimpleOrderSchema } from "./order.ts";
import { PromotionTierSchema, SimplePromotionTierSchema } from "./promotion.ts";
import { RewardSchema } from "./reward.ts";
import { SimpleVoucherSchema, VoucherSchema } from "./voucher.ts";

const outcomeEntries = {
  result: f.choice("Whether it worked", ["SUCCESS", "FAILURE"]),
  failure_code: f.orNull(f.seldom(f.text("Why it failed, for programs", "no_applicable_redeemables"))),
  failure_message: f.orNull(f.seldom(f.text("Why it failed, for people", "Nothing here can be redeemed"))),
};

const simpleEntries = {
  customer_id: f.orNull(f.id("cust_", "Id of the customer")),
  tracking_id: f.orNull(f.id("track_", "Voucherify's fingerprint of the customer")),
  date: f.instant("When it happened"),
  ...outcomeEntries,
  status: f.orNull(f.choice("How it stands", ["SUCCEEDED", "FAILED", "ROLLED BACK", "ROLLED_BACK"])),
  customer: f.orNull(f.part(SimpleCustomerSchema)),
  order: f.orNull(f.part(SimpleOrderSchema)),
  voucher: f.orNull(f.part(SimpleVoucherSchema)),
  promotion_tier: f.orNull(f.seldom(f.part(SimplePromotionTierSchema))),
  reward: f.orNull(f.seldom(f.part(RewardSchema))),
  channel: f.group("Through what it was made", {
    channel_id: f.text("Id of the application or user", "till-7"),
    channel_type: f.choice("What that is", ["API", "USER", "AUTO_REDEEM"]),
  }),
};

/** A redemption in short. */
export const RedemptionSchema = f.shape("redemption", "The redemption", {
  id: f.id("r_", "Voucherify's id of the redemption, `rf_…` when it failed"),
  ...simpleEntries,
  amount: f.orNull(f.amount("Gift credit or points used; not for discounts", 3_500)),
  redemption: f.seldom(f.id("r_", "Id of the redemption this belongs to")),
  reason: f.orNull(f.seldom(f.text("Reason given", "Order returned"))),
  metadata: f.orNull(f.metadata({ store: "Bryggen" })),
  object: f.objectName("redemption"),
});

/** A redemption taken back. */
export const RollbackSchema = f.shape("redemption_rollback", "The rollback of a redemption", {
  id: f.id("rr_", "Voucherify's id of the rollback, `rrf_…` when it failed"),
  ...simpleEntries,
  amount: f.orNull(f.amount("Gift credit or points given back, negative", -3_500)),
  redemption: f.id("r_", "Id of the redemption taken back"),
  reason: f.orNull(f.text("Reason given", "Order returned")),
  metadata: f.mostlyNull(f.metadata({})),
  object: f.objectName("redemption_rollback"),
});

const RelatedSchema = f.shape("", "Another redemption or rollback", {
  id: f.id("r_", "Its id"),
  date: f.instant("When it happened"),
});

/** A redemption with more of its surroundings, behind rewards and orders. */
export const FullRedemptionSchema = f.shape("redemption", "The redemption, with its surroundings", {
  ...RedemptionSchema.entries,
  voucher: f.orNull(f.part(VoucherSchema)),
  promotion_tier: f.orNull(f.seldom(f.part(PromotionTierSchema))),
  order: f.orNull(f.seldom(f.part(OrderSchema))),
  previous_order: f.orNull(f.seldom(f.part(OrderSchema, "The order before it"))),
  reward: f.orNull(f.part(RewardSchema)),
  channel_type: f.choice("Through what it was made", ["API", "USER"]),
  channel_id: f.text("Id of the application or user", "till-7"),
  related_object_type: f.choice("What was redeemed", ["voucher", "promotion_tier"]),
  related_object_id: f.id("v_", "Id of what was redeemed"),
  related_object_parent_id: f.id("camp_", "Id of its campaign"),
  parent_redemption_id: f.orNull(f.seldom(f.id("r_", "Id of the redemption of the whole stack"))),
  campaign_name: f.text("Name of its campaign", "Autumn lights"),
  related_redemptions: f.seldom(
    f.group("What belongs to it", {
      redemptions: f.list(RelatedSchema, "Other redemptions of the stack"),
      rollbacks: f.list(RelatedSchema, "Its rollbacks"),
    }),
  ),
  created_at: f.instant("When it happened"),
});
