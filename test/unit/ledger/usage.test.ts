// What traffic costs: the plans' numbers, and where they end.

import { describe, expect, it } from "vitest";
import { costPerMonth, daysUntilFull, useOf } from "../../../src/ledger/usage.ts";

describe("useOf", () => {
  it("counts rows and operations of what went through at once", () => {
    expect(useOf({ sendouts: 100, deliveries: 200, attempts: 200 })).toEqual({
      d1RowsWritten: 400,
      queueOperations: 900,
      workerRequests: 400,
    });
  });

  it("counts further attempts", () => {
    const once = useOf({ sendouts: 1, deliveries: 1, attempts: 1 });
    const thrice = useOf({ sendouts: 1, deliveries: 1, attempts: 3 });
    expect(thrice.d1RowsWritten - once.d1RowsWritten).toBe(4);
    expect(thrice.queueOperations - once.queueOperations).toBe(2);
  });

  it("takes deliveries without an attempt for none", () => {
    expect(useOf({ sendouts: 1, deliveries: 1, attempts: 0 })).toEqual(
      useOf({ sendouts: 1, deliveries: 1, attempts: 1 }),
    );
  });
});

describe("costPerMonth", () => {
  const NOTHING = { d1RowsWritten: 0, queueOperations: 0, workerRequests: 0 };

  it.each([
    ["nothing", NOTHING, 0, 5],
    ["what is included", { d1RowsWritten: 1_666_666, queueOperations: 33_333, workerRequests: 333_333 }, 5e9, 5],
    ["a million rows a month more", { ...NOTHING, d1RowsWritten: 51_000_000 / 30 }, 0, 6],
    ["a million queue operations a month more", { ...NOTHING, queueOperations: 2_000_000 / 30 }, 0, 5.4],
    ["a million requests a month more", { ...NOTHING, workerRequests: 11_000_000 / 30 }, 0, 5.3],
    ["a full database", NOTHING, 10e9, 8.75],
  ])("of %s", (_, aDay, bytes, dollars) => {
    expect(costPerMonth(aDay, bytes)).toBeCloseTo(dollars, 6);
  });
});

describe("daysUntilFull", () => {
  it.each([
    [1_000, 100, 2_000, 10],
    [1_000, 0, 2_000, null],
    [1_000, -5, 2_000, null],
    [2_000, -5, 2_000, 0],
    [1_999, 2, 2_000, 0],
  ])("of %d bytes that grow by %d up to %d", (bytes, growth, most, days) => {
    expect(daysUntilFull(bytes, growth, most)).toBe(days);
  });
});
