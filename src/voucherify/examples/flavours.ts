// The kinds of campaign that our examples are about, and the few people and things that play another part in them. One
// small shop for lanterns, so that a customer, a card or an order is the same wherever it comes up.

import type { Role } from "../objects/field.ts";
import type { Changes } from "./merge.ts";

/** What kind of campaign an example is about. */
export type Flavour = "discount" | "gift" | "loyalty" | "referral" | "promotion" | "reward";

/** By name of the object: how it differs. What an object does not have is not added. */
type Adaptations = Readonly<Record<string, Changes>>;

const NO_CREDIT = { gift: undefined, loyalty_card: undefined };
const NO_AMOUNT = { amount: undefined };
const NO_PROGRAM = { referral_program: undefined, loyalty_tiers_expiration: undefined };

/** An order that nothing was taken off. */
export const UNDISCOUNTED = {
  discount_amount: undefined,
  applied_discount_amount: undefined,
  items_discount_amount: undefined,
  items_applied_discount_amount: undefined,
  total_discount_amount: undefined,
  total_applied_discount_amount: undefined,
  total_amount: 12_000,
};

const CODES: Readonly<Record<Flavour, { campaign: string; prefix: string; code: string }>> = {
  discount: { campaign: "Autumn lights", prefix: "AUTUMN-15-", code: "AUTUMN-15-K7QP" },
  gift: { campaign: "Gift of light", prefix: "GLOW-", code: "GLOW-ZM4T" },
  loyalty: { campaign: "Lantern Circle", prefix: "CIRCLE-", code: "CIRCLE-4821" },
  referral: { campaign: "Bring a friend", prefix: "FRIEND-", code: "FRIEND-7YQ2" },
  promotion: { campaign: "Lamp weeks", prefix: "", code: "" },
  reward: { campaign: "Thank-you codes", prefix: "THANKS-", code: "THANKS-3XKD" },
};

/** The name of a campaign and all that follows from its codes. */
function named(flavour: Flavour, voucher: Changes, campaign: Changes, template: Changes): Adaptations {
  const { campaign: name, prefix, code } = CODES[flavour];
  const path = `/v1/vouchers/${code}`;
  return {
    voucher: {
      code,
      campaign: name,
      ...voucher,
      publish: { url: `${path}/publications` },
      redemption: { url: `${path}/redemptions`, ...redemptionOf(voucher) },
    },
    campaign: {
      name,
      description: `Our campaign ${name}`,
      ...campaign,
      voucher: { ...template, code_config: { prefix, pattern: `${prefix}####` } },
    },
  };
}

function redemptionOf({ type = "DISCOUNT_VOUCHER" }: Changes): Changes {
  return {
    ...(type !== "DISCOUNT_VOUCHER" && { quantity: null }),
    ...(type !== "GIFT_VOUCHER" && { redeemed_amount: undefined }),
    ...(type !== "LOYALTY_CARD" && { redeemed_points: undefined }),
  };
}

const REFERRAL_CODES = { ...NO_CREDIT, is_referral_code: true };

/** How objects look in each kind of campaign, by name of the object. */
export const FLAVOURS: Readonly<Record<Flavour, Adaptations>> = {
  discount: {
    ...named("discount", NO_CREDIT, NO_PROGRAM, NO_CREDIT),
    redemption: NO_AMOUNT,
    redemption_rollback: NO_AMOUNT,
  },
  gift: {
    ...named(
      "gift",
      { type: "GIFT_VOUCHER", discount: undefined, loyalty_card: undefined },
      { campaign_type: "GIFT_VOUCHERS", ...NO_PROGRAM },
      { type: "GIFT_VOUCHER", discount: undefined, loyalty_card: undefined, redemption: { quantity: null } },
    ),
    order: {
      discount_amount: 3_500,
      applied_discount_amount: 3_500,
      total_discount_amount: 3_500,
      total_applied_discount_amount: 3_500,
      total_amount: 8_500,
    },
  },
  loyalty: {
    ...named(
      "loyalty",
      { type: "LOYALTY_CARD", discount: undefined, gift: undefined },
      { campaign_type: "LOYALTY_PROGRAM", referral_program: undefined },
      { type: "LOYALTY_CARD", discount: undefined, gift: undefined, redemption: { quantity: null } },
    ),
    order: UNDISCOUNTED,
    redemption: { amount: 100, campaign_name: CODES.loyalty.campaign },
  },
  referral: {
    ...named(
      "referral",
      REFERRAL_CODES,
      { campaign_type: "REFERRAL_PROGRAM", is_referral_code: true, loyalty_tiers_expiration: undefined },
      REFERRAL_CODES,
    ),
    redemption: NO_AMOUNT,
  },
  promotion: {
    campaign: {
      ...named("promotion", {}, { campaign_type: "PROMOTION" }, {})["campaign"],
      ...NO_PROGRAM,
      voucher: undefined,
    },
  },
  reward: named("reward", NO_CREDIT, NO_PROGRAM, NO_CREDIT),
};

/** How objects in another part look, by name of the object. */
export const ROLES: Readonly<Record<Role, Adaptations>> = {
  referrer: { customer: { source_id: "crm-11873", name: "Jonas Eide", email: "jonas@example.com" } },
  source: { voucher: { code: "CIRCLE-1103" } },
  destination: { voucher: { code: "CIRCLE-7752" } },
  from: { loyalty_tier: { name: "Spark", points: { from: 0, to: 249 }, config: { points: { from: 0, to: 249 } } } },
  to: {},
  reward: {},
};
