// Slack, by its Web API: a message as a bot, in any channel the bot is in.

import { escapeValues, SLACK_MARKUP, SLACK_MARKUP_NOTE } from "./escape-values.ts";
import { eachFamily, SENTENCES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Slack's `chat.postMessage`. */
export const slack: Recipe = {
  id: "slack",
  title: "Slack: post a message",
  summary: "Posts a message as your bot into a channel.",
  documentation: { url: "https://docs.slack.dev/reference/methods/chat.postMessage", readOn: "2026-11-22" },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "memory" },
  notes: [
    "Slack answers 200 whatever becomes of the message; delivered is what says ok: true.",
    "A repeat is a second message: Slack documents no key.",
    "The bot must be in the channel: invite it, or Slack says not_in_channel.",
    SLACK_MARKUP_NOTE,
  ],
  settings: {
    channel: {
      kind: "text",
      meaning: "The channel's id, from its details in Slack, or its name; a member's id for a direct message",
      pattern: "[CGDU][A-Z0-9]{7,20}|#[a-z0-9_-]{1,80}",
      example: "C024BE91L",
    },
    text: { kind: "template", meaning: "The message, in Slack's mrkdwn", default: "" },
  },
  secrets: { bot_token: "A bot token (xoxb-…) with the scope chat:write" },
  authentication: { type: "bearer", secret: "bot_token" },
  requests: eachFamily((family) => ({
    url: "https://slack.com/api/chat.postMessage",
    // Without the charset Slack warns in every answer.
    headers: { "content-type": "application/json; charset=utf-8" },
    body: {
      channel: "<<channel>>",
      text: `<<text|${escapeValues(SENTENCES[family], SLACK_MARKUP)}>>`,
      unfurl_links: false,
      unfurl_media: false,
    },
  })),
  success: [{ path: "body.ok", op: "eq", value: true }],
  retry: [
    {
      path: "body.error",
      op: "in",
      value: [
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
      ],
    },
  ],
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 40_000, ratePerSecond: 1 },
};
