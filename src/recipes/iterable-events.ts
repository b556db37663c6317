// Iterable: a custom event of a user, by /api/events/track.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ITERABLE_SETTINGS, iterableUser } from "./iterable.ts";
import type { Recipe } from "./recipe.ts";

/** Iterable's track event. */
export const iterableEvents: Recipe = {
  id: "iterable-events",
  title: "Iterable: track event",
  summary: "Records the event on the user with the customer's source_id as userId, or the email.",
  documentation: { url: "https://api.iterable.com/api/docs", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    limits: "read",
    size: "secondary",
  },
  notes: [
    "A repeat with the same id changes the event that is there, so that there is one.",
    "A user that Iterable does not know is made.",
    "A project may hold 8,000 different fields of events; this recipe uses about thirty.",
  ],
  settings: ITERABLE_SETTINGS,
  secrets: { api_key: "An API key of the type Server-side" },
  authentication: { type: "header", name: "api-key", secret: "api_key" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/api/events/track",
    body: {
      userId: iterableUser("userId"),
      email: iterableUser("email"),
      eventName: EVENT.name,
      id: "{{ $key(64) }}",
      createdAt: EVENT.unix,
      dataFields: PROPERTIES[family],
    },
  })),
  success: [{ path: "body.code", op: "eq", value: "Success" }],
  idempotency: { kind: "body", field: "id" },
  limits: { bodyBytesMax: 4_000_000, ratePerSecond: 2_000 },
};
