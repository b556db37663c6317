// The model check: random schedules of faults over random traffic, each from its seed, after which everything that was
// accepted has ended and is visible, and nothing happened that must not. `npm run faults` runs as many as one likes.

import { describe, expect, it } from "vitest";
import { BROKEN } from "../../faults/broken.ts";
import { inStorage } from "../../faults/in-storage.ts";
import { runSchedule, type ScheduleOptions } from "../../faults/schedule.ts";
import type { ScheduleReport } from "../../faults/schedule-report.ts";
import { describeReport, shrink } from "../../faults/shrink.ts";
import { formatTable, Tally } from "../../faults/tally.ts";

/** How many schedules, and the first one's seed. */
const COUNT = Number(import.meta.env["VITE_FAULTS_COUNT"] ?? 150);
const FROM = Number(import.meta.env["VITE_FAULTS_FROM"] ?? 1);
const isLong = import.meta.env["VITE_FAULTS_COUNT"] !== undefined;

/** How many of them over two databases, each with the two milliseconds that D1 takes through the simulator. */
const SPREAD_COUNT = Number(import.meta.env["VITE_FAULTS_SPREAD_COUNT"] ?? 8);

/** Of fewer schedules nothing is asked but that they are without problems. */
const TELLING_COUNT = 100;

/** Schedules run in one object before another takes over. */
const AT_ONCE = 50;

/** How many schedules with problems are shown. */
const SHOWN_MAX = 10;

describe("random schedules of faults", () => {
  it(
    `lose nothing and leave nothing behind, with any of ${COUNT} seeds`,
    async () => {
      const tally = new Tally();
      const failed: string[] = [];
      const startedAt = performance.now();
      for (let first = FROM; first < FROM + COUNT && failed.length < SHOWN_MAX; first += AT_ONCE) {
        const seeds = Array.from({ length: Math.min(AT_ONCE, FROM + COUNT - first) }, (_, offset) => first + offset);
        await inStorage(async (storage) => {
          for (const seed of seeds) failed.push(...(await check(seed, storage, tally)));
        });
        if (isLong && tally.schedules % 500 === 0)
          console.log(`${tally.schedules} of ${COUNT}, ${failed.length} failed`);
      }
      if (isLong) {
        const seconds = (performance.now() - startedAt) / 1_000;
        console.log(formatTable(tally.rows()));
        console.log(
          `${tally.schedules} schedules from seed ${FROM}, ${(tally.schedules / seconds).toFixed(1)} a second`,
        );
      }
      expect(failed).toEqual([]);
      expect(tally.count("duplicates", "unexplained")).toBe(0);
      if (COUNT < TELLING_COUNT) return;
      // A check in which little happens proves little.
      expect(tally.count("traffic", "isolates ended")).toBeGreaterThan(COUNT / 4);
      expect(tally.count("deliveries", "delivered")).toBeGreaterThan(COUNT);
      expect(tally.count("order", "turns after another's")).toBeGreaterThan(COUNT / 4);
      expect(tally.count("vault", "calls with its secret")).toBeGreaterThan(COUNT);
      expect(tally.count("vault", "calls with a value that replaced another")).toBeGreaterThan(0);
      expect(tally.count("vault", "waits until it could be read")).toBeGreaterThan(0);
    },
    isLong ? 3_600_000 : 60_000,
  );

  it("happen the same way again from the same seed", async () => {
    await inStorage(async (storage) => {
      for (const seed of [3, 5, 16, 30]) {
        const [first, second] = [await runSchedule(seed, storage), await runSchedule(seed, storage)];
        expect(second.trace).toBe(first.trace);
        expect(second.injected).toEqual(first.injected);
      }
    });
  });

  it("hold in D1 itself as in the storage that stands for it", async () => {
    await inStorage(async (storage) => {
      const reports: ScheduleReport[] = [];
      for (const seed of [2, 5, 16, 30]) reports.push(await runSchedule(seed, storage));
      expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
    }, "d1");
  }, 60_000);

  it(`hold in a ledger that is spread over two databases, with any of ${SPREAD_COUNT} seeds`, async () => {
    const tally = new Tally();
    await inStorage(async (storage) => {
      const failed: string[] = [];
      let elsewhere = 0;
      for (let seed = FROM; seed < FROM + SPREAD_COUNT; seed++) {
        failed.push(...(await check(seed, storage, tally)));
        elsewhere +=
          (await storage.databases?.[1]?.prepare("SELECT count(*) AS n FROM deliveries").first<number>("n")) ?? 0;
      }
      expect(failed).toEqual([]);
      // The second has had its part in it; what goes in order has not.
      expect(elsewhere).toBeGreaterThan(SPREAD_COUNT);
      if (isLong) console.log(`deliveries in the second database: ${elsewhere}`);
    }, "spread");
    expect(tally.count("duplicates", "unexplained")).toBe(0);
  }, 3_600_000);
});

async function check(seed: number, storage: ScheduleOptions, tally: Tally): Promise<string[]> {
  const report = await runSchedule(seed, storage);
  tally.add(report);
  if (report.problems.length === 0) return [];
  const text = describeReport(await shrink(report, storage));
  console.log(text);
  return [text];
}

/** How many seeds are tried before a mistake counts as not caught. */
const SEEDS_TRIED = 1_000;

describe("a Signalbox that is broken on purpose", () => {
  it.each(BROKEN)(
    "is caught when it $mistake",
    async ({ broken, caughtAs }) => {
      await inStorage(async (storage) => {
        const caught = await findCaught(storage, broken, caughtAs);
        expect(caught?.problems.join("\n")).toMatch(new RegExp(caughtAs.source, "m"));
        // The same schedule is no trouble for the one that is not broken.
        expect((await runSchedule(caught?.seed ?? 0, storage)).problems).toEqual([]);
      });
    },
    120_000,
  );
});

async function findCaught(
  storage: ScheduleOptions,
  broken: Partial<ScheduleOptions>,
  caughtAs: RegExp,
): Promise<ScheduleReport | undefined> {
  for (let seed = 1; seed <= SEEDS_TRIED; seed++) {
    // A mistake may also keep the world from ever coming to rest. That is not what is looked for here.
    const report = await runSchedule(seed, { ...storage, ...broken }).catch(() => undefined);
    if (report?.problems.some((problem) => caughtAs.test(problem)) === true) return report;
  }
  return undefined;
}
