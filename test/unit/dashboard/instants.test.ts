// Instants and durations as people read them.

import { describe, expect, it } from "vitest";
import { describeAge, describeDuration } from "../../../src/dashboard/components/instants.ts";

const NOW = Date.UTC(2026, 9, 5, 8, 15, 31);

describe("describeDuration", () => {
  it.each([
    [0, "0 ms"],
    [849.6, "850 ms"],
    [1_000, "1 s"],
    [1_540, "1.5 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_000, "59 min"],
    [3_600_000, "1 h"],
    [47 * 3_600_000, "47 h"],
    [49 * 3_600_000, "2 d"],
  ])("%d ms is %s", (ms, said) => {
    expect(describeDuration(ms)).toBe(said);
  });
});

describe("describeAge", () => {
  it.each([
    [NOW - 9_000, "now"],
    [NOW + 9_000, "now"],
    [NOW - 180_000, "3 min ago"],
    [NOW + 7_200_000, "in 2 h"],
  ])("%d is %s", (instant, said) => {
    expect(describeAge(new Date(instant), NOW)).toBe(said);
  });
});
