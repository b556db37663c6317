// What is special about the example of each event type, beyond its objects' own samples: which kind of campaign it is
// about, what is null, what failed, what moved in which direction.

import type { JsonObject } from "../read-json.ts";
import { UNDISCOUNTED, type Flavour } from "./flavours.ts";
import { merge, type Changes } from "./merge.ts";
import type { Setting } from "./sample.ts";

/** What kind of campaign the example of a type is about. */
export function flavourOf(type: string): Flavour {
  return FLAVOURS_BY_WORD.find(([words]) => words.test(type))?.[1] ?? "discount";
}

const FLAVOURS_BY_WORD: readonly (readonly [RegExp, Flavour])[] = [
  [/promotion/, "promotion"],
  [/referr|holder/, "referral"],
  [/loyalty|reward|earning/, "loyalty"],
  [/gift|rollback/, "gift"],
];

/** Tells an example's story: changes its data to what happened in an event of this type. */
export function tell(type: string, data: JsonObject, { id }: Setting): JsonObject {
  const story = STORIES.get(type);
  if (story === undefined) return data;
  return merge(data, typeof story === "function" ? story(data, id) : story, "add");
}

type Story = Changes | ((data: JsonObject, id: Setting["id"]) => Changes);

const NO_PROMOTION = { promotion_tier: null, promotion_stack: null };
const FAILED = {
  result: "FAILURE",
  status: "FAILED",
  amount: undefined,
  order: undefined,
  voucher: undefined,
  reason: undefined,
};
const CANCELED = { status: "CANCELED", ...UNDISCOUNTED };
const ROLLED_BACK = {
  ...NO_PROMOTION,
  order: CANCELED,
  redemption_rollback: { order: CANCELED },
};

const BY_AUTOMATION = { source: "Automation", source_id: null, reason: null };
const NO_ORIGIN = { order: undefined, event: undefined, earning_rule: undefined, holder_loyalty_tier: undefined };
const BY_HAND = { operation_type: "MANUAL" };
const ADDED = {
  balance: BY_HAND,
  transaction: { type: "POINTS_ADDITION", details: { ...NO_ORIGIN, balance: BY_HAND } },
};
const EXPIRED = {
  transaction: {
    ...BY_AUTOMATION,
    type: "POINTS_EXPIRATION",
    details: { ...NO_ORIGIN, balance: { points: -60 } },
  },
};
const CANCELED_POINTS = {
  order: { status: "CANCELED" },
  voucher: { loyalty_card: { pending_points: 0 } },
  voucher_pending_points_balance: { points: -120, total: 0 },
};
function activated(data: JsonObject): Changes {
  return {
    voucher: { loyalty_card: { pending_points: 0 } },
    ...(data["voucher_pending_points_balance"] !== undefined && {
      voucher_pending_points_balance: { points: -120, total: 0 },
    }),
    transaction: {
      ...BY_AUTOMATION,
      type: "PENDING_POINTS_ACTIVATION",
      details: { pending_points: data["pending_points"] },
    },
  };
}

const ANNOUNCED = { promotion_tier: undefined };
function order(status: string): Changes {
  return { ...ANNOUNCED, referrer: null, redemption: null, order: { ...UNDISCOUNTED, status } };
}
const ASSIGNED = { distribution: null, promotion_tier: null, earning_rule: null };
const NO_BALANCE = { balance: null };

const STORIES: ReadonlyMap<string, Story> = new Map<string, Story>([
  ["redemption.succeeded", NO_PROMOTION],
  ["customer.redemption.succeeded", NO_PROMOTION],
  [
    "redemption.failed",
    (_data, id) => ({
      ...NO_PROMOTION,
      order: null,
      voucher: null,
      campaign: null,
      holder: null,
      redemption: {
        ...FAILED,
        id: id("rf_", ""),
        failure_code: "no_applicable_redeemables",
        failure_message: "Nothing here can be redeemed",
      },
    }),
  ],
  ["redemption.rollback.succeeded", ROLLED_BACK],
  ["customer.redemption.rollback.succeeded", ROLLED_BACK],
  [
    "redemption.rollback.failed",
    (_data, id) => ({
      ...NO_PROMOTION,
      order: null,
      holder: null,
      redemption: { status: "ROLLED_BACK" },
      redemption_rollback: {
        ...FAILED,
        id: id("rrf_", ""),
        failure_code: "already_rolled_back",
        failure_message: "This was rolled back before",
      },
    }),
  ],
  ["voucher.gift.transaction.created", { order: null, redemption: null, rollback: null }],
  ["voucher.loyalty_card.points_added", ADDED],
  ["customer.voucher.loyalty_card.points_added", ADDED],
  ["voucher.loyalty_card.points_expired", EXPIRED],
  ["customer.voucher.loyalty_card.points_expired", EXPIRED],
  [
    "voucher.loyalty_card.transaction.created",
    {
      transaction: BY_AUTOMATION,
      segment: null,
      loyalty_tier: null,
      redemption: null,
      rollback: null,
      reward: null,
      custom_event: null,
      source_voucher: null,
      destination_voucher: null,
    },
  ],
  ["voucher.loyalty_card.pending_points.canceled", { ...CANCELED_POINTS, redemption: null }],
  ["customer.voucher.loyalty_card.pending_points.canceled", CANCELED_POINTS],
  ["voucher.loyalty_card.pending_points.activated", activated],
  ["customer.voucher.loyalty_card.pending_points.activated", activated],
  ["customer.rewarded", { ...NO_BALANCE, referral_tier: null, custom_event: null, customer_event: null }],
  ["customer.rewarded.loyalty_points", { loyalty_tier: null }],
  ["customer.reward_redemptions.completed", NO_BALANCE],
  ["customer.reward_redemptions.created", { ...NO_BALANCE, reward_redemption: { state: "CREATED" } }],
  ["customer.reward_redemptions.pending", { ...NO_BALANCE, reward_redemption: { state: "PENDING" } }],
  [
    "customer.loyalty.tier.downgraded",
    (data) => ({ loyalty_tier_from: data["loyalty_tier_to"], loyalty_tier_to: data["loyalty_tier_from"] }),
  ],
  ["customer.referred", { custom_event: undefined }],
  ["customer.segment.entered", ANNOUNCED],
  ["customer.segment.left", ANNOUNCED],
  ["customer.order.created", order("CREATED")],
  ["customer.order.updated", order("CREATED")],
  ["customer.order.paid", order("PAID")],
  ["customer.order.canceled", order("CANCELED")],
  ["customer.custom_event", { ...ANNOUNCED, referral: null, loyalty: null }],
  ["manual_distribution_schedule", ANNOUNCED],
  ["business_validation_rule.assignment.created", ASSIGNED],
  ["business_validation_rule.assignment.deleted", ASSIGNED],
]);
