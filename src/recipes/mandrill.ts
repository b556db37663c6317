// Mandrill, Mailchimp's transactional e-mail: an e-mail to a customer.

import { eachMessage, mailSettings, MESSAGES_NOTE } from "./customer-messages.ts";
import { CUSTOMER } from "./families.ts";
import type { Recipe, RecipeRequest } from "./recipe.ts";

/** Mandrill's `messages/send`. */
export const mandrill: Recipe = {
  id: "mandrill",
  title: "Mandrill (Mailchimp Transactional): send an e-mail",
  summary: "Sends a plain-text e-mail to the customer.",
  documentation: {
    url: "https://mailchimp.com/developer/transactional/api/messages/send-new-message/",
    readOn: "2026-11-22",
  },
  evidence: {
    url: "read",
    authentication: "secondary",
    body: "secondary",
    success: "secondary",
    permanent: "memory",
    limits: "memory",
  },
  notes: [
    "Mandrill answers 200 for an e-mail it will not send; delivered is what says sent, queued or scheduled for the recipient.",
    "A repeat is a second e-mail: Mandrill takes no key.",
    "Mandrill answers 500 to a wrong key, an unpaid account or a message it cannot read as well; by its name such an answer counts as failed and is not tried again.",
    MESSAGES_NOTE,
    "Values are put into plain text, where no markup counts.",
  ],
  settings: {
    ...mailSettings("The sender, of a domain that Mandrill has verified"),
  },
  secrets: { api_key: "An API key of Mailchimp Transactional; it travels in the body" },
  authentication: { type: "none" },
  requests: eachMessage(mail),
  success: [{ path: "body.0.status", op: "in", value: ["sent", "queued", "scheduled"] }],
  // Its one status for everything: what the error is called tells an outage from a mistake.
  permanent: [
    [
      { path: "body.status", op: "eq", value: "error" },
      {
        path: "body.name",
        op: "in",
        value: ["Invalid_Key", "PaymentRequired", "ValidationError", "Unknown_Subaccount"],
      },
    ],
  ],
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 25_000_000 },
};

function mail({ subject, text }: { subject: string; text: string }): RecipeRequest {
  return {
    url: "https://mandrillapp.com/api/1.0/messages/send.json",
    body: {
      key: { $secret: "api_key" },
      message: {
        from_email: "<<from>>",
        from_name: "<<from_name>>",
        to: [{ email: CUSTOMER.requiredEmail, name: CUSTOMER.name, type: "to" }],
        subject: `<<subject|${subject}>>`,
        text: `<<text|${text}>>`,
        tags: ["voucherify"],
        metadata: { sendout_id: "{{ $default($webhook.id) }}", event: "{{ $webhook.event.type }}" },
      },
    },
  };
}
