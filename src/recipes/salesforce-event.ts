// Salesforce: a platform event, for flows, triggers and subscribers.

import { CUSTOMER, eachFamily, EVENT } from "./families.ts";
import type { Recipe } from "./recipe.ts";
import { SALESFORCE, SALESFORCE_DAILY_NOTE } from "./salesforce.ts";

/** Salesforce's platform events. */
export const salesforceEvent: Recipe = {
  id: "salesforce-event",
  title: "Salesforce: platform event",
  summary: "Publishes a platform event with the sendout's data.",
  documentation: {
    url: "https://developer.salesforce.com/docs/atlas.en-us.platform_events.meta/platform_events/platform_events_publish_api.htm",
    readOn: "2026-11-22",
  },
  evidence: SALESFORCE.evidence,
  notes: [
    "Define the event with these fields: Sendout_Id__c, Event_Type__c, Customer_Id__c (text), Occurred_At__c (date/time), Payload__c (long text).",
    "A repeat is a second event: subscribers that mind recognise it by Sendout_Id__c.",
    "Payload__c is the sendout's data as JSON. A long text field has 131,072 characters at most, and what is longer Salesforce refuses; more than 200,000 fail before they are sent.",
    SALESFORCE_DAILY_NOTE,
  ],
  settings: {
    ...SALESFORCE.settings,
    event: {
      kind: "text",
      meaning: "The event's API name",
      pattern: "[A-Za-z][A-Za-z0-9_]{0,75}__e",
      example: "Voucherify_Event__e",
      default: "Voucherify_Event__e",
    },
  },
  secrets: SALESFORCE.secrets,
  authentication: SALESFORCE.authentication,
  requests: eachFamily(() => ({
    url: "https://<<host>>/services/data/v<<version>>/sobjects/<<event>>",
    body: {
      Sendout_Id__c: "{{ $webhook.id }}",
      Event_Type__c: EVENT.type,
      Occurred_At__c: EVENT.time,
      Customer_Id__c: CUSTOMER.id,
      Payload__c: "{{ $json($webhook.data) }}",
    },
  })),
  success: [{ path: "body.success", op: "eq", value: true }],
  retry: [
    {
      path: "body.0.errorCode",
      op: "in",
      value: ["REQUEST_LIMIT_EXCEEDED", "INVALID_SESSION_ID", "SERVER_UNAVAILABLE"],
    },
  ],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 1_000_000 },
};
