// Mixpanel: an event, by the import API, which says what it did not take.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ACTOR, ACTOR_NOTE } from "./identities.ts";
import type { Recipe } from "./recipe.ts";

/** Mixpanel's import. */
export const mixpanel: Recipe = {
  id: "mixpanel",
  title: "Mixpanel: import events",
  summary: "Records the event for the user with the customer's source_id as distinct_id.",
  documentation: { url: "https://developer.mixpanel.com/reference/import-events", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "read",
    insert_id_form: "memory",
    limits: "read",
    size: "memory",
  },
  notes: [
    "Of events with the same $insert_id, name, distinct_id and time the latest is kept. The id is a UUID, because Mixpanel takes 36 letters, digits and hyphens.",
    ACTOR_NOTE,
    "strict=1 makes Mixpanel refuse what it would else drop without a word.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "Where the project's data is",
      choices: { US: "api.mixpanel.com", EU: "api-eu.mixpanel.com", IN: "api-in.mixpanel.com" },
      default: "US",
    },
    project: { kind: "text", meaning: "The project's id", pattern: "\\d{1,12}", example: "1234567" },
    account: {
      kind: "text",
      meaning: "The username of a service account with access to the project",
      pattern: "[A-Za-z0-9._@-]{1,200}",
      example: "signalbox.0a1b2c.mp-service-account",
    },
  },
  secrets: { secret: "The service account's secret" },
  authentication: { type: "basic", username: "<<account>>", password: "secret" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/import",
    query: { strict: 1, project_id: "<<project>>" },
    body: [
      {
        event: EVENT.name,
        properties: {
          time: EVENT.unixMs,
          distinct_id: ACTOR,
          $insert_id: "{{ $uuid() }}",
          ...PROPERTIES[family],
        },
      },
    ],
  })),
  success: [{ path: "body.code", op: "eq", value: 200 }],
  idempotency: { kind: "body", field: "properties.$insert_id" },
  limits: { bodyBytesMax: 10_000_000 },
};
