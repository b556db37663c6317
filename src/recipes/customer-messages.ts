// What a customer is told by families of events when whoever uses a recipe says nothing: for destinations that write to
// customers. Plain text; each suits the family's usual event, and recipes name those.

import type { Family } from "./families.ts";
import type { RecipeRequest, Setting } from "./recipe.ts";

/** Families that have something to tell a customer. */
type MessageFamily = Extract<Family, "redemption" | "publication" | "points" | "reward" | "tier" | "order">;

const GREETING = "Hi {{ $default(customer.name, holder.name, 'there') }}";

/** Subjects and texts by family. */
export const MESSAGES: Readonly<Record<MessageFamily, { subject: string; text: string }>> = {
  redemption: {
    subject: "Your code has been redeemed",
    text: `${GREETING}, {{ $default(voucher.code, promotion_tier.name, 'your promotion') }} has been redeemed.`,
  },
  publication: {
    subject: "Your code",
    text: `${GREETING}, your code is {{ $required($default(voucher.code, publication.voucher.code), 'there is no code') }}.`,
  },
  points: {
    subject: "Your balance",
    text: `${GREETING}, you now have {{ voucher.gift ? $money(voucher.gift.balance) & ' to spend' : $default(balance.balance, voucher.loyalty_card.balance, 0) & ' points' }}.`,
  },
  reward: {
    subject: "Your reward",
    text: `${GREETING}, your reward is {{ $default(reward.name, 'on its way') }}.`,
  },
  tier: {
    subject: "Your tier",
    text: `${GREETING}, you are now in {{ $default(loyalty_tier_to.name, loyalty_tier.name, 'a new tier') }}.`,
  },
  order: {
    subject: "Your order",
    text: `${GREETING}, thank you for your order {{ $default(order.source_id, order.id) }}.`,
  },
};

/** What recipes say about these texts. */
export const MESSAGES_NOTE =
  "The texts suit redemption.succeeded, publication.succeeded, customer.rewarded.loyalty_points, customer.rewarded, customer.loyalty.tier.upgraded and customer.order.paid: route those, or give a text for what you route. A customer is written to for each event that comes by.";

/**
 * What every recipe that sends an e-mail asks for.
 *
 * @param sender what the sender's address must be
 */
export function mailSettings(sender: string): Record<"from" | "from_name" | "subject" | "text", Setting> {
  return {
    from: {
      kind: "text",
      meaning: sender,
      pattern: String.raw`[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+`,
      example: "hello@shop.example",
    },
    from_name: {
      kind: "text",
      meaning: "The sender's name",
      pattern: String.raw`[^<>"\r\n]{1,100}`,
      example: "Lantern Shop",
    },
    subject: { kind: "template", meaning: "The subject", default: "" },
    text: { kind: "template", meaning: "The e-mail, in plain text", default: "" },
  };
}

/** A request for each family that has something to tell, given what it is told. */
export function eachMessage(
  requestOf: (message: { subject: string; text: string }) => RecipeRequest,
): Record<MessageFamily, RecipeRequest> {
  const { redemption, publication, points, reward, tier, order } = MESSAGES;
  return {
    redemption: requestOf(redemption),
    publication: requestOf(publication),
    points: requestOf(points),
    reward: requestOf(reward),
    tier: requestOf(tier),
    order: requestOf(order),
  };
}
