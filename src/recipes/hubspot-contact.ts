// HubSpot: a contact, made or changed by its email.

import { CONTACT_CHANGES, type ContactChange } from "./contact-changes.ts";
import { CUSTOMER, eachFamily, type Family } from "./families.ts";
import { HUBSPOT_BUSY } from "./hubspot.ts";
import { asTexts } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** What the changes are called in HubSpot: its own properties, and those that this recipe needs. */
const NAMES: Readonly<Record<ContactChange, string>> = {
  firstName: "firstname",
  lastName: "lastname",
  phone: "phone",
  code: "voucherify_code",
  points: "voucherify_points",
  tier: "voucherify_tier",
  lastEvent: "voucherify_event",
};

/** HubSpot's upsert of contacts. */
export const hubspotContact: Recipe = {
  id: "hubspot-contact",
  title: "HubSpot: upsert contact",
  summary: "Makes or changes the contact with the customer's email: the latest code, points, tier and event.",
  documentation: {
    url: "https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/contacts/batch/upsert-contacts",
    readOn: "2026-11-24",
  },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    limits: "read",
    retry: "read",
    size: "memory",
  },
  notes: [
    "The properties voucherify_code, voucherify_points, voucherify_tier and voucherify_event must be made in HubSpot first, as single-line texts; HubSpot refuses names it does not know.",
    "Names and telephone are written only by events about the customer itself, such as customer.created and customer.updated.",
    "Events can overtake each other: after a retry the older of two balances may be the one that stays.",
    "Do not route customer.deleted here: it would make the contact again.",
    "207 says that HubSpot did not take the contact; it counts as failed.",
  ],
  settings: {},
  secrets: { token: "The access token of a private app with the scopes crm.objects.contacts.read and .write" },
  authentication: { type: "bearer", secret: "token" },
  requests: eachFamily((family) => ({
    url: "https://api.hubapi.com/crm/objects/2026-03/contacts/batch/upsert",
    body: { inputs: [{ id: CUSTOMER.requiredEmail, idProperty: "email", properties: propertiesOf(family) }] },
  })),
  success: [{ path: "status", op: "ne", value: 207 }],
  retry: HUBSPOT_BUSY,
  idempotency: { kind: "upsert", field: "inputs.id" },
  limits: { bodyBytesMax: 1_000_000, ratePerSecond: 19 },
};

function propertiesOf(family: Family): Record<string, string> {
  return asTexts(
    Object.fromEntries(CONTACT_CHANGES[family].map(([change, expression]) => [NAMES[change], expression])),
  );
}
