import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HELD_MS_MAX } from "../../../../src/delivery/gate/asked-pause.ts";
import { readRateHeaders } from "../../../../src/delivery/gate/rate-headers.ts";
import { T0 } from "./drive.ts";

const T0_SECONDS = T0 / 1_000;

describe("a pause asked for with Retry-After", () => {
  it.each<[number, string, number | undefined]>([
    [429, "120", 120],
    [503, "120", 120],
    [429, "120.6", 121],
    [429, "Tue, 24 Nov 2026 18:05:00 GMT", 300],
    [429, "1000000000", 43_200],
    [429, "0", undefined],
    [429, "-5", undefined],
    [429, "0x10", undefined],
    [429, "120, 60", undefined],
    [429, "soon", undefined],
    [429, "", undefined],
    [429, "Tue, 24 Nov 2026 17:00:00 GMT", undefined],
    [500, "120", undefined],
    [200, "120", undefined],
  ])("by %i with %j is %s seconds", (status, value, seconds) => {
    const { heldUntil } = readRateHeaders(status, { "retry-after": value }, T0);
    expect(heldUntil).toBe(seconds === undefined ? undefined : T0 + seconds * 1_000);
  });
});

describe("what is left of a target's rate limit", () => {
  it.each<[string, Record<string, string>, { remaining: number; ms: number } | undefined]>([
    ["Klaviyo: seconds", { "ratelimit-remaining": "12", "ratelimit-reset": "7" }, { remaining: 12, ms: 7_000 }],
    [
      "Braze: seconds since 1970",
      { "x-ratelimit-limit": "3000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${T0_SECONDS + 3}` },
      { remaining: 0, ms: 3_000 },
    ],
    ["Segment: seconds", { "x-ratelimit-remaining": "1", "x-ratelimit-reset": "30" }, { remaining: 1, ms: 30_000 }],
    [
      "milliseconds since 1970",
      { "x-ratelimit-remaining": "1", "x-ratelimit-reset": `${T0 + 1_500}` },
      { remaining: 1, ms: 1_500 },
    ],
    [
      "Discord: seconds with decimals, beside a time",
      {
        "x-ratelimit-remaining": "4",
        "x-ratelimit-reset": `${T0_SECONDS + 90}.470`,
        "x-ratelimit-reset-after": "1.25",
      },
      { remaining: 4, ms: 1_250 },
    ],
    ["X-Rate-Limit", { "x-rate-limit-remaining": "2", "x-rate-limit-reset": "60" }, { remaining: 2, ms: 60_000 }],
    ["RateLimit as a list", { ratelimit: '"default";r=50;t=30' }, { remaining: 50, ms: 30_000 }],
    [
      "RateLimit with several policies, of which the tightest counts",
      { ratelimit: '"burst";r=3;t=1, "daily";r=900;t=4000;pk="abc"' },
      { remaining: 3, ms: 1_000 },
    ],
    ["RateLimit as it was before", { ratelimit: "limit=100, remaining=50, reset=5" }, { remaining: 50, ms: 5_000 }],
    [
      "HubSpot: a window's length",
      { "x-hubspot-ratelimit-remaining": "9", "x-hubspot-ratelimit-interval-milliseconds": "10000" },
      { remaining: 9, ms: 10_000 },
    ],
    [
      "HubSpot: the second's share",
      {
        "x-hubspot-ratelimit-remaining": "9",
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-secondly-remaining": "2",
      },
      { remaining: 2, ms: 1_000 },
    ],
    ["mParticle: nearly used up", { "x-mp-rate-limit-percentage-used": "93.5" }, { remaining: 0, ms: 1_000 }],
    ["mParticle: half used", { "x-mp-rate-limit-percentage-used": "50" }, undefined],
    [
      "the tightest of two kinds",
      { "ratelimit-remaining": "5", "ratelimit-reset": "9", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "4" },
      { remaining: 2, ms: 4_000 },
    ],
    [
      "a reset a week ahead",
      { "ratelimit-remaining": "0", "ratelimit-reset": "604800" },
      { remaining: 0, ms: HELD_MS_MAX },
    ],
    ["no reset", { "ratelimit-remaining": "0" }, undefined],
    ["no remaining", { "ratelimit-reset": "5" }, undefined],
    ["a reset that has passed", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${T0_SECONDS - 1}` }, undefined],
    ["a reset of zero", { "ratelimit-remaining": "0", "ratelimit-reset": "0" }, undefined],
    ["a negative remaining", { "ratelimit-remaining": "-1", "ratelimit-reset": "5" }, undefined],
    ["a remaining with decimals", { "ratelimit-remaining": "0.5", "ratelimit-reset": "5" }, undefined],
    ["a hexadecimal remaining", { "ratelimit-remaining": "0x0", "ratelimit-reset": "5" }, undefined],
    ["an exponent", { "ratelimit-remaining": "0", "ratelimit-reset": "1e9" }, undefined],
    ["two values in one header", { "ratelimit-remaining": "0, 5", "ratelimit-reset": "5" }, undefined],
    ["spaces", { "ratelimit-remaining": " ", "ratelimit-reset": "5" }, undefined],
    ["a date as reset", { "ratelimit-remaining": "0", "ratelimit-reset": "Tue, 24 Nov 2026 18:05:00 GMT" }, undefined],
    ["a policy without time", { ratelimit: '"default";r=0' }, undefined],
    ["a policy without quotes", { ratelimit: "default;r=0;t=5" }, undefined],
    ["a policy cut short", { ratelimit: '"default;r=0;t=5' }, undefined],
    ["nothing at all", {}, undefined],
  ])("reads %s", (_name, headers, expected) => {
    const { quota } = readRateHeaders(200, headers, T0);
    expect(quota).toEqual(expected && { remaining: expected.remaining, until: T0 + expected.ms });
  });

  it("is read from any answer, beside a pause", () => {
    const headers = { "retry-after": "10", "ratelimit-remaining": "0", "ratelimit-reset": "30" };
    expect(readRateHeaders(429, headers, T0)).toEqual({
      heldUntil: T0 + 10_000,
      quota: { remaining: 0, until: T0 + 30_000 },
    });
  });

  it("never holds a target for over twelve hours, or takes long to read, whatever it sends", () => {
    const names = [
      "retry-after",
      "ratelimit",
      "ratelimit-remaining",
      "ratelimit-reset",
      "x-ratelimit-remaining",
      "x-ratelimit-reset",
      "x-ratelimit-reset-after",
      "x-hubspot-ratelimit-remaining",
      "x-hubspot-ratelimit-interval-milliseconds",
    ];
    const piece = fc.constantFrom(
      '"',
      ";",
      ",",
      "=",
      "r",
      "t",
      "0",
      "9",
      "1e",
      ".",
      "-",
      " ",
      "remaining=",
      "reset=",
      '"a";r=1;t=99',
    );
    const value = fc.oneof(
      fc.bigInt({ min: -5n, max: 10n ** 20n }).map(String),
      fc.array(piece).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), value),
        fc.constantFrom(200, 429, 503),
        (headers, status) => {
          const { heldUntil, quota } = readRateHeaders(status, headers, T0);
          for (const until of [heldUntil, quota?.until]) {
            if (until === undefined) continue;
            expect(until).toBeGreaterThan(T0);
            expect(until).toBeLessThanOrEqual(T0 + HELD_MS_MAX);
          }
        },
      ),
      { numRuns: 2_000 },
    );
    const began = performance.now();
    readRateHeaders(429, { ratelimit: `"a"${";r=1".repeat(10_000)},`.repeat(10) }, T0);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
