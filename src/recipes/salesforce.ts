// What Salesforce's recipes share: the org, the API's version and its OAuth.

import type { Recipe } from "./recipe.ts";

/** How every recipe for Salesforce names the org and proves who sends. */
export const SALESFORCE = {
  settings: {
    host: {
      kind: "text",
      meaning: "Your My Domain",
      pattern: String.raw`[a-z0-9-]+(?:\.(?:sandbox|develop|scratch|demo|patch|trailblaze))?\.my\.salesforce\.com`,
      example: "lantern.my.salesforce.com",
    },
    version: {
      kind: "text",
      meaning: "The API's version",
      pattern: String.raw`\d{2}\.0`,
      example: "62.0",
      default: "62.0",
    },
  },
  secrets: {
    client_id: "The consumer key of a connected app with the client credentials flow",
    client_secret: "Its consumer secret",
  },
  authentication: {
    type: "oauth2_client_credentials",
    tokenUrl: "https://<<host>>/services/oauth2/token",
    clientId: "client_id",
    clientSecret: "client_secret",
  },
  evidence: {
    url: "secondary",
    authentication: "secondary",
    body: "secondary",
    success: "secondary",
    limits: "memory",
    retry: "memory",
  },
} as const satisfies Partial<Recipe>;

/** What the daily number of calls means. */
export const SALESFORCE_DAILY_NOTE =
  "Salesforce has a daily number of calls, and says 403 REQUEST_LIMIT_EXCEEDED when it is used up.";
