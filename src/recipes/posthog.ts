// PostHog: an event, by the capture endpoint.

import { EVENT, eachFamily, PROPERTIES } from "./families.ts";
import { ACTOR, ACTOR_NOTE } from "./identities.ts";
import type { Recipe } from "./recipe.ts";

/** PostHog's capture. */
export const posthog: Recipe = {
  id: "posthog",
  title: "PostHog: capture",
  summary: "Records the event for the person with the customer's source_id as distinct_id.",
  documentation: { url: "https://posthog.com/docs/api/capture", readOn: "2026-11-22" },
  evidence: {
    url: "read",
    authentication: "read",
    body: "read",
    success: "read",
    idempotency: "memory",
    limits: "secondary",
  },
  notes: [
    "Repeats are merged by uuid, event, timestamp and distinct_id, some time later.",
    ACTOR_NOTE,
    "PostHog takes an event in before it looks at the key closely: a 200 with a wrong key is possible. Over the plan's quota it says so in a 200; that counts as failed.",
    "Without $geoip_disable the event would be where the Worker is.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "The cloud your project is in",
      choices: { US: "us.i.posthog.com", EU: "eu.i.posthog.com" },
      default: "US",
    },
  },
  secrets: { api_key: "The project's API key (phc_…)" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://<<region>>/i/v0/e/",
    body: {
      api_key: { $secret: "api_key" },
      uuid: "{{ $uuid() }}",
      event: EVENT.name,
      distinct_id: ACTOR,
      timestamp: EVENT.time,
      properties: { $geoip_disable: true, ...PROPERTIES[family] },
    },
  })),
  success: [
    // 1 is what older installations say.
    { path: "body.status", op: "in", value: ["Ok", 1] },
    { path: "body.quota_limited", op: "exists", value: false },
  ],
  idempotency: { kind: "body", field: "uuid" },
  limits: { bodyBytesMax: 1_000_000 },
};
