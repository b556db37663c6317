// Customers: their profile, tiers, segments, orders, custom events, referrals and messages on schedule.

import { SimpleCampaignSchema } from "../objects/campaign.ts";
import { CustomerSchema, SimpleCustomerSchema } from "../objects/customer.ts";
import { DistributionSchema } from "../objects/distribution.ts";
import {
  CustomEventDefinitionSchema,
  CustomEventSchema,
  EventLoyaltySchema,
  EventReferralSchema,
} from "../objects/event.ts";
import { inRole, instant, list } from "../objects/field.ts";
import { LoyaltyTierSchema } from "../objects/loyalty.ts";
import { OrderSchema } from "../objects/order.ts";
import { ConsentSchema, SegmentSchema, UnconfirmedCustomerSchema } from "../objects/people.ts";
import { SimplePromotionTierSchema } from "../objects/promotion.ts";
import { DistributionPublicationSchema } from "../objects/publication.ts";
import { FullRedemptionSchema, RedemptionSchema } from "../objects/redemption.ts";
import { SimpleVoucherSchema } from "../objects/voucher.ts";
import { always, alwaysOrNull, define, maybe, maybeOrNull, seen, type EventDefinition } from "./definition.ts";

const referrer = inRole(SimpleCustomerSchema, "The customer who referred this one", "referrer");

/** What a distribution adds when it announces a promotion (campaign, tier) or gives a code away (the others). */
const announced = {
  campaign: maybe(SimpleCampaignSchema),
  voucher: maybe(SimpleVoucherSchema),
  publication: maybe(DistributionPublicationSchema),
  promotion_tier: maybe(SimplePromotionTierSchema),
};

const distribution = { on: "distribution", entity: "customer" } as const;
const profile = { on: "project", entity: "customer", data: { customer: maybe(CustomerSchema) } } as const;

const tier = {
  customer: alwaysOrNull(SimpleCustomerSchema),
  campaign: alwaysOrNull(SimpleCampaignSchema),
  created_at: always(instant("When it happened")),
};
const intoTier = { ...distribution, data: { ...tier, loyalty_tier: alwaysOrNull(LoyaltyTierSchema) } };
const betweenTiers = {
  ...distribution,
  data: {
    ...tier,
    loyalty_tier_from: alwaysOrNull(inRole(LoyaltyTierSchema, "The tier before", "from")),
    loyalty_tier_to: alwaysOrNull(inRole(LoyaltyTierSchema, "The tier now", "to")),
  },
};

const segment = {
  ...distribution,
  data: { customer: always(CustomerSchema), segment: always(SegmentSchema), ...announced },
};

const order = {
  ...distribution,
  data: {
    customer: always(SimpleCustomerSchema),
    referrer: alwaysOrNull(referrer),
    order: always(OrderSchema),
    redemption: alwaysOrNull(FullRedemptionSchema),
    ...announced,
  },
};

const consents = {
  on: "neither",
  legacy: true,
  removed: true,
  entity: "customer",
  data: { customer: seen(SimpleCustomerSchema), consents: seen(list(ConsentSchema, "The consents")) },
} as const;

/** Event types about customers. */
export const CUSTOMER_EVENTS: readonly EventDefinition[] = [
  define("customer.created", "A customer was created", { ...profile, legacy: true }),
  define("customer.updated", "A customer was changed; not sent for imports and changes in bulk", profile),
  define("customer.deleted", "A customer was deleted", { ...profile, legacy: true }),
  define("customer.confirmed", "A customer known only in passing was confirmed", {
    ...profile,
    undocumented: true,
    data: { customer: maybe(SimpleCustomerSchema), unconfirmed_customer: maybeOrNull(UnconfirmedCustomerSchema) },
  }),
  define("customer.consents.given", "A customer gave consents", consents),
  define("customer.consents.revoked", "A customer took consents back", consents),
  define("customer.referred", "A customer was brought in by another one", {
    ...distribution,
    undocumented: true,
    data: {
      customer: maybe(SimpleCustomerSchema),
      referrer: maybe(referrer),
      campaign: maybe(SimpleCampaignSchema),
      voucher: maybe(SimpleVoucherSchema),
      custom_event: maybe(CustomEventSchema),
      redemption: maybe(RedemptionSchema),
    },
  }),
  define("customer.loyalty.tier.joined", "A customer reached a loyalty tier for the first time", intoTier),
  define("customer.loyalty.tier.left", "A customer left the loyalty tiers", intoTier),
  define("customer.loyalty.tier.prolonged", "A customer's time in a loyalty tier was prolonged", intoTier),
  define("customer.loyalty.tier.upgraded", "A customer rose to a higher loyalty tier", betweenTiers),
  define("customer.loyalty.tier.downgraded", "A customer fell to a lower loyalty tier", betweenTiers),
  define("customer.segment.entered", "A customer came into a segment", {
    ...segment,
    aliases: ["customer.entered.segment"],
  }),
  define("customer.segment.left", "A customer left a segment", segment),
  define("customer.order.created", "A customer's order was created", order),
  define("customer.order.updated", "A customer's order was changed", order),
  define("customer.order.paid", "A customer's order was paid", order),
  define("customer.order.canceled", "A customer's order was cancelled", order),
  define("customer.custom_event", "A customer did something that you report as a custom event", {
    ...distribution,
    data: {
      event: always(CustomEventSchema),
      event_schema: always(CustomEventDefinitionSchema),
      customer: always(SimpleCustomerSchema),
      referral: alwaysOrNull(EventReferralSchema),
      loyalty: alwaysOrNull(EventLoyaltySchema),
      ...announced,
    },
  }),
  define("manual_distribution_schedule", "A message set up by hand went out to one customer", {
    on: "distribution",
    entity: "distribution",
    data: { distribution: always(DistributionSchema), ...announced, customer: maybe(SimpleCustomerSchema) },
    aliases: ["MANUAL_DISTRIBUTION_SCHEDULE"],
  }),
];
