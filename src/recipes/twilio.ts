// Twilio: a text message to a customer.

import { MESSAGES } from "./customer-messages.ts";
import type { Recipe, RecipeRequest } from "./recipe.ts";

/** How long Twilio tries to hand a message over, in seconds. */
const VALIDITY_SECONDS = 3_600;

/** Messages go out in the first hours or not at all: nobody wants a code by SMS at three in the morning two days later. */
const MAX_AGE_SECONDS = 4 * 3_600;

/** Twilio's messages. */
export const twilio: Recipe = {
  id: "twilio",
  title: "Twilio: text message",
  summary: "Sends a text message to the customer's telephone.",
  documentation: {
    url: "https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource",
    readOn: "2026-11-22",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "read" },
  notes: [
    "A repeat is a second message, which costs and is read: Twilio takes no key for messages. Choose the short retry schedule.",
    "Voucherify tells a telephone number with publications, orders and whole profiles, not with redemptions, rewards and tiers; those families are left out. Keep the number in the customer's metadata and say {{ $e164(customer.metadata.phone) }} in `to`; for other families print this recipe and make a request of your own of it.",
    "A number without its country's code is refused when the message is made: {{ $e164(customer.phone, '47') }} adds one.",
    "The texts suit publication.succeeded, customer.rewarded.loyalty_points and customer.order.paid: route those, or give a text for what you route. A customer is written to for each event that comes by.",
    `An event older than ${MAX_AGE_SECONDS / 3_600} hours is no reason for a text message; that is our choice, not Twilio's.`,
    "201 says that Twilio has queued the message. Whether it arrived, Twilio tells its own status callback.",
  ],
  settings: {
    account: {
      kind: "text",
      meaning: "The account's SID",
      pattern: "AC[0-9a-f]{32}",
      example: "AC0123456789abcdef0123456789abcdef",
    },
    user: {
      kind: "text",
      meaning: "The SID of an API key; the account's SID where the secret is its auth token",
      pattern: "(?:SK|AC)[0-9a-f]{32}",
      example: "SK0123456789abcdef0123456789abcdef",
    },
    service: {
      kind: "text",
      meaning: "The SID of the messaging service that sends",
      pattern: "MG[0-9a-f]{32}",
      example: "MG0123456789abcdef0123456789abcdef",
    },
    to: {
      kind: "template",
      meaning: "Whom to write to, in international form",
      default:
        "{{ $e164($required($default(customer.phone, order.customer.phone, publication.customer.phone), 'the event has no telephone number')) }}",
    },
    text: {
      kind: "template",
      meaning: "The message, up to 1,600 characters; over 160 are sent and paid in parts",
      default: "",
    },
  },
  secrets: { secret: "The API key's secret, or the account's auth token" },
  authentication: { type: "basic", username: "<<user>>", password: "secret" },
  requests: {
    publication: message(MESSAGES.publication.text),
    points: message(MESSAGES.points.text),
    order: message(MESSAGES.order.text),
  },
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 10_000, maxAgeSeconds: MAX_AGE_SECONDS },
};

function message(text: string): RecipeRequest {
  return {
    url: "https://api.twilio.com/2010-04-01/Accounts/<<account>>/Messages.json",
    encoding: "form",
    body: {
      To: "<<to>>",
      MessagingServiceSid: "<<service>>",
      Body: `<<text|${text}>>`,
      ValidityPeriod: VALIDITY_SECONDS,
    },
  };
}
