// Events in families: what a destination is told about a redemption is much the same whichever event reports it. Each
// family has the words and properties that recipes share, so that a recipe is about its destination and nothing else.

import { EVENT_TYPES } from "../voucherify/catalogue.ts";

/** The families that recipes are written for. */
export const FAMILIES = [
  "redemption",
  "publication",
  "points",
  "reward",
  "tier",
  "order",
  "segment",
  "custom_event",
  "other",
] as const;

/** One of them. */
export type Family = (typeof FAMILIES)[number];

/** Which family an event type belongs to, by how it begins; the first that fits. */
const BEGINNINGS: readonly (readonly [string, Family])[] = [
  ["redemption.", "redemption"],
  ["customer.redemption.", "redemption"],
  ["voucher.published", "publication"],
  ["publication.", "publication"],
  ["customer.publication.", "publication"],
  ["customer.rewarded.loyalty_points", "points"],
  ["voucher.loyalty_card.", "points"],
  ["customer.voucher.loyalty_card.", "points"],
  ["voucher.gift.", "points"],
  ["customer.voucher.gift.", "points"],
  ["customer.rewarded", "reward"],
  ["customer.reward_redemptions.", "reward"],
  ["customer.loyalty.tier.", "tier"],
  ["customer.order.", "order"],
  ["customer.segment.", "segment"],
  ["customer.custom_event", "custom_event"],
];

/** The family of an event type; `other` for those that no family is about: campaigns, rules, vouchers, profiles. */
export function familyOf(type: string): Family {
  return BEGINNINGS.find(([beginning]) => type.startsWith(beginning))?.[1] ?? "other";
}

/** The event types of a family that Voucherify is known to send, in alphabetical order. */
export function typesOf(family: Family): string[] {
  return EVENT_TYPES.filter((type) => familyOf(type) === family);
}

/** Who it is about, in expressions: for systems that know a customer by your own id. */
export const CUSTOMER = {
  /** Your own id of the customer, which must be there. */
  requiredId:
    "{{ $required($default(customer.source_id, holder.source_id, publication.customer.source_id, redemption.customer.source_id), 'the customer has no source_id') }}",
  /** The same, left out where there is none. */
  id: "{{ $default(customer.source_id, holder.source_id, publication.customer.source_id, redemption.customer.source_id) }}",
  /** The e-mail address, which must be there. */
  requiredEmail:
    "{{ $required($default(customer.email, holder.email, publication.customer.email, redemption.customer.email), 'the customer has no email') }}",
  email: "{{ $default(customer.email, holder.email, publication.customer.email, redemption.customer.email) }}",
  name: "{{ $default(customer.name, holder.name, publication.customer.name, redemption.customer.name) }}",
  phone: "{{ customer.phone }}",
} as const;

/** When it happened; when it came in where the body does not say, as raw payloads do not. */
const TIME = "$default($webhook.event.created_at, $webhook.created_at, $now())";

/** What every event has, in expressions. */
export const EVENT = {
  /** The event's type: `redemption.succeeded`. */
  type: "{{ $webhook.event.type }}",
  /** The same for people: `Redemption Succeeded`. */
  title: "{{ $title($webhook.event.type) }}",
  /** The same with underscores and a name in front: `voucherify_redemption_succeeded`. */
  name: "voucherify_{{ $replace($webhook.event.type, '.', '_') }}",
  /** When it happened, ISO 8601. */
  time: `{{ ${TIME} }}`,
  /**
   * All of it as JSON text. The space makes it a text in which an object is JSON, and such a text may be as long as a
   * body; `$json` stops at 200,000 characters.
   */
  json: "{{ $webhook }} ",
  unix: `{{ $unix(${TIME}) }}`,
  unixMs: `{{ $unixMs(${TIME}) }}`,
} as const;

