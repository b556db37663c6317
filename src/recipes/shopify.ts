// Shopify: what Voucherify knows of a customer, as metafields of Shopify's customer. Of the mutations that Voucherify's
// events could make, metafieldsSet is the one that a repeat does no harm to: it writes the same values again. Creating
// discount codes would have Shopify and Voucherify both decide about one code.

import { CUSTOMER, eachFamily, EVENT, type Family } from "./families.ts";
import type { Recipe } from "./recipe.ts";

const METAFIELDS_SET =
  "mutation Voucherify($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { metafields { key } userErrors { field message code } } }";

/** A metafield; left out where the event has no value for it. A metafield's value is always text. */
function metafield(key: string, type: string, value: string): object {
  return {
    $if: `{{ $exists(${value}) }}`,
    $then: { ownerId: "<<owner>>", namespace: "voucherify", key, type, value: `{{ $string(${value}) }}` },
  };
}

/** Metafields that families have something to say about, beside those of every event. */
const METAFIELDS: Readonly<Partial<Record<Family, readonly object[]>>> = {
  points: [metafield("points", "number_integer", "$default(balance.balance, voucher.loyalty_card.balance)")],
  reward: [metafield("reward", "single_line_text_field", "$default(reward.name)")],
  tier: [metafield("tier", "single_line_text_field", "$default(loyalty_tier_to.name, loyalty_tier.name)")],
  segment: [metafield("segment", "single_line_text_field", "$default(segment.name)")],
};

/** Shopify's Admin GraphQL API. */
export const shopify: Recipe = {
  id: "shopify",
  title: "Shopify: metafields of a customer",
  summary: "Writes the latest event, code, points, reward or tier into the customer's metafields.",
  documentation: {
    url: "https://shopify.dev/docs/api/admin-graphql/latest/mutations/metafieldsset",
    readOn: "2026-11-24",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "read" },
  notes: [
    "The customer's source_id is taken for Shopify's customer id, as Voucherify's own Shopify integration has it. Where it is not, say what is in `owner`.",
    "Metafields: voucherify.last_event, voucherify.last_event_at, voucherify.code, voucherify.points, voucherify.reward, voucherify.tier, voucherify.segment. Themes and checkout extensions see them once they have a definition with storefront access.",
    "Shopify answers 200 for a mutation it has refused; delivered is what has neither errors nor userErrors.",
    "A version of the API ends after a year: raise `version` before it does.",
    "Events without a customer cannot be sent.",
    "Events can overtake each other: after a retry the older of two balances may be the one that stays.",
  ],
  settings: {
    shop: {
      kind: "text",
      meaning: "What stands before .myshopify.com",
      pattern: "[a-z0-9][a-z0-9-]{0,59}",
      example: "lantern-shop",
    },
    version: {
      kind: "text",
      meaning: "The API's version",
      pattern: "20[0-9]{2}-(?:01|04|07|10)",
      example: "2026-10",
      default: "2026-10",
    },
    owner: {
      kind: "template",
      meaning: "The global id of what has the metafields",
      default: `gid://shopify/Customer/${CUSTOMER.requiredId}`,
    },
  },
  secrets: { access_token: "An Admin API access token with the scope write_customers" },
  authentication: { type: "header", name: "X-Shopify-Access-Token", secret: "access_token" },
  requests: eachFamily((family) => ({
    url: "https://<<shop>>.myshopify.com/admin/api/<<version>>/graphql.json",
    body: {
      query: METAFIELDS_SET,
      variables: {
        metafields: [
          metafield("last_event", "single_line_text_field", bare(EVENT.type)),
          metafield("last_event_at", "date_time", `$iso(${bare(EVENT.time)})`),
          metafield("code", "single_line_text_field", "$default(voucher.code)"),
          ...(METAFIELDS[family] ?? []),
        ],
      },
    },
  })),
  success: [
    { path: "body.errors", op: "exists", value: false },
    { path: "body.data.metafieldsSet", op: "exists", value: true },
    { path: "body.data.metafieldsSet.userErrors.0", op: "exists", value: false },
  ],
  retry: [{ path: "body.errors.0.extensions.code", op: "in", value: ["THROTTLED", "INTERNAL_SERVER_ERROR"] }],
  idempotency: { kind: "upsert", field: "owner, namespace and key" },
  limits: { bodyBytesMax: 10_000_000 },
};

/** An expression without its braces. */
function bare(template: string): string {
  return template.slice(2, -2).trim();
}
