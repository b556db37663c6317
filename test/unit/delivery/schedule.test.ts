import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  WAIT_SECONDS_MAX,
  infrastructureDelaySeconds,
  nextDelaySeconds,
  OVERDUE_AFTER_MS,
  placeWait,
  RetrySchema,
  type Retry,
} from "../../../src/delivery/schedule.ts";

/** Every wait of a schedule, and how it ends. */
function waits(retry: Retry, random: number): (number | undefined)[] {
  const delays: (number | undefined)[] = [];
  do delays.push(nextDelaySeconds(retry, delays.length + 1, 0, random));
  while (delays.at(-1) !== undefined);
  return delays;
}

describe("nextDelaySeconds", () => {
  it.each<[string, Retry, number, (number | undefined)[]]>([
    ["standard, as written", "standard", 0.5, [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, undefined]],
    ["standard, a fifth earlier", "standard", 0, [4, 240, 1_440, 5_760, 14_400, 28_800, 28_800, undefined]],
    ["standard, a fifth later", "standard", 0.999999, [6, 360, 2_160, 8_640, 21_600, 43_200, 43_200, undefined]],
    ["long, as written", "long", 0.5, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, undefined]],
    ["long, a fifth earlier", "long", 0, [4, 240, 1_440, 5_760, 14_400, 28_800, 40_320, 57_600, 69_120, undefined]],
    [
      "long, a fifth later, though never over a day",
      "long",
      0.999999,
      [6, 360, 2_160, 8_640, 21_600, 43_200, 60_480, 86_400, 86_400, undefined],
    ],
    ["short, as written", "short", 0.5, [10, 60, 300, 900, undefined]],
    ["short, a fifth earlier", "short", 0, [8, 48, 240, 720, undefined]],
    ["short, a fifth later", "short", 0.999999, [12, 72, 360, 1_080, undefined]],
    ["an own list, as written", [1, 36_000], 0.5, [1, 36_000, undefined]],
    ["an own list, never under a second", [1, 2], 0, [1, 2, undefined]],
    ["an own list, a fifth later", [1, 36_000], 0.999999, [1, 43_200, undefined]],
    ["an empty list", [], 0.5, [undefined]],
  ])("gives the waits of %s", (_name, retry, random, delays) => {
    expect(waits(retry, random)).toEqual(delays);
  });

  it("spends 27 h 35 min 5 s on the standard schedule", () => {
    expect(waits("standard", 0.5).reduce<number>((sum, wait) => sum + (wait ?? 0), 0)).toBe(99_305);
  });

  it("spends 75 h 35 min 5 s on the long schedule, as Standard Webhooks has it", () => {
    expect(waits("long", 0.5).reduce<number>((sum, wait) => sum + (wait ?? 0), 0)).toBe(272_105);
  });

  it("never waits less than the target asked for", () => {
    expect(nextDelaySeconds("standard", 1, 120, 0.5)).toBe(120);
    expect(nextDelaySeconds("standard", 2, 120, 0.5)).toBe(300);
    expect(nextDelaySeconds("standard", 2, 241, 0)).toBe(241);
  });

  it("never waits more than a day, whatever the target asks for", () => {
    expect(WAIT_SECONDS_MAX).toBe(86_400);
    expect(nextDelaySeconds("standard", 1, 86_400, 0.5)).toBe(86_400);
    expect(nextDelaySeconds("standard", 1, 1_000_000, 0.5)).toBe(86_400);
  });

  it("has no wait after the last attempt, even when the target asks for one", () => {
    expect(nextDelaySeconds("short", 5, 120, 0.5)).toBeUndefined();
    expect(nextDelaySeconds("short", 500, 120, 0.5)).toBeUndefined();
    expect(nextDelaySeconds([], 1, 120, 0.5)).toBeUndefined();
  });
});

describe("RetrySchema", () => {
  it.each([
    ["standard"],
    ["long"],
    ["short"],
    [[]],
    [[1]],
    [[36_000]],
    [[86_400]],
    [Array.from({ length: 20 }, () => 60)],
  ])("takes %j", (retry) => {
    expect(v.parse(RetrySchema, retry)).toEqual(retry);
  });

  it.each([
    ["daily"],
    [null],
    [5],
    [[0]],
    [[-1]],
    [[1.5]],
    [[86_401]],
    [["60"]],
    [[null]],
    [Array.from({ length: 21 }, () => 60)],
  ])("refuses %j", (retry) => {
    expect(v.safeParse(RetrySchema, retry).success).toBe(false);
  });
});

describe("placeWait", () => {
  const NOW = Date.UTC(2026, 9, 5, 8, 15, 31);
  const inQueue = (ms: number, delaySeconds: number) => ({ delaySeconds, sweepAt: NOW + ms + OVERDUE_AFTER_MS });
  const inLedger = (ms: number) => ({ delaySeconds: undefined, sweepAt: NOW + ms });

  it.each([
    ["leaves a short wait to the queue", 10_000, 1, inQueue(10_000, 10)],
    ["rounds it up: early would be too early", 10_001, 1, inQueue(10_001, 11)],
    ["asks for no delay at the instant", 0, 1, inQueue(0, 0)],
    ["asks for no delay past the instant", -60_000, 1, inQueue(-60_000, 0)],
    ["leaves fifteen minutes to the queue", 900_000, 1, inQueue(900_000, 900)],
    ["parks what is longer in the ledger", 900_001, 1, inLedger(900_001)],
    ["parks a day in the ledger", 86_400_000, 1, inLedger(86_400_000)],
    ["leaves the 49th offer to the queue", 10_000, 49, inQueue(10_000, 10)],
    ["parks the 50th before it becomes a dead letter", 10_000, 50, inLedger(10_000)],
    ["parks the 99th as well", 0, 99, inLedger(0)],
  ])("%s", (_name, ms, tries, wait) => {
    expect(placeWait(NOW + ms, NOW, tries)).toEqual(wait);
  });
});

describe("infrastructureDelaySeconds", () => {
  it.each([
    [1, 5],
    [2, 10],
    [3, 20],
    [4, 40],
    [5, 80],
    [6, 160],
    [7, 320],
    [8, 640],
    [9, 900],
    [100, 900],
    [5_000, 900],
  ])("after offer %d waits %d s", (attempts, seconds) => {
    expect(infrastructureDelaySeconds(attempts)).toBe(seconds);
  });
});
