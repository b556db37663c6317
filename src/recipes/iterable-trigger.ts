// Iterable: an API-triggered campaign's message to one user, by the call for the campaign's channel. Voucherify's page on
// Iterable shows /api/campaigns/trigger for this; by Iterable's own definition that one sends to lists, which it requires.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ITERABLE_SETTINGS, iterableUser } from "./iterable.ts";
import type { Recipe } from "./recipe.ts";

/** Iterable's calls that send a campaign to a user: /api/email/target and its like. */
export const iterableTrigger: Recipe = {
  id: "iterable-trigger",
  title: "Iterable: trigger campaign",
  summary: "Sends an API-triggered campaign to the customer, with the event's properties as dataFields.",
  documentation: { url: "https://support.iterable.com/hc/en-us/articles/16765114424212", readOn: "2026-11-24" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    size: "secondary",
  },
  notes: [
    "A repeat is a second message: Iterable takes no key here. Choose the short retry schedule.",
    "In the campaign's template the properties are {{code}}, {{campaign}}, {{points}} and so on. Route only events that the campaign is about.",
    "The campaign must be API-triggered and active. Success says that Iterable has taken the order, not that the user may be written to.",
  ],
  settings: {
    ...ITERABLE_SETTINGS,
    channel: {
      kind: "choice",
      meaning: "What the campaign sends",
      choices: { email: "email", push: "push", sms: "sms", inApp: "inApp", webPush: "webPush" },
      default: "email",
    },
    campaign: {
      kind: "text",
      meaning: "The campaign's id, the number in its URL",
      pattern: "[1-9]\\d{0,11}",
      example: "1234567",
    },
  },
  secrets: { api_key: "An API key of the type Server-side" },
  authentication: { type: "header", name: "api-key", secret: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/api/<<channel>>/target",
    body: {
      recipientUserId: iterableUser("userId"),
      recipientEmail: iterableUser("email"),
      campaignId: "{{ $number('<<campaign>>') }}",
      dataFields: { event_type: EVENT.type, ...PROPERTIES[family] },
    },
  })),
  success: [{ path: "body.code", op: "eq", value: "Success" }],
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 4_000_000 },
};
