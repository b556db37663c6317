// Mailchimp: an event of a member, which starts automations.

import { eachFamily, EVENT, PROPERTIES } from "./families.ts";
import { MAILCHIMP_BUSY, MAILCHIMP_MEMBER_URL, MAILCHIMP_SETTINGS } from "./mailchimp-member.ts";
import { asTexts } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** Mailchimp's member events. */
export const mailchimpEvent: Recipe = {
  id: "mailchimp-event",
  title: "Mailchimp: event of a member",
  summary: "Records an event on the customer's member of an audience.",
  documentation: {
    url: "https://mailchimp.com/developer/marketing/api/list-member-events/add-event/",
    readOn: "2026-11-22",
  },
  evidence: { url: "read", authentication: "secondary", body: "secondary", success: "secondary", limits: "secondary" },
  notes: [
    "The member must be there: Mailchimp answers 404 otherwise and the delivery fails. Route the same events to mailchimp-member first, or have members made elsewhere.",
    "Names of events have 30 characters at most, so events are named by family (voucherify_redemption) and say their type in the property type.",
    "A repeat is a second event: Mailchimp takes no key.",
    "Mailchimp takes ten connections at a time; beyond that its gatekeeper answers 429, or 403 with a page in HTML or without a body, which is tried again.",
  ],
  settings: MAILCHIMP_SETTINGS,
  secrets: { api_key: "An API key" },
  // Mailchimp reads the key only; any user name will do.
  authentication: { type: "basic", username: "signalbox", password: "api_key" },
  requests: eachFamily((family) => ({
    url: `${MAILCHIMP_MEMBER_URL}/events`,
    body: {
      name: `voucherify_${family}`,
      properties: { type: EVENT.type, ...asTexts(PROPERTIES[family]) },
      occurred_at: EVENT.time,
    },
  })),
  retry: MAILCHIMP_BUSY,
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 1_000_000, concurrency: 10 },
};
