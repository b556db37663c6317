// Statistics as lines: nothing leaps over a silence, and nothing is counted twice.

import { describe, expect, it } from "vitest";
import { addUp, failedOf, sumOf, toSeries } from "../../../src/dashboard/pages/overview/series.ts";

const AT = "2026-10-05T08:00:00.000Z";
const HOUR_MS = 3_600_000;
const NONE = { p50: null, p95: null };

describe("toSeries", () => {
  it("has every step from the first to the one under way, silences as zero", () => {
    const step = {
      at: "2026-10-05T10:00:00.000Z",
      sendouts: { routed: 4, quarantined: 1 },
      deliveries: { delivered: 3, failed: 1, expired: 1, held: 2 },
      latencyMs: { p50: 40, p95: 90 },
    };
    const series = toSeries({ since: AT, until: "2026-10-05T11:20:00.000Z", step: "1h", steps: [step] });
    expect(series).toEqual({
      at: [0, 1, 2, 3].map((hours) => Date.parse(AT) + hours * HOUR_MS),
      accepted: [0, 0, 5, 0],
      delivered: [0, 0, 3, 0],
      failed: [0, 0, 2, 0],
      quarantined: [0, 0, 1, 0],
      p50: [null, null, 40, null],
      p95: [null, null, 90, null],
    });
  });

  it("begins with the step that the time looked at begins in", () => {
    const steps = [{ at: AT, sendouts: { routed: 1 }, deliveries: {}, latencyMs: NONE }];
    const series = toSeries({
      since: "2026-10-05T08:25:00.000Z",
      until: "2026-10-05T09:00:00.000Z",
      step: "1h",
      steps,
    });
    expect(series).toMatchObject({ at: [Date.parse(AT)], accepted: [1] });
  });
});

describe("numbers by state", () => {
  it("are added up", () => {
    expect(addUp([{ routed: 1, unrouted: 2 }, { routed: 3 }])).toEqual({ routed: 4, unrouted: 2 });
    expect(sumOf({ routed: 4, unrouted: 2 })).toBe(6);
  });

  it("count as failed what ended without arriving, but not what somebody gave up", () => {
    expect(failedOf({ failed: 2, expired: 1, cancelled: 5, delivered: 7 })).toBe(3);
  });
});
