// Any system that takes webhooks: the whole event as JSON.

import { eachFamily } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** A webhook of Signalbox's own. */
export const webhook: Recipe = {
  id: "webhook",
  title: "Webhook: the whole event",
  summary: "Posts the whole event as JSON, in the shape of v2024-01-01 whichever version arrived.",
  documentation: { url: "https://www.standardwebhooks.com", readOn: "2026-11-22" },
  evidence: { body: "read", idempotency: "read", signing: "read" },
  notes: [
    "Every request has the header Idempotency-Key, the same over retries and replays: a receiver that remembers it acts once.",
    "This recipe signs nothing; its bearer token proves the sender. A target with a request of its own can be signed as Standard Webhooks has it: auth of the type standard-webhooks.",
    "Any answer with 2xx is delivered.",
    'To pass on the very bytes that Voucherify sent, make a target with a request of its own and `"payload": "as received"`.',
  ],
  settings: {
    host: {
      kind: "text",
      meaning: "The receiver's host",
      pattern: "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}",
      example: "hooks.shop.example",
    },
    path: {
      kind: "text",
      meaning: "The path behind it, without a slash in front",
      pattern: "(?:[A-Za-z0-9_~.-]+/)*[A-Za-z0-9_~.-]+",
      example: "voucherify/events",
    },
  },
  secrets: { token: "A bearer token that the receiver knows" },
  authentication: { type: "bearer", secret: "token" },
  requests: eachFamily(() => ({ url: "https://<<host>>/<<path>>", body: "{{ $webhook }}" })),
  idempotency: { kind: "header", header: "Idempotency-Key" },
  limits: { bodyBytesMax: 2_000_000 },
};