/** Properties of an event by family: flat, as most systems want them; amounts in the currency's main unit. */
export const PROPERTIES: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  redemption: {
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    promotion: "{{ promotion_tier.name }}",
    redemption_id: "{{ $default(redemption_rollback.id, redemption.id) }}",
    status: "{{ $default(redemption_rollback.status, redemption.status) }}",
    failure: "{{ $default(redemption_rollback.failure_code, redemption.failure_code) }}",
    order_id: "{{ $default(order.source_id, order.id) }}",
    order_amount: "{{ $money(order.amount) }}",
    discount_amount: "{{ $money(order.total_discount_amount) }}",
    paid_amount: "{{ $money(order.total_amount) }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  publication: {
    code: "{{ $default(voucher.code, publication.voucher.code) }}",
    code_type: "{{ $default(voucher.type, publication.voucher.type) }}",
    campaign: "{{ $default(campaign.name, voucher.campaign) }}",
    channel: "{{ publication.channel }}",
    expires_at: "{{ voucher.expiration_date }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  points: {
    code: "{{ voucher.code }}",
    campaign: "{{ $default(campaign.name, voucher.campaign) }}",
    points: "{{ $default(balance.points, pending_points.points, points, transaction.details.balance.points) }}",
    balance:
      "{{ $exists(balance.amount) ? voucher.loyalty_card.balance : $default(balance.balance, voucher.loyalty_card.balance) }}",
    credit: "{{ $money(balance.amount) }}",
    credit_left: "{{ $money(voucher.gift.balance) }}",
    order_id: "{{ $default(order.source_id, order.id) }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  reward: {
    reward: "{{ reward.name }}",
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    points_left: "{{ voucher.loyalty_card.balance }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  tier: {
    tier: "{{ $default(loyalty_tier_to.name, loyalty_tier.name) }}",
    tier_before: "{{ loyalty_tier_from.name }}",
    campaign: "{{ campaign.name }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  order: {
    order_id: "{{ $default(order.source_id, order.id) }}",
    status: "{{ order.status }}",
    order_amount: "{{ $money(order.amount) }}",
    discount_amount: "{{ $money(order.total_discount_amount) }}",
    paid_amount: "{{ $money(order.total_amount) }}",
    item_count: "{{ $count(order.items) }}",
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  segment: {
    segment: "{{ segment.name }}",
    segment_id: "{{ segment.id }}",
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  custom_event: {
    custom_event: "{{ event.type }}",
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
  other: {
    code: "{{ voucher.code }}",
    campaign: "{{ campaign.name }}",
    sendout_id: "{{ $default($webhook.id) }}",
  },
};

/** A sentence about an event by family, for people. */
export const SENTENCES: Readonly<Record<Family, string>> = {
  redemption:
    "{{ $title($webhook.event.type) }}: {{ $default(voucher.code, promotion_tier.name, 'a promotion') }} by {{ $default(customer.name, customer.source_id, 'somebody') }}",
  publication:
    "{{ $title($webhook.event.type) }}: {{ $default(voucher.code, publication.voucher.code) }} for {{ $default(customer.name, customer.source_id, 'somebody') }}",
  points:
    "{{ $title($webhook.event.type) }}: {{ $default(balance.points, pending_points.points, points, 'points') }} on {{ $default(voucher.code, 'a card') }}, {{ $default(customer.name, holder.name, 'somebody') }}",
  reward:
    "{{ $title($webhook.event.type) }}: {{ $default(reward.name, voucher.code, 'a reward') }} for {{ $default(customer.name, holder.name, 'somebody') }}",
  tier: "{{ $title($webhook.event.type) }}: {{ $default(customer.name, customer.source_id, 'somebody') }} is in {{ $default(loyalty_tier_to.name, loyalty_tier.name, 'no tier') }}",
  order:
    "{{ $title($webhook.event.type) }}: {{ $default(order.source_id, order.id) }} of {{ $default(customer.name, customer.source_id, 'somebody') }}, {{ $money(order.total_amount) }}",
  segment:
    "{{ $title($webhook.event.type) }}: {{ $default(customer.name, customer.source_id, 'somebody') }}, {{ segment.name }}",
  custom_event: "{{ event.type }}: {{ $default(customer.name, customer.source_id, 'somebody') }}",
  other:
    "{{ $title($webhook.event.type) }}: {{ $default(voucher.code, promotion_tier.name, rule.name, campaign.name, customer.name, customer.source_id, $webhook.event.entity_id) }}",
};

/** One request for each family: for destinations that take any event. */
export function eachFamily<T>(make: (family: Family) => T): Record<Family, T> {
  // The keys are the families, each with its own value.
  return Object.fromEntries(FAMILIES.map((family) => [family, make(family)])) as Record<Family, T>;
}
