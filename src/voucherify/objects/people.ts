// Smaller objects about people: holders, segments, consents, users, and what a referral tier asks of them.

import * as f from "./field.ts";

/** Who holds a voucher, and as what. */
export const HolderSchema = f.shape("redeemable_holder", "That the customer holds the voucher", {
  id: f.id("rh_", "Voucherify's id of it"),
  redeemable_id: f.id("v_", "Id of the voucher"),
  redeemable_object: f.text("Always `voucher`", "voucher"),
  campaign_id: f.id("camp_", "Id of the campaign"),
  campaign_type: f.text("Which kind of campaign", "REFERRAL_PROGRAM"),
  voucher_type: f.choice("Which kind of voucher", ["DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD"]),
  publication_id: f.orNull(f.id("pub_", "Id of the publication")),
  customer_id: f.id("cust_", "Id of the customer"),
  holder_role: f.choice("As what the customer holds it", ["REFEREE", "REFERRER", "OWNER"]),
  created_at: f.instant("Since when"),
  object: f.objectName("redeemable_holder"),
});

/** A segment of customers. */
export const SegmentSchema = f.shape("segment", "The segment", {
  id: f.id("seg_", "Voucherify's id of the segment"),
  name: f.text("Name", "Harbour customers"),
  object: f.objectName("segment"),
});

/** A customer event that led to a reward. */
export const CustomerEventSchema = f.shape("", "The customer event behind it", {
  segment: f.part(SegmentSchema),
  event_type: f.text("Its type", "customer.segment.entered"),
});

/** A consent, in the events that Voucherify has withdrawn. */
export const ConsentSchema = f.shape("consent", "A consent", {
  id: f.id("cnst_", "Voucherify's id of the consent"),
  name: f.text("Name", "Letters by post"),
  object: f.objectName("consent"),
});

/** A user of Voucherify's own pages. */
export const UserSchema = f.shape("user", "The user who did it", {
  id: f.id("user_", "Voucherify's id of the user"),
});

/** A customer record that is not confirmed yet. */
export const UnconfirmedCustomerSchema = f.shape("", "The record before it was confirmed", {
  id: f.id("ucust_", "Voucherify's id of that record"),
});

/** What must happen for a referral's reward. */
export const ReferralTierSchema = f.shape("referral_tier", "The referral tier", {
  id: f.id("rrt_", "Voucherify's id of the tier"),
  campaign_id: f.id("camp_", "Id of the referral campaign"),
  banner: f.text("What customers read", "Bring one friend"),
  parameters: f.group("What must happen", {
    event_type: f.text("The event", "redemption.succeeded"),
    segment: f.seldom(f.group("The segment", { id: f.id("seg_", "Its id") })),
    custom_event: f.seldom(f.group("The custom event", { id: f.id("ms_", "Its id") })),
    distribution: f.seldom(f.group("The distribution", { id: f.id("distr_", "Its id") })),
  }),
});

/** Where a reward came from. */
export const RewardSourceSchema = f.shape("", "What led to the reward", {
  id: f.id("r_", "Its id"),
  type: f.text("What kind of thing it is", "redemption"),
});
