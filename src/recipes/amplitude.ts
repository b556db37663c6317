// Amplitude: an event, by the HTTP API, version 2.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ACTOR_IN_TWO, ACTOR_NOTE } from "./identities.ts";
import type { Recipe } from "./recipe.ts";

/** Amplitude's HTTP API, version 2. */
export const amplitude: Recipe = {
  id: "amplitude",
  title: "Amplitude: HTTP API",
  summary: "Records the event for the user with the customer's source_id as user_id.",
  documentation: { url: "https://amplitude.com/docs/apis/analytics/http-v2", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    min_id_length: "secondary",
    success: "read",
    idempotency: "read",
    limits: "read",
  },
  notes: [
    "Repeats are recognised by insert_id for 7 days.",
    `${ACTOR_NOTE} Such an id is the device_id.`,
    "Amplitude takes ids of 5 characters and more; this recipe asks it to take shorter ones too.",
    "429 comes for a user or device with more than 30 events a second; such a request is made again.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "The data centre your project is in",
      choices: { US: "api2.amplitude.com", EU: "api.eu.amplitude.com" },
      default: "US",
    },
  },
  secrets: { api_key: "The project's API key" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/2/httpapi",
    body: {
      api_key: { $secret: "api_key" },
      events: [
        {
          user_id: ACTOR_IN_TWO.id,
          device_id: ACTOR_IN_TWO.anonymousId,
          event_type: EVENT.name,
          time: EVENT.unixMs,
          insert_id: "{{ $key(64) }}",
          event_properties: PROPERTIES[family],
        },
      ],
      options: { min_id_length: 1 },
    },
  })),
  success: [{ path: "body.code", op: "eq", value: 200 }],
  idempotency: { kind: "body", field: "events.insert_id", windowSeconds: 7 * 86_400 },
  limits: { bodyBytesMax: 1_000_000 },
};
