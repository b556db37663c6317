// Microsoft Teams, by a workflow's webhook: a card in a channel or chat.

import { eachFamily, EVENT, SENTENCES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** A workflow "when a Teams webhook request is received". */
export const teams: Recipe = {
  id: "teams",
  title: "Microsoft Teams: workflow",
  summary: "Sends a card to a Teams workflow, which posts it where the workflow says.",
  documentation: {
    url: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using",
    readOn: "2026-11-24",
  },
  evidence: {
    url: "secondary",
    authentication: "secondary",
    body: "secondary",
    success: "secondary",
    limits: "secondary",
  },
  notes: [
    "A 202 says that the workflow was started. Whether it posted the card shows only in the workflow's own history.",
    "A repeat is a second card: workflows take no key.",
    "The workflow's URL has its signature (sig=…) and is a secret. Its owner leaving the company stops it: give it a second owner.",
    "Office 365 connectors (webhook.office.com) were retired in May 2026.",
    "Values come as plain text runs, which have no markdown and mention nobody.",
  ],
  settings: {
    host: {
      kind: "text",
      meaning: "The host in the workflow's URL, without the port",
      pattern: String.raw`[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:logic\.azure\.com|api\.powerplatform\.com)`,
      example: "prod-12.westeurope.logic.azure.com",
    },
    text: { kind: "template", meaning: "The text on the card", default: "" },
  },
  secrets: { path: "What stands behind the host in the workflow's URL: workflows/…/invoke?api-version=…&sig=…" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://<<host>>/",
    pathSecret: "path",
    body: {
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            type: "AdaptiveCard",
            version: "1.4",
            body: [
              textRun(`<<text|${SENTENCES[family]}>>`, {}),
              textRun(`${EVENT.type}, ${EVENT.time}`, { isSubtle: true, size: "Small" }),
            ],
          },
        },
      ],
    },
  })),
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 28_000 },
};

/** A line of text. In a TextBlock Teams would read markdown and links; a TextRun is taken as it is. */
function textRun(text: string, style: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text, ...style }] };
}
