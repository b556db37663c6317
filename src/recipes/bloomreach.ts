// Bloomreach Engagement: an event of a customer, by the tracking API.

import { CUSTOMER, EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { withoutNulls } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** Bloomreach Engagement's add event. */
export const bloomreach: Recipe = {
  id: "bloomreach",
  title: "Bloomreach Engagement: add event",
  summary: "Records the event on the customer whose registered id is Voucherify's source_id.",
  documentation: { url: "https://documentation.bloomreach.com/engagement/reference/add-event", readOn: "2026-11-22" },
  evidence: {
    url: "secondary",
    authentication: "read",
    body: "secondary",
    success: "secondary",
    limits: "read",
    size: "memory",
  },
  notes: [
    "A repeat is a second event: Bloomreach takes no key.",
    "An address may make 6,000 requests a minute, and Workers share theirs with others: 429 can come at any rate, and such a request is made again.",
    "A project whose hard id is not called registered needs a request of its own.",
  ],
  settings: {
    host: {
      kind: "text",
      meaning: "The host of the API base URL, from Project settings, Access management, API",
      pattern: "(?:[a-z0-9-]+\\.)+(?:exponea\\.com|bloomreach\\.com|bloomreach\\.co)",
      example: "api-eu1.exponea.com",
      default: "api.exponea.com",
    },
    project: {
      kind: "text",
      meaning: "The project's token",
      pattern: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
      example: "01234567-89ab-cdef-0123-456789abcdef",
    },
    key: {
      kind: "text",
      meaning: "The id of a private API key that may set events and customer ids",
      pattern: "[A-Za-z0-9]{8,120}",
      example: "0123456789abcdefghijklmnopqrstuvwxyz",
    },
  },
  secrets: { secret: "The secret of the private API key" },
  authentication: { type: "basic", username: "<<key>>", password: "secret" },
  requests: eachFamily((family) => ({
    url: "https://<<host>>/track/v2/projects/<<project>>/customers/events",
    body: {
      customer_ids: { registered: CUSTOMER.requiredId },
      event_type: EVENT.name,
      timestamp: EVENT.unix,
      properties: withoutNulls(PROPERTIES[family]),
    },
  })),
  success: [{ path: "body.success", op: "eq", value: true }],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 1_000_000, ratePerSecond: 100 },
};
