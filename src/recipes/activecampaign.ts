// ActiveCampaign: a contact, made or changed by its email, by contact sync.

import { CONTACT_CHANGES, type ContactChange } from "./contact-changes.ts";
import { CUSTOMER, eachFamily, type Family } from "./families.ts";
import type { Recipe, Setting } from "./recipe.ts";

/** Which setting has the custom field of a change; the other changes are fields that ActiveCampaign has by itself. */
const CUSTOM_FIELDS: ReadonlyMap<ContactChange, string> = new Map([
  ["code", "code_field"],
  ["points", "points_field"],
  ["tier", "tier_field"],
  ["lastEvent", "event_field"],
]);

/** ActiveCampaign's contact sync. */
export const activecampaign: Recipe = {
  id: "activecampaign",
  title: "ActiveCampaign: sync contact",
  summary: "Makes or changes the contact with the customer's email: custom fields for code, points, tier and event.",
  documentation: {
    url: "https://developers.activecampaign.com/reference/sync-a-contacts-data",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "secondary",
    authentication: "secondary",
    body: "secondary",
    success: "secondary",
    limits: "secondary",
    size: "memory",
  },
  notes: [
    "Make custom fields in ActiveCampaign and give their ids, which GET /api/3/fields lists. A field whose id is 0 is not written.",
    "Names and telephone are written only by events about the customer itself, such as customer.created and customer.updated.",
    "Events can overtake each other: after a retry the older of two balances may be the one that stays.",
    "Do not route customer.deleted here: it would make the contact again.",
    "An account may make 5 requests a second, all its integrations together.",
    "An account whose API URL is on another domain than those two needs a request of its own.",
  ],
  settings: {
    host: {
      kind: "text",
      meaning: "The host of the API URL, copied from Settings, Developer; it cannot be told from the account's name",
      pattern: "[a-z0-9-]+\\.(?:api-us1|activehosted)\\.com",
      example: "example.api-us1.com",
    },
    code_field: customField("the latest code", "1"),
    points_field: customField("the balance of points", "2"),
    tier_field: customField("the tier", "3"),
    event_field: customField("the latest event", "4"),
  },
  secrets: { api_key: "The API key, from Settings, Developer" },
  authentication: { type: "header", name: "api-token", secret: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://<<host>>/api/3/contact/sync",
    body: { contact: { email: CUSTOMER.requiredEmail, ...ownFields(family), fieldValues: fieldValues(family) } },
  })),
  success: [{ path: "body.contact.id", op: "exists", value: true }],
  idempotency: { kind: "upsert", field: "contact.email" },
  limits: { bodyBytesMax: 1_000_000, ratePerSecond: 5 },
};

function customField(contents: string, example: string): Setting {
  return {
    kind: "text",
    meaning: `The id of the custom field for ${contents}; 0 when there is none`,
    pattern: "\\d{1,9}",
    example,
  };
}

function ownFields(family: Family): Record<string, string> {
  return Object.fromEntries(CONTACT_CHANGES[family].filter(([change]) => !CUSTOM_FIELDS.has(change)));
}

/** The custom fields that settings name, and whose values the event has. */
function fieldValues(family: Family): unknown[] {
  return CONTACT_CHANGES[family].flatMap(([change, text]) => {
    const setting = CUSTOM_FIELDS.get(change);
    if (setting === undefined) return [];
    const known = `'<<${setting}>>' != '0' and $exists(${text.slice(2, -2).trim()})`;
    return [{ $if: `{{ ${known} }}`, $then: { field: `<<${setting}>>`, value: text } }];
  });
}
