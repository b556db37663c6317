// HubSpot: a custom event of a contact.

import { CUSTOMER, EVENT, eachFamily, FAMILIES, PROPERTIES, type Family } from "./families.ts";
import { HUBSPOT_BUSY } from "./hubspot.ts";
import { asTexts } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** What an event's definition must have. */
function propertiesOf(family: Family): Readonly<Record<string, string>> {
  return { event_type: EVENT.type, ...PROPERTIES[family] };
}

/** HubSpot's custom events. */
export const hubspotEvent: Recipe = {
  id: "hubspot-event",
  title: "HubSpot: custom event",
  summary: "Records the event on the contact with the customer's email.",
  documentation: {
    url: "https://developers.hubspot.com/docs/api-reference/events-send-event-completions-v3/guide",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    limits: "read",
    retry: "read",
    size: "memory",
  },
  notes: [
    "HubSpot keeps only events that are defined: define voucherify_redemption, voucherify_points and so on, one for each family you route, or name one in `event` for all. Their properties are texts:",
    ...FAMILIES.map((family) => `voucherify_${family}: ${Object.keys(propertiesOf(family)).join(", ")}`),
    "HubSpot remembers a uuid for a year and refuses a repeat. A delivery that HubSpot took in without our hearing of it can therefore end as failed.",
    "204 says that the event was taken in; what HubSpot drops afterwards it does not tell.",
  ],
  settings: {
    hub_id: { kind: "text", meaning: "The account's Hub ID", pattern: "\\d{1,12}", example: "1234567" },
    event: {
      kind: "text",
      meaning:
        "The internal name of one event for everything, without pe{Hub ID}_; when empty there is one for each family",
      pattern: "(?:[a-z][a-z0-9_-]{0,49})?",
      example: "voucherify_event",
      default: "",
    },
  },
  secrets: { token: "The access token of a private app with the scope behavioral_events.event_definitions.read_write" },
  authentication: { type: "bearer", secret: "token" },
  requests: eachFamily((family) => ({
    url: "https://api.hubapi.com/events/2026-03/send",
    body: {
      eventName: `pe<<hub_id>>_<<event|voucherify_${family}>>`,
      email: CUSTOMER.requiredEmail,
      uuid: "{{ $uuid() }}",
      occurredAt: EVENT.time,
      properties: asTexts(propertiesOf(family)),
    },
  })),
  retry: HUBSPOT_BUSY,
  idempotency: { kind: "body", field: "uuid", windowSeconds: 365 * 86_400 },
  limits: { bodyBytesMax: 1_000_000, ratePerSecond: 19 },
};
