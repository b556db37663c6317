// Segment: a track call, named and addressed as Voucherify's own Segment integration does.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ACTOR_IN_TWO, ACTOR_NOTE } from "./identities.ts";
import type { Recipe } from "./recipe.ts";

/** Segment's HTTP tracking API. */
export const segment: Recipe = {
  id: "segment",
  title: "Segment: track",
  summary: "Tracks the event for the user with the customer's source_id as userId.",
  documentation: {
    url: "https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    limits: "read",
  },
  notes: [
    "Segment answers 200 to everything that is JSON and small enough, a wrong write key included: look at the source's debugger once.",
    `${ACTOR_NOTE} Such an id is the anonymousId.`,
    "Repeats are recognised by messageId for 24 hours or more, in about 99 of 100 cases.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "Where the workspace is",
      choices: { US: "api.segment.io", EU: "events.eu1.segmentapis.com" },
      default: "US",
    },
  },
  secrets: { write_key: "The write key of an HTTP API source" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/v1/track",
    body: {
      writeKey: { $secret: "write_key" },
      userId: ACTOR_IN_TWO.id,
      anonymousId: ACTOR_IN_TWO.anonymousId,
      event: EVENT.title,
      messageId: "{{ $key(64) }}",
      timestamp: EVENT.time,
      properties: { event_type: EVENT.type, ...PROPERTIES[family] },
    },
  })),
  idempotency: { kind: "body", field: "messageId", windowSeconds: 86_400 },
  limits: { bodyBytesMax: 32_000, ratePerSecond: 1_000 },
};
