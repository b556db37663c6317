// Gift cards and loyalty cards: credit, points, points that wait. Each project event has a customer event beside it.

import { GiftBalanceSchema, PendingBalanceSchema, PointsBalanceSchema } from "../objects/balance.ts";
import { SimpleCampaignSchema } from "../objects/campaign.ts";
import { SimpleCustomerSchema } from "../objects/customer.ts";
import { CustomEventSchema, SimpleEventSchema } from "../objects/event.ts";
import { inRole, list, points } from "../objects/field.ts";
import {
  LoyaltyTierSchema,
  PendingPointsSchema,
  PointsBucketSchema,
  SimpleEarningRuleSchema,
} from "../objects/loyalty.ts";
import { SimpleOrderSchema } from "../objects/order.ts";
import { SegmentSchema } from "../objects/people.ts";
import { RedemptionSchema, RollbackSchema } from "../objects/redemption.ts";
import { RewardDefinitionSchema } from "../objects/reward.ts";
import { GiftTransactionSchema, PointsTransactionSchema } from "../objects/transaction.ts";
import { SimpleVoucherSchema, VoucherSchema } from "../objects/voucher.ts";
import { always, alwaysOrNull, define, maybe, maybeOrNull, seen, type EventDefinition } from "./definition.ts";

const holder = inRole(SimpleCustomerSchema, "The customer who holds the card");

const expired = {
  voucher: alwaysOrNull(SimpleVoucherSchema),
  points: always(points("How many points expired", 60)),
  campaign: alwaysOrNull(SimpleCampaignSchema),
  customer: alwaysOrNull(SimpleCustomerSchema),
  buckets: always(list(PointsBucketSchema, "Where they were")),
  transaction: alwaysOrNull(PointsTransactionSchema),
};

const waiting = {
  customer: always(SimpleCustomerSchema),
  campaign: always(SimpleCampaignSchema),
  voucher: always(SimpleVoucherSchema),
  order: always(SimpleOrderSchema),
  pending_points: always(PendingPointsSchema),
};
const pending = { ...waiting, voucher_pending_points_balance: always(PendingBalanceSchema) };
const activated = {
  ...waiting,
  balance: always(PointsBalanceSchema),
  transaction: always(PointsTransactionSchema),
};

/** Event types about the credit of gift cards and the points of loyalty cards. */
export const CARD_EVENTS: readonly EventDefinition[] = [
  define("voucher.gift.balance_added", "Credit was added to or taken from a gift card", {
    on: "project",
    legacy: true,
    entity: "voucher",
    data: {
      voucher: maybeOrNull(SimpleVoucherSchema),
      balance: maybe(GiftBalanceSchema),
      campaign: maybeOrNull(SimpleCampaignSchema),
      transaction: maybeOrNull(GiftTransactionSchema),
    },
  }),
  define("voucher.gift.transaction.created", "The credit of a gift card changed for any reason", {
    on: "project",
    entity: "voucher",
    data: {
      transaction: maybeOrNull(GiftTransactionSchema),
      voucher: maybeOrNull(VoucherSchema),
      campaign: maybeOrNull(SimpleCampaignSchema),
      holder: maybeOrNull(holder),
      balance: maybe(GiftBalanceSchema),
      order: maybeOrNull(SimpleOrderSchema),
      redemption: maybeOrNull(RedemptionSchema),
      rollback: maybeOrNull(RollbackSchema),
    },
  }),
  define("customer.voucher.gift.balance_added", "Credit was added to or taken from a customer's gift card", {
    on: "distribution",
    entity: "customer",
    data: {
      customer: maybe(SimpleCustomerSchema),
      campaign: maybe(SimpleCampaignSchema),
      voucher: maybe(SimpleVoucherSchema),
      balance: maybe(GiftBalanceSchema),
      transaction: maybe(GiftTransactionSchema),
    },
  }),
  define("voucher.loyalty_card.points_added", "Points were added to or taken from a loyalty card by hand", {
    on: "project",
    legacy: true,
    entity: "voucher",
    data: {
      voucher: maybeOrNull(SimpleVoucherSchema),
      balance: maybe(PointsBalanceSchema),
      campaign: maybeOrNull(SimpleCampaignSchema),
      customer: maybeOrNull(SimpleCustomerSchema),
      transaction: maybeOrNull(PointsTransactionSchema),
    },
  }),
  define(
    "customer.voucher.loyalty_card.points_added",
    "Points were added to or taken from a customer's loyalty card by hand",
    {
      on: "distribution",
      entity: "customer",
      data: {
        customer: alwaysOrNull(SimpleCustomerSchema),
        campaign: alwaysOrNull(SimpleCampaignSchema),
        voucher: alwaysOrNull(SimpleVoucherSchema),
        balance: always(PointsBalanceSchema),
        transaction: alwaysOrNull(PointsTransactionSchema),
      },
    },
  ),
  define("voucher.loyalty_card.points_expired", "Points of a loyalty card expired", {
    on: "project",
    entity: "voucher",
    data: expired,
  }),
  define("customer.voucher.loyalty_card.points_expired", "Points of a customer's loyalty card expired", {
    on: "distribution",
    entity: "customer",
    data: expired,
  }),
  define("voucher.loyalty_card.transaction.created", "The points of a loyalty card changed for any reason", {
    on: "project",
    entity: "voucher",
    data: {
      transaction: alwaysOrNull(PointsTransactionSchema),
      voucher: alwaysOrNull(VoucherSchema),
      campaign: alwaysOrNull(SimpleCampaignSchema),
      holder: alwaysOrNull(holder),
      holder_loyalty_tier: alwaysOrNull(inRole(LoyaltyTierSchema, "The tier of the card's holder")),
      balance: alwaysOrNull(PointsBalanceSchema),
      order: alwaysOrNull(SimpleOrderSchema),
      event: alwaysOrNull(SimpleEventSchema),
      earning_rule: alwaysOrNull(SimpleEarningRuleSchema),
      segment: alwaysOrNull(SegmentSchema),
      loyalty_tier: alwaysOrNull(inRole(LoyaltyTierSchema, "The tier that was reached")),
      redemption: alwaysOrNull(RedemptionSchema),
      rollback: alwaysOrNull(RollbackSchema),
      reward: alwaysOrNull(RewardDefinitionSchema),
      custom_event: alwaysOrNull(CustomEventSchema),
      source_voucher: alwaysOrNull(inRole(SimpleVoucherSchema, "Card the points came from", "source")),
      destination_voucher: alwaysOrNull(inRole(SimpleVoucherSchema, "Card the points went to", "destination")),
    },
  }),
  ...pendingEvents("project"),
  ...pendingEvents("distribution"),
];

function pendingEvents(on: "project" | "distribution"): EventDefinition[] {
  const customers = on === "distribution";
  const base = `${customers ? "customer." : ""}voucher.loyalty_card.pending_points`;
  const traits = { on, entity: customers ? "customer" : "voucher" } as const;
  const redemption = { redemption: seen(RedemptionSchema) };
  return [
    define(`${base}.added`, "Points were earned that become active later", { ...traits, data: pending }),
    define(`${base}.updated`, "Points that wait were changed", {
      ...traits,
      data: pending,
      ...(customers && { aliases: ["loyalty_card.pending_points.updated"] }),
    }),
    define(`${base}.canceled`, "Points that waited were taken back", {
      ...traits,
      data: customers ? pending : { ...pending, ...redemption },
    }),
    define(`${base}.activated`, "Points that waited became active", {
      ...traits,
      data: customers ? { ...activated, voucher_pending_points_balance: seen(PendingBalanceSchema) } : activated,
    }),
  ];
}
