// SendGrid: an e-mail to a customer.

import { eachMessage, mailSettings, MESSAGES_NOTE } from "./customer-messages.ts";
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
    ...mailSettings("The sender, which SendGrid has verified"),
  },
  secrets: { api_key: "An API key with the permission Mail Send" },
  authentication: { type: "bearer", secret: "api_key" },
  requests: eachMessage(mail),
  success: [{ path: "status", op: "eq", value: 202 }],
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 30_000_000 },
};

function mail({ subject, text }: { subject: string; text: string }): RecipeRequest {
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
