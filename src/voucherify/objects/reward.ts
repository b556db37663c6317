// Rewards: what points or a referral are exchanged for, to which campaign they belong, and that somebody took one.

import { SimpleCustomerSchema } from "./customer.ts";
import * as f from "./field.ts";
import { SimpleVoucherSchema } from "./voucher.ts";

const REWARD_TYPE = f.choice("Which kind of reward", ["CAMPAIGN", "COIN", "MATERIAL"]);

const PARAMETERS = f.group("What it consists of", {
  campaign: f.group("CAMPAIGN: where the voucher comes from", {
    id: f.id("camp_", "Id of the campaign", "reward"),
    type: f.choice("Which kind of campaign", ["DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM"]),
    balance: f.seldom(f.amount("Credit or points on it", 1_000)),
  }),
  coin: f.seldom(
    f.group("COIN: how points become credit", {
      exchange_ratio: f.number("Credit", 1),
      points_ratio: f.points("For so many points", 10),
    }),
  ),
  product: f.seldom(
    f.group("MATERIAL: the product", {
      id: f.id("prod_", "Id of the product"),
      sku_id: f.orNull(f.id("sku_", "Id of the SKU")),
    }),
  ),
});

const rewardEntries = {
  id: f.id("rew_", "Voucherify's id of the reward"),
  name: f.text("Name", "15 % off a lantern"),
  type: REWARD_TYPE,
  parameters: f.orNull(PARAMETERS),
  metadata: f.metadata(),
  object: f.objectName("reward"),
};

/** The definition of a reward. */
export const RewardDefinitionSchema = f.shape("reward", "The reward", {
  ...rewardEntries,
  stock: f.orNull(f.count("How many there are", 100)),
  redeemed: f.orNull(f.count("How many were taken", 7)),
  attributes: f.group("How it is shown", {
    image_url: f.text("Image", "https://images.example.com/lantern.png"),
    description: f.text("Description", "For a lantern of your choice"),
  }),
  updated_at: f.mostlyNull(f.instant("When it was last changed")),
});

/** A reward that somebody got, with the voucher or product. */
export const RewardSchema = f.shape("reward", "The reward the customer got", {
  ...rewardEntries,
  assignment_id: f.orNull(f.id("rewa_", "Id of its assignment to the campaign")),
  loyalty_tier_id: f.orNull(f.seldom(f.id("ltr_", "Id of the loyalty tier"))),
  customer: f.orNull(f.part(SimpleCustomerSchema)),
  voucher: f.orNull(f.part(SimpleVoucherSchema, "CAMPAIGN: the voucher the customer got", "reward")),
  product: f.orNull(
    f.seldom(
      f.group("MATERIAL: the product", {
        id: f.id("prod_", "Voucherify's id of the product"),
        source_id: f.orNull(f.text("Your own id of the product", "lamp-storm")),
        name: f.text("Name", "Storm lantern"),
      }),
    ),
  ),
  sku: f.orNull(
    f.seldom(
      f.group("MATERIAL: the SKU", {
        id: f.id("sku_", "Voucherify's id of the SKU"),
        source_id: f.orNull(f.text("Your own id of the SKU", "lamp-storm-brass")),
        sku: f.text("Name", "Storm lantern, brass"),
      }),
    ),
  ),
  created_at: f.instant("When the reward was created", "2026-02-01T08:10:33.072326Z"),
  updated_at: f.mostlyNull(f.instant("When the reward was last changed")),
});

/** For how many points a reward can be had in a campaign. */
export const RewardAssignmentSchema = f.shape("reward_assignment", "The reward's place in the campaign", {
  id: f.id("rewa_", "Voucherify's id of the assignment"),
  reward_id: f.id("rew_", "Id of the reward"),
  related_object_id: f.id("camp_", "Id of the campaign"),
  related_object_type: f.text("Always `campaign`", "campaign"),
  parameters: f.group("What it costs", {
    loyalty: f.group("In points", { points: f.points("Points", 100) }),
  }),
  created_at: f.instant("When it was assigned", "2026-02-01T08:11:06.389Z"),
  updated_at: f.mostlyNull(f.instant("When the assignment was last changed")),
  object: f.objectName("reward_assignment"),
});

/** That a customer took a reward. */
export const RewardRedemptionSchema = f.shape("reward_redemption", "That the customer took the reward", {
  id: f.id("rewr_", "Voucherify's id of it"),
  state: f.choice("How far it is", ["COMPLETED", "CREATED", "PENDING", "ROLLEDBACK"]),
  voucher_id: f.id("v_", "Id of the loyalty card or referral code"),
  campaign_id: f.id("camp_", "Id of the campaign"),
  customer_id: f.id("cust_", "Id of the customer"),
  reward_assignment_id: f.id("rewa_", "Id of the reward's assignment"),
  source_id: f.id("r_", "Id of what led to it"),
  source_type: f.text("What kind of thing that is", "redemption"),
  created_at: f.instant("When it was taken"),
  updated_at: f.mostlyNull(f.instant("When it was last changed")),
});
