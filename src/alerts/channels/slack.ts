// Alerts in Slack, by an incoming webhook, whose URL is its secret.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (read 2026-11-22)

import type { Message } from "../../ledger/alerts.ts";
import type { RenderedRequest } from "../../translation/rendered.ts";
import { SLACK_URL, type Channel } from "../settings.ts";

/** The request that puts a message into the channel. */
export function slackRequest(
  { secret }: Channel & { type: "slack" },
  { title, lines, link }: Message,
): RenderedRequest {
  const parts = [`*${escape(title)}*`, ...lines.map(escape), ...(link === null ? [] : [`<${link}|Look at it>`])];
  return {
    method: "POST",
    url: [SLACK_URL, { $secret: secret, as: "path" }],
    headers: [["content-type", ["application/json"]]],
    body: [JSON.stringify({ text: parts.join("\n"), unfurl_links: false })],
  };
}

/** What Slack would take for markup. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
