// An event to try a table with.

import { matchesPattern } from "../src/routing/match.ts";
import { EVENT_TYPES } from "../src/voucherify/catalogue.ts";

/** What is tried when the table takes it, because everybody knows what it means. */
const FAVOURITE = "redemption.succeeded";

/** An event type that one of the patterns takes; undefined where the catalogue has none. */
export function exampleEvent(patterns: readonly string[]): string | undefined {
  return [FAVOURITE, ...EVENT_TYPES].find((type) => patterns.some((pattern) => matchesPattern(pattern, type)));
}
