// n8n, in its cloud or your own: the whole event starts a workflow.

import { eachFamily } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** n8n's webhook node. */
export const n8n: Recipe = {
  id: "n8n",
  title: "n8n: webhook",
  summary: "Sends the whole event to a workflow.",
  documentation: {
    url: "https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.webhook/",
    readOn: "2026-11-24",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "memory", limits: "secondary" },
  notes: [
    "The webhook node must take POST, and the workflow must be active: n8n answers 404 otherwise and the delivery fails.",
    "Have the node respond immediately. When it responds at the end, a workflow of more than ten seconds counts as not delivered and is started again.",
    "A repeat starts the workflow again; the request has the header Idempotency-Key to tell.",
    "The webhook's path is a secret. For the node's header authentication print this recipe and add a header.",
  ],
  settings: {
    host: {
      kind: "text",
      meaning: "The host of your n8n",
      pattern: "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}",
      example: "lantern.app.n8n.cloud",
    },
  },
  secrets: { path: "What stands behind /webhook/ in the webhook's production URL" },
  authentication: { type: "none" },
  requests: eachFamily(() => ({ url: "https://<<host>>/webhook/", pathSecret: "path", body: "{{ $webhook }}" })),
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 16_000_000 },
};
