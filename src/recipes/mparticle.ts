// mParticle: a batch with one custom event, by the Events API.

import { CUSTOMER, EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ID_AND_EMAIL } from "./identities.ts";
import { asTexts } from "./property-values.ts";
import type { Recipe } from "./recipe.ts";

/** mParticle's Events API. */
export const mparticle: Recipe = {
  id: "mparticle",
  title: "mParticle: custom event",
  summary: "Sends a custom event for the user with the customer's source_id as customer_id, and the email.",
  documentation: { url: "https://docs.mparticle.com/developers/server/http/", readOn: "2026-11-22" },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "secondary" },
  notes: [
    "A repeat is a second event: mParticle documents no key. The sendout's id travels as source_request_id, for people to compare.",
    "A workspace takes 1,000 names of events and drops events with more; this recipe sends one name for each event type.",
    "All attributes are texts, as in mParticle's schema.",
    "202 says that the batch was taken in. What the workspace drops afterwards stands in its data catalogue only.",
  ],
  settings: {
    pod: {
      kind: "choice",
      meaning: "The pod your account is on",
      choices: {
        US1: "s2s.us1.mparticle.com",
        US2: "s2s.us2.mparticle.com",
        EU1: "s2s.eu1.mparticle.com",
        AU1: "s2s.au1.mparticle.com",
      },
    },
    environment: {
      kind: "choice",
      meaning: "Which of the workspace's environments the events are for",
      choices: { production: "production", development: "development" },
      default: "production",
    },
    key: {
      kind: "text",
      meaning: "The server to server key of the input",
      pattern: "[A-Za-z0-9-]{8,80}",
      example: "us1-0123456789abcdef0123456789abcdef",
    },
  },
  secrets: { secret: "The server to server secret of the input" },
  authentication: { type: "basic", username: "<<key>>", password: "secret" },
  requests: eachFamily((family) => ({
    url: "https://<<pod>>/v2/events",
    body: {
      environment: "<<environment>>",
      source_request_id: "{{ $default($webhook.id) }}",
      user_identities: { customer_id: ID_AND_EMAIL.id, email: CUSTOMER.email },
      events: [
        {
          event_type: "custom_event",
          data: {
            event_name: EVENT.name,
            custom_event_type: family === "redemption" || family === "order" ? "transaction" : "other",
            timestamp_unixtime_ms: EVENT.unixMs,
            custom_attributes: asTexts(PROPERTIES[family]),
          },
        },
      ],
    },
  })),
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 128_000, ratePerSecond: 270 },
};
