// Slack, by an incoming webhook: a message in one channel.

import { escapeValues, SLACK_MARKUP, SLACK_MARKUP_NOTE } from "./escape-values.ts";
import { eachFamily, SENTENCES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Slack's incoming webhooks. */
export const slackWebhook: Recipe = {
  id: "slack-webhook",
  title: "Slack: incoming webhook",
  summary: "Posts a message into the channel that the webhook was made for.",
  documentation: {
    url: "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
    readOn: "2026-11-22",
  },
  evidence: { url: "read", authentication: "read", body: "read", success: "memory", limits: "read" },
  notes: [
    "A repeat is a second message: Slack takes no key.",
    "The webhook's URL is its secret. When it is removed, Slack answers 404 or 410 and the delivery fails.",
    SLACK_MARKUP_NOTE,
  ],
  settings: { text: { kind: "template", meaning: "The message, in Slack's mrkdwn", default: "" } },
  secrets: { path: "What stands behind https://hooks.slack.com/services/ in the webhook's URL: T…/B…/…" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://hooks.slack.com/services/",
    pathSecret: "path",
    body: { text: `<<text|${escapeValues(SENTENCES[family], SLACK_MARKUP)}>>` },
  })),
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 40_000, ratePerSecond: 1 },
};
