// Attentive: a custom event, which starts journeys.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ID_AND_EMAIL } from "./identities.ts";
import { withoutNulls } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** Attentive's custom events. */
export const attentive: Recipe = {
  id: "attentive",
  title: "Attentive: custom event",
  summary: "Sends the event for the subscriber with the customer's email and source_id (as clientUserId).",
  documentation: { url: "https://docs.attentive.com/openapi/reference/tag/Custom-Events/", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    user: "secondary",
    success: "read",
    idempotency: "read",
    limits: "read",
    size: "memory",
  },
  notes: [
    "externalEventId is the same for every repeat; Attentive advises a UUID there and promises nothing of it.",
    "An event older than 12 hours starts no journey.",
    "Attentive knows most people by telephone, which few of Voucherify's events tell. Keep the number in the customer's metadata and name it in `phone`, or give Attentive your source_id as clientUserId.",
  ],
  settings: {
    phone: {
      kind: "template",
      meaning: "The telephone number, like {{ $e164(customer.metadata.phone, '1') }}; left out when empty",
      default: "",
    },
  },
  secrets: { api_key: "The API key of a private app that may write events" },
  authentication: { type: "bearer", secret: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://api.attentivemobile.com/v1/events/custom",
    body: {
      type: `Voucherify ${EVENT.title}`,
      externalEventId: "{{ $uuid() }}",
      occurredAt: EVENT.time,
      user: {
        phone: "<<phone|{{ $default('') }}>>",
        email: ID_AND_EMAIL.email,
        externalIdentifiers: { clientUserId: ID_AND_EMAIL.id },
      },
      properties: withoutNulls({ event_type: EVENT.type, ...PROPERTIES[family] }),
    },
  })),
  idempotency: { kind: "body", field: "externalEventId" },
  limits: { bodyBytesMax: 1_000_000, ratePerSecond: 150, maxAgeSeconds: 12 * 3_600 },
};
