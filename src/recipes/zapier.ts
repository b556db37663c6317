// Zapier, by a catch hook: the whole event starts a Zap.

import { eachFamily } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Webhooks by Zapier, "Catch Hook". */
export const zapier: Recipe = {
  id: "zapier",
  title: "Zapier: catch hook",
  summary: "Sends the whole event to a Zap.",
  documentation: {
    url: "https://help.zapier.com/hc/en-us/articles/29972220283789-Webhooks-by-Zapier-rate-limits",
    readOn: "2026-11-24",
  },
  evidence: { url: "secondary", authentication: "secondary", body: "secondary", success: "read", limits: "read" },
  notes: [
    "Zapier answers 200 also when the Zap is off, and nothing in the answer tells.",
    "A repeat starts the Zap again; a filter on the event's id keeps it from acting twice.",
    "The hook's URL is its secret.",
    "Zapier takes 10,000 requests in five minutes for a user, 1,000 by an old URL without the user's number in it.",
  ],
  settings: {},
  secrets: { path: "What stands behind https://hooks.zapier.com/hooks/catch/ in the hook's URL: 123456/abcdef" },
  authentication: { type: "none" },
  requests: eachFamily(() => ({
    url: "https://hooks.zapier.com/hooks/catch/",
    pathSecret: "path",
    body: "{{ $webhook }}",
  })),
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 10_000_000, ratePerSecond: 30 },
};
