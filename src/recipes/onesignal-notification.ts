// OneSignal: a push notification to a customer.

import { eachMessage, MESSAGES_NOTE } from "./customer-messages.ts";
import { CUSTOMER } from "./families.ts";
import { ONESIGNAL } from "./onesignal.ts";
import type { Recipe, RecipeRequest } from "./recipe.ts";

/** OneSignal's notifications. */
export const onesignalNotification: Recipe = {
  id: "onesignal-notification",
  title: "OneSignal: push notification",
  summary: "Sends a push notification to the devices of the user whose external_id is the customer's source_id.",
  documentation: { url: "https://documentation.onesignal.com/reference/push-notification", readOn: "2026-11-22" },
  evidence: {
    url: "secondary",
    authentication: "read",
    body: "read",
    success: "secondary",
    idempotency: "read",
    limits: "secondary",
    size: "memory",
  },
  notes: [
    MESSAGES_NOTE,
    "The key stands in the body; a header is ignored. The same key with another message sends nothing: do not name two targets of this recipe in one route.",
    "A user without a device that may be notified is an error inside a 200; that counts as failed.",
    "A device that is not reached within `ttl` is not notified at all. Choose the short retry schedule as well.",
  ],
  ...ONESIGNAL,
  settings: {
    ...ONESIGNAL.settings,
    text: {
      kind: "template",
      meaning: "The notification, in English or whatever language the app's default is",
      default: "",
    },
    ttl: {
      kind: "text",
      meaning: "How long OneSignal tries to reach a device, in seconds",
      pattern: "\\d{1,7}",
      example: "3600",
      default: "3600",
    },
  },
  requests: eachMessage(({ text }) => notification(text)),
  success: [
    { path: "body.id", op: "exists", value: true },
    { path: "body.id", op: "ne", value: "" },
    { path: "body.errors.0", op: "exists", value: false },
    { path: "body.errors.invalid_aliases", op: "exists", value: false },
  ],
  idempotency: { kind: "body", field: "idempotency_key", windowSeconds: 30 * 86_400 },
  limits: { bodyBytesMax: 100_000, ratePerSecond: 6_000 },
};

function notification(text: string): RecipeRequest {
  return {
    url: "https://api.onesignal.com/notifications",
    body: {
      app_id: "<<app>>",
      target_channel: "push",
      include_aliases: { external_id: [CUSTOMER.requiredId] },
      contents: { en: `<<text|${text}>>` },
      ttl: "{{ $number('<<ttl>>') }}",
      idempotency_key: "{{ $uuid() }}",
    },
  };
}
