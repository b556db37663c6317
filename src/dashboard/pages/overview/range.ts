// The time that the overview looks at.

import { HOUR_MS } from "../../components/instants.ts";

/** Each with what it is called. */
export const RANGES = [
  ["1h", "1 h"],
  ["24h", "24 h"],
  ["7d", "7 d"],
  ["30d", "30 d"],
] as const;
export type Range = (typeof RANGES)[number][0];

/** What is looked at when the address says nothing. */
export const RANGE_DEFAULT: Range = "24h";

const LENGTHS_MS: Readonly<Record<Range, number>> = {
  "1h": HOUR_MS,
  "24h": 24 * HOUR_MS,
  "7d": 7 * 24 * HOUR_MS,
  "30d": 30 * 24 * HOUR_MS,
};

/** Whether a text is one. */
export function isRange(text: string | null): text is Range {
  return RANGES.some(([range]) => range === text);
}

/** The instant that it begins at. */
export function sinceOf(range: Range, now: number): string {
  return new Date(now - LENGTHS_MS[range]).toISOString();
}
