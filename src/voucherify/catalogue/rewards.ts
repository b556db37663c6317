// Rewards and earned points.

import { PointsBalanceSchema, RewardBalanceSchema } from "../objects/balance.ts";
import { SimpleCampaignSchema } from "../objects/campaign.ts";
import { SimpleCustomerSchema } from "../objects/customer.ts";
import { CustomEventSchema, SimpleEventSchema } from "../objects/event.ts";
import { inRole } from "../objects/field.ts";
import { EarningRuleSchema, LoyaltyTierSchema } from "../objects/loyalty.ts";
import { OrderSchema } from "../objects/order.ts";
import { CustomerEventSchema, ReferralTierSchema, RewardSourceSchema } from "../objects/people.ts";
import { VoucherPublicationSchema } from "../objects/publication.ts";
import { FullRedemptionSchema } from "../objects/redemption.ts";
import { RewardAssignmentSchema, RewardRedemptionSchema, RewardSchema } from "../objects/reward.ts";
import { SimpleVoucherSchema } from "../objects/voucher.ts";
import { define, maybeOrNull, type EventDefinition } from "./definition.ts";

const who = {
  customer: maybeOrNull(SimpleCustomerSchema),
  holder: maybeOrNull(inRole(SimpleCustomerSchema, "The customer who holds the card or code")),
  voucher: maybeOrNull(SimpleVoucherSchema),
  campaign: maybeOrNull(SimpleCampaignSchema),
};

const taken = {
  ...who,
  reward_redemption: maybeOrNull(RewardRedemptionSchema),
  reward: maybeOrNull(RewardSchema),
  reward_assignment: maybeOrNull(RewardAssignmentSchema),
  source: maybeOrNull(RewardSourceSchema),
  balance: maybeOrNull(RewardBalanceSchema),
};

/** Event types about rewards and earned points. */
export const REWARD_EVENTS: readonly EventDefinition[] = [
  define("customer.rewarded", "A customer got a reward, for points or a referral", {
    on: "both",
    legacy: true,
    entity: "customer",
    data: {
      ...who,
      redemption: maybeOrNull(FullRedemptionSchema),
      reward: maybeOrNull(RewardSchema),
      referral_tier: maybeOrNull(ReferralTierSchema),
      balance: maybeOrNull(RewardBalanceSchema),
      custom_event: maybeOrNull(CustomEventSchema),
      customer_event: maybeOrNull(CustomerEventSchema),
    },
    aliases: ["customer.rewarded.main"],
  }),
  define("customer.rewarded.loyalty_points", "A customer earned loyalty points", {
    on: "both",
    legacy: true,
    entity: "customer",
    data: {
      ...who,
      loyalty_tier: maybeOrNull(LoyaltyTierSchema),
      earning_rule: maybeOrNull(EarningRuleSchema),
      balance: maybeOrNull(PointsBalanceSchema),
      order: maybeOrNull(OrderSchema),
      event: maybeOrNull(SimpleEventSchema),
      publication: maybeOrNull(VoucherPublicationSchema),
    },
  }),
  define("customer.reward_redemptions.completed", "A customer took a reward and has it", {
    on: "distribution",
    entity: "customer",
    data: { ...taken, publication: maybeOrNull(VoucherPublicationSchema) },
  }),
  define("customer.reward_redemptions.created", "A customer took a reward", {
    on: "neither",
    entity: "customer",
    data: taken,
  }),
  define("customer.reward_redemptions.pending", "A customer took a reward that is not ready yet", {
    on: "neither",
    entity: "customer",
    data: taken,
  }),
];
