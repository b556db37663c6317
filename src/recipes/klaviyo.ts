// Klaviyo: an event of a profile, by /api/events.

import { EVENT, eachFamily, PROPERTIES, type Family } from "./families.ts";
import { ID_AND_EMAIL } from "./identities.ts";
import type { Recipe } from "./recipe.ts";

/** Families whose events are worth what was paid, for Klaviyo's revenue figures. */
const PAID: ReadonlySet<Family> = new Set(["redemption", "order"]);

/** Klaviyo's create event. */
export const klaviyo: Recipe = {
  id: "klaviyo",
  title: "Klaviyo: create event",
  summary: "Records the event on the profile with the customer's email and source_id.",
  documentation: { url: "https://developers.klaviyo.com/en/reference/create_event", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    limits: "read",
    headers: "secondary",
  },
  notes: [
    "A profile that Klaviyo does not know is made. At least one of email and source_id must be there.",
    "Redemptions and orders carry the amount paid as value; Voucherify's events name no currency, so Klaviyo takes the account's.",
    "Of a repeat only the first is kept, for the same profile and metric.",
    "202 says that the event was taken in; what Klaviyo drops afterwards it does not tell.",
  ],
  settings: {},
  secrets: { api_key: "A private API key (pk_…) with the scopes events:write and profiles:write" },
  authentication: { type: "header", name: "authorization", prefix: "Klaviyo-API-Key ", secret: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://a.klaviyo.com/api/events",
    headers: { revision: "2026-07-15", "content-type": "application/vnd.api+json" },
    body: {
      data: {
        type: "event",
        attributes: {
          unique_id: "{{ $uuid() }}",
          time: EVENT.time,
          ...(PAID.has(family) && { value: "{{ $money(order.total_amount) }}" }),
          properties: { event_type: EVENT.type, ...PROPERTIES[family] },
          metric: { data: { type: "metric", attributes: { name: `Voucherify ${EVENT.title}` } } },
          profile: {
            data: { type: "profile", attributes: { email: ID_AND_EMAIL.email, external_id: ID_AND_EMAIL.id } },
          },
        },
      },
    },
  })),
  idempotency: { kind: "body", field: "data.attributes.unique_id" },
  // A burst may have 350 in a second, a minute 3,500.
  limits: { bodyBytesMax: 5_000_000, ratePerSecond: 58 },
};
