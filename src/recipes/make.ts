// Make, by a custom webhook: the whole event starts a scenario.

import { eachFamily } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Make's custom webhooks. */
export const make: Recipe = {
  id: "make",
  title: "Make: custom webhook",
  summary: "Sends the whole event to a scenario.",
  documentation: { url: "https://help.make.com/webhooks", readOn: "2026-11-24" },
  evidence: { url: "memory", authentication: "memory", body: "secondary", success: "memory", limits: "secondary" },
  notes: [
    "Make answers 200 (Accepted) when the event is in the webhook's queue. Whether the scenario ran well shows only in Make.",
    "A full queue is answered 400, which is tried again; a webhook without a scenario 410, which fails.",
    "A repeat runs the scenario again: Make takes no key.",
    "The webhook's URL is its secret.",
  ],
  settings: {
    zone: {
      kind: "choice",
      meaning: "The zone, as in the webhook's URL",
      choices: {
        eu1: "hook.eu1.make.com",
        eu2: "hook.eu2.make.com",
        us1: "hook.us1.make.com",
        us2: "hook.us2.make.com",
        "eu1.celonis": "hook.eu1.make.celonis.com",
        "us1.celonis": "hook.us1.make.celonis.com",
      },
    },
  },
  secrets: { path: "What stands behind the host in the webhook's URL" },
  authentication: { type: "none" },
  requests: eachFamily(() => ({ url: "https://<<zone>>/", pathSecret: "path", body: "{{ $webhook }}" })),
  retry: [{ path: "body", op: "contains", value: "Queue is full" }],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 5_000_000, ratePerSecond: 30 },
};
