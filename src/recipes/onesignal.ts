// What OneSignal's recipes share: the app and its key.

import type { Recipe } from "./recipe.ts";

/** How every recipe for OneSignal names the app and proves who sends. */
export const ONESIGNAL = {
  settings: {
    app: {
      kind: "text",
      meaning: "The app's id",
      pattern: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
      example: "01234567-89ab-4cde-8f01-23456789abcd",
    },
  },
  secrets: { api_key: "The app's API key" },
  authentication: { type: "header", name: "authorization", prefix: "Key ", secret: "api_key" },
} as const satisfies Partial<Recipe>;
