// Zendesk: a ticket, for people to look at what happened.

import { CUSTOMER, eachFamily, EVENT, SENTENCES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Zendesk's tickets. */
export const zendesk: Recipe = {
  id: "zendesk",
  title: "Zendesk: create a ticket",
  summary: "Opens a ticket about the event, with the customer as requester where there is an e-mail address.",
  documentation: {
    url: "https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#create-ticket",
    readOn: "2026-11-24",
  },
  evidence: {
    url: "read",
    authentication: "secondary",
    body: "read",
    success: "read",
    idempotency: "read",
    window: "memory",
    limits: "memory",
  },
  notes: [
    "Zendesk recognises a repeat by the Idempotency-Key that Signalbox sends, for about two hours; later ones make a second ticket.",
    "The first comment is internal, so the customer gets no mail of it; triggers of your own may still write to the requester.",
    "A requester whom Zendesk does not know becomes an end user.",
    "Route what people must look at, like redemption.failed: each event is a ticket.",
  ],
  settings: {
    subdomain: {
      kind: "text",
      meaning: "What stands before .zendesk.com",
      pattern: "[a-z0-9][a-z0-9-]{0,62}",
      example: "lantern",
    },
    agent: {
      kind: "text",
      meaning: "The e-mail address of the agent whose API token it is",
      pattern: String.raw`[^\s@<>:/]+@[^\s@<>:/]+\.[^\s@<>:/]+`,
      example: "signalbox@shop.example",
    },
    subject: { kind: "template", meaning: "The ticket's subject", default: "" },
    comment: { kind: "template", meaning: "The first comment", default: "" },
  },
  secrets: { api_token: "An API token" },
  authentication: { type: "basic", username: "<<agent>>/token", password: "api_token" },
  requests: eachFamily((family) => ({
    url: "https://<<subdomain>>.zendesk.com/api/v2/tickets",
    headers: { accept: "application/json" },
    body: {
      ticket: {
        subject: `<<subject|${SENTENCES[family]}>>`,
        comment: {
          body: `<<comment|${SENTENCES[family]}\n\n${EVENT.type}, ${EVENT.time}, {{ $webhook.id }}>>`,
          public: false,
        },
        requester: {
          $if: CUSTOMER.email,
          $then: {
            email: CUSTOMER.email,
            name: "{{ $default(customer.name, holder.name, customer.email, holder.email) }}",
          },
        },
        tags: ["voucherify", `voucherify_${family}`],
        external_id: "{{ $default($webhook.id) }}",
      },
    },
  })),
  idempotency: { kind: "header", header: "Idempotency-Key", windowSeconds: 2 * 3_600 },
  limits: { bodyBytesMax: 64_000 },
};
