// Discord, by a webhook: a message in one channel.

import { escapeValues, type Replacements } from "./escape-values.ts";
import { eachFamily, SENTENCES } from "./families.ts";
import type { Recipe } from "./recipe.ts";

/** Discord's markdown; a backslash in front makes each of them an ordinary character. */
const MARKDOWN: Replacements = ["\\", "*", "_", "~", "`", "|", "<", ">", "[", "]", "#"].map(
  (character) => [character, `\\${character}`] as const,
);

/** A message has 2,000 characters, and no sentence of ours has more than four values. */
const VALUE_LENGTH_MAX = 400;

/** Discord's webhooks. */
export const discord: Recipe = {
  id: "discord",
  title: "Discord: webhook",
  summary: "Posts a message into the channel that the webhook was made for.",
  documentation: { url: "https://discord.com/developers/docs/resources/webhook#execute-webhook", readOn: "2026-11-22" },
  evidence: { url: "read", authentication: "read", body: "read", success: "read", limits: "read", rate: "memory" },
  notes: [
    "A repeat is a second message: webhooks take no key.",
    "The webhook's URL is its secret.",
    "Nobody is ever pinged, whatever the text says: allowed_mentions is empty.",
    "In the text that comes with the recipe, markdown of values is escaped and values are cut at 400 characters. In a text of your own it is not, and [words](https://…) becomes a link; a bare address becomes one in any case.",
    "A message of more than 2,000 characters is refused.",
  ],
  settings: { text: { kind: "template", meaning: "The message, in Discord's markdown", default: "" } },
  secrets: { path: "What stands behind https://discord.com/api/webhooks/ in the webhook's URL: id/token" },
  authentication: { type: "none" },
  requests: eachFamily((family) => ({
    url: "https://discord.com/api/webhooks/",
    pathSecret: "path",
    // Discord then answers with the message it has saved, and with an error when it has not.
    query: { wait: "true" },
    body: {
      content: `<<text|${escapeValues(SENTENCES[family], MARKDOWN, VALUE_LENGTH_MAX)}>>`,
      allowed_mentions: { parse: [] },
    },
  })),
  success: [{ path: "body.id", op: "exists", value: true }],
  idempotency: { kind: "none" },
  onAmbiguous: "hold",
  limits: { bodyBytesMax: 10_000, ratePerSecond: 2 },
};
