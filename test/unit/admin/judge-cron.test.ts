// When the health check takes the cron for dead: one millisecond below, at and above each limit.

import { describe, expect, it } from "vitest";
import { judgeCron } from "../../../src/admin/judge-cron.ts";
import type { Job } from "../../../src/ledger/jobs.ts";

const NOW = Date.UTC(2026, 9, 5, 8, 15, 31);
const MINUTE = 60_000;

/** When each of the two last ended, and since when the first run is waited for. */
function jobs(sweep: number, watchdog: number, since = 1): ReadonlyMap<string, Job> {
  return new Map([
    ["sweep", { name: "sweep", endedAt: sweep, position: 0, note: null }],
    ["watchdog", { name: "watchdog", endedAt: watchdog, position: since, note: null }],
  ]);
}

describe("judgeCron", () => {
  it.each([
    ["the sweeper", (endedAt: number) => jobs(endedAt, NOW), "sweep"],
    ["the watchdog", (endedAt: number) => jobs(NOW, endedAt), "watchdog"],
  ])("lets %s be five minutes late and no more", (_name, create, name) => {
    expect(judgeCron(create(NOW - 5 * MINUTE + 1), NOW)).toBeUndefined();
    expect(judgeCron(create(NOW - 5 * MINUTE), NOW)).toBeUndefined();
    expect(judgeCron(create(NOW - 5 * MINUTE - 1), NOW)).toMatch(
      `the cron's job "${name}" has not ended well since 2026-10-05T08:10:30.999Z: see that wrangler.toml has the trigger`,
    );
  });

  it.each([
    ["the sweeper", (since: number) => jobs(0, NOW, since), "sweep"],
    ["the watchdog", (since: number) => jobs(NOW, 0, since), "watchdog"],
    [
      "both",
      (since: number) => new Map([["watchdog", { name: "watchdog", endedAt: 0, position: since, note: null }]]),
      "sweep",
    ],
  ])("gives %s twenty minutes for the first time", (_name, create, name) => {
    expect(judgeCron(create(NOW - 20 * MINUTE + 1), NOW)).toBeUndefined();
    expect(judgeCron(create(NOW - 20 * MINUTE), NOW)).toBeUndefined();
    expect(judgeCron(create(NOW - 20 * MINUTE - 1), NOW)).toMatch(`"${name}" has never ended well`);
  });

  it("takes a ledger without the watchdog's row for one whose cron never came", () => {
    expect(judgeCron(new Map(), NOW)).toMatch("never ended well");
  });
});
