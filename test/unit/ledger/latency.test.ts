// Percentiles from a histogram: exact to within the width of a step.

import { describe, expect, it } from "vitest";
import { LATENCY_BOUNDS_MS, latencyPercentile } from "../../../src/ledger/latency.ts";

/** A histogram with so many in each step. */
function histogram(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, step) => counts[step] ?? 0);
}

describe("latencyPercentile", () => {
  it.each([
    ["nothing was delivered", {}, 0.5, null],
    ["all took up to 10 ms", { 0: 4 }, 0.5, 5],
    ["all took up to 10 ms", { 0: 4 }, 1, 10],
    ["half took up to 10 ms and half up to 20", { 0: 10, 1: 10 }, 0.5, 10],
    ["half took up to 10 ms and half up to 20", { 0: 10, 1: 10 }, 0.75, 15],
    ["nearly all were quick", { 2: 95, 9: 5 }, 0.95, 50],
    ["one in ten was slow", { 2: 90, 9: 10 }, 0.95, 7_500],
    ["it took longer than the last bound", { [LATENCY_BOUNDS_MS.length]: 3 }, 0.5, LATENCY_BOUNDS_MS.at(-1)],
  ])("when %s: %j at %d", (_, counts, share, expected) => {
    expect(latencyPercentile(histogram(counts), share)).toBe(expected);
  });
});
