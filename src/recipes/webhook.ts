// Any system that takes webhooks: the whole event as JSON, signed as Standard Webhooks has it.

import { eachFamily } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** A webhook of Signalbox's own. */
export const webhook: Recipe = {
  id: "webhook",
  title: "Webhook: the whole event, signed",
  summary: "Posts the whole event as JSON, in the shape of v2024-01-01 whichever version arrived, signed.",
  documentation: { url: "https://www.standardwebhooks.com", readOn: "2026-11-22" },
  evidence: { body: "read", idempotency: "read", signing: "read" },
  notes: [
    "Every request has the header Idempotency-Key, the same over retries and replays: a receiver that remembers it acts once.",
    "Signed by Standard Webhooks 1.0.0: webhook-id, webhook-timestamp and webhook-signature, over the very bytes of the body. Receivers verify it with a library of https://www.standardwebhooks.com; webhook-id stays the same over retries.",
    "The key is whsec_ with at least 24 random bytes in base64 (HMAC, v1), or whsk_ with an ed25519 key (v1a), of which the receiver needs only the public half.",
    "To replace a key, name both for a while: the new one as signing_key, the old one as previous_signing_key. Each signs; when the receiver knows the new one, leave the old one out.",
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
  secrets: { signing_key: "The key that signs, whsec_… or whsk_…" },
  optionalSecrets: { previous_signing_key: "The key that it replaces, which signs too for as long as it is named" },
  authentication: { type: "standard_webhooks", secrets: ["signing_key", "previous_signing_key"] },
  requests: eachFamily(() => ({ url: "https://<<host>>/<<path>>", body: "{{ $webhook }}" })),
  idempotency: { kind: "header", header: "Idempotency-Key" },
  limits: { bodyBytesMax: 2_000_000 },
};
