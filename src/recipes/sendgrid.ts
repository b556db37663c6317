// SendGrid: an e-mail to a customer.

import { MESSAGES, MESSAGES_NOTE, type MessageFamily } from "./customer-messages.ts";
import { CUSTOMER } from "./families.ts";
import type { Recipe, RecipeRequest } from "./recipe.ts";

/** SendGrid's mail send. */
export const sendgrid: Recipe = {
  id: "sendgrid",
  title: "SendGrid: send an e-mail",
  summary: "Sends a plain-text e-mail to the customer.",
  documentation: {
    url: "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send",
    readOn: "2026-11-22",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "memory", regions: "memory" },
  notes: [
    "A repeat is a second e-mail: SendGrid takes no key. The sendout's id travels as a custom argument, so that its event webhook can tell.",
    "202 says that SendGrid has queued it. Bounces and blocks are told to SendGrid's own event webhook.",
    MESSAGES_NOTE,
    "Values are put into plain text, where no markup counts.",
  ],
  settings: {
    region: {
      kind: "choice",
      meaning: "Where the account or subuser is kept",
      choices: { global: "api.sendgrid.com", eu: "api.eu.sendgrid.com" },
      default: "global",
    },
    from: {
      kind: "text",
      meaning: "The sender, which SendGrid has verified",
      pattern: String.raw`[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+`,
      example: "hello@shop.example",
    },
    from_name: {
      kind: "text",
      meaning: "The sender's name",
      pattern: String.raw`[^<>"\r\n]{1,100}`,
      example: "Lantern Shop",
    },
    subject: { kind: "template", meaning: "The subject", default: "" },
    text: { kind: "template", meaning: "The e-mail, in plain text", default: "" },
  },
  secrets: { api_key: "An API key with the permission Mail Send" },
  authentication: { type: "bearer", secret: "api_key" },
  requests: {
    redemption: mail("redemption"),
    publication: mail("publication"),
    points: mail("points"),
    reward: mail("reward"),
    tier: mail("tier"),
    order: mail("order"),
  },
  success: [{ path: "status", op: "eq", value: 202 }],
  idempotency: { kind: "none" },
  limits: { bodyBytesMax: 30_000_000 },
};

function mail(family: MessageFamily): RecipeRequest {
  const { subject, text } = MESSAGES[family];
  return {
    url: "https://<<region>>/v3/mail/send",
    body: {
      personalizations: [
        {
          to: [{ email: CUSTOMER.requiredEmail, name: CUSTOMER.name }],
          // Every argument is text; a body that has no sendout id brings none.
          custom_args: { sendout_id: "{{ $default($webhook.id) }}", event: "{{ $webhook.event.type }}" },
        },
      ],
      from: { email: "<<from>>", name: "<<from_name>>" },
      subject: `<<subject|${subject}>>`,
      content: [{ type: "text/plain", value: `<<text|${text}>>` }],
    },
  };
}
