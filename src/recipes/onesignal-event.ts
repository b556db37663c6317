// OneSignal: a custom event, which starts journeys.

import { CUSTOMER, EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ONESIGNAL } from "./onesignal.ts";
import { withoutNulls } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** OneSignal's custom events. */
export const onesignalEvent: Recipe = {
  id: "onesignal-event",
  title: "OneSignal: custom event",
  summary: "Records the event on the user whose external_id is the customer's source_id.",
  documentation: { url: "https://documentation.onesignal.com/reference/create-custom-events", readOn: "2026-11-24" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    limits: "read",
  },
  notes: [
    "The key stands in the body; a header is ignored. OneSignal's page on custom events says best effort for 4 hours, its page on idempotent requests 30 days.",
    "A user that OneSignal does not know is an error inside a 202; that counts as failed.",
    "What is known of an event is in properties; OneSignal's own libraries still call it payload.",
  ],
  ...ONESIGNAL,
  requests: eachFamily((family) => ({
    url: "https://api.onesignal.com/apps/<<app>>/custom_events",
    body: {
      events: [
        {
          name: EVENT.name,
          external_id: CUSTOMER.requiredId,
          timestamp: EVENT.time,
          idempotency_key: "{{ $uuid() }}",
          properties: withoutNulls(PROPERTIES[family]),
        },
      ],
    },
  })),
  success: [{ path: "body.errors.0", op: "exists", value: false }],
  idempotency: { kind: "body", field: "events.idempotency_key", windowSeconds: 4 * 3_600 },
  // Of one event; a request with several may have 1 MB.
  limits: { bodyBytesMax: 2_024 },
};
