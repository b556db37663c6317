// An inlet that goes silent, by its own rhythm: at the border of each condition, over nights, Sundays, and weeks.

import { beforeEach, describe, expect, it } from "vitest";
import { watchInlets } from "../../../src/jobs/inlet-silence.ts";
import { listIncidents, resolveIncident } from "../../../src/ledger/incidents.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { createBindings, recordingQueue, workingD1 } from "../faults.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** A Monday, 12:00. */
const NOON = Date.parse("2026-10-05T12:00:00.000Z");

beforeEach(async () => {
  await startOver();
  await ensureMigrated(workingD1());
  await publish({ ...createTable([]), inlets: { shop: { auth: "none" }, till: { auth: "none" } } });
});

/** What came in: of each five minutes that begin at the instants. */
async function arrive(instants: readonly number[], count = 1, inlet = "shop"): Promise<void> {
  const counts = JSON.stringify([
    ["sendouts", inlet, "routed", count],
    ["deliveries", "crm", "delivered", count],
  ]);
  await workingD1()
    .prepare(
      `INSERT INTO statistics (from_at, counts, open, counted_at) SELECT value, ?2, 0, 1 FROM json_each(?1) WHERE true
       ON CONFLICT (from_at) DO UPDATE SET counts = excluded.counts`,
    )
    .bind(JSON.stringify(instants), counts)
    .run();
}

/** The instants from one to before another, in steps. */
function every(step: number, from: number, to: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

/** The cron in the minute after an instant up to which the statistics have counted. */
async function look(countedTo: number, overrides: object = {}): Promise<void> {
  await workingD1().prepare("UPDATE jobs SET position = ?1 WHERE name = 'statistics'").bind(countedTo).run();
  await watchInlets(createBindings(overrides), countedTo + 2 * MINUTE);
}

/** Looks often enough for all history to be counted. */
async function catchUp(countedTo: number): Promise<void> {
  for (let looks = 0; looks < 9; looks++) await look(countedTo);
}

async function open(): Promise<string[]> {
  return (await listIncidents(workingD1(), { state: "open" })).map(({ kind, subject }) => `${kind} ${subject}`);
}

/** So many weeks in which a sendout came every quarter of an hour, up to an instant of the fifth. */
async function busyWeeks(weeks: number, until: number, count = 1): Promise<void> {
  await arrive(every(15 * MINUTE, NOON - weeks * WEEK, until), count);
}

describe("an inlet that used to be busy", () => {
  it.each([
    ["nine", 9, []],
    ["ten", 10, ["inlet_silent shop"]],
  ])("is silent when %s sendouts usually came in its time", async (_name, slots, found) => {
    await busyWeeks(4, NOON);
    await catchUp(NOON + slots * 15 * MINUTE);
    expect(await open()).toEqual(found);
  });

  it("is told with since when, and what is usual; and ends with the next sendout, within minutes", async () => {
    await busyWeeks(4, NOON, 40);
    await catchUp(NOON);
    expect(await open()).toEqual([]);
    await look(NOON + 15 * MINUTE);
    expect(await listIncidents(workingD1(), { state: "open" })).toMatchObject([
      { kind: "inlet_silent", subject: "shop", detail: expect.stringContaining("since 2026-10-05T12:00:00.000Z. ") },
    ]);
    expect((await listIncidents(workingD1()))[0]?.detail).toContain(
      "at least 40 sendouts came in each of the last 4 weeks",
    );
    await arrive([NOON + 15 * MINUTE]);
    await look(NOON + 20 * MINUTE);
    expect(await listIncidents(workingD1())).toMatchObject([{ resolvedBy: "itself" }]);
  });

  it.each([
    [1, []],
    [2, ["inlet_silent shop"]],
  ])("needs two weeks to be known; here %i", async (weeks, found) => {
    await busyWeeks(weeks, NOON, 100);
    await catchUp(NOON + HOUR);
    expect(await open()).toEqual(found);
  });

  it("stays an incident through weeks of silence, by the weeks before it", async () => {
    await busyWeeks(4, NOON, 5);
    for (const after of [DAY, WEEK, 2 * WEEK, 3 * WEEK]) {
      await catchUp(NOON + after);
      expect([after / DAY, await open()]).toEqual([after / DAY, ["inlet_silent shop"]]);
    }
  });

  it("is not told again of a silence that a person has resolved, and is of the next one", async () => {
    await busyWeeks(4, NOON, 40);
    await catchUp(NOON + HOUR);
    await resolveIncident(workingD1(), { kind: "inlet_silent", subject: "shop" }, NOON + 2 * HOUR);
    await look(NOON + 5 * HOUR);
    expect(await open()).toEqual([]);
    await arrive([NOON + 5 * HOUR]);
    await look(NOON + 6 * HOUR);
    expect(await open()).toEqual(["inlet_silent shop"]);
  });

  it("is none any more once it is not in the table", async () => {
    await busyWeeks(4, NOON, 40);
    await catchUp(NOON + HOUR);
    await publish({ ...createTable([]), inlets: { till: { auth: "none" } } });
    await look(NOON + HOUR + 5 * MINUTE);
    expect(await open()).toEqual([]);
  });
});

describe("a shop that sleeps", () => {
  /** Open from 7 to 22 o'clock but on Sundays, with a sendout in every five minutes. */
  function isOpen(instant: number): boolean {
    const date = new Date(instant);
    return date.getUTCDay() !== 0 && date.getUTCHours() >= 7 && date.getUTCHours() < 22;
  }

  it("raises nothing in any night or on any Sunday of a week", async () => {
    const until = NOON + WEEK;
    const arrivals = every(5 * MINUTE, NOON - 3 * WEEK, until).filter(isOpen);
    await arrive(arrivals);
    await catchUp(NOON);
    for (const instant of every(HOUR, NOON, until).filter((at) => !isOpen(at) || !isOpen(at - HOUR))) {
      await look(instant);
      expect([new Date(instant).toISOString(), await open()]).toEqual([new Date(instant).toISOString(), []]);
    }
  }, 30_000);

  it("is told in the morning on which nothing comes", async () => {
    const night = Date.parse("2026-10-05T22:00:00.000Z");
    await arrive(every(5 * MINUTE, NOON - 3 * WEEK, night).filter(isOpen));
    await catchUp(night + 9 * HOUR + 45 * MINUTE);
    expect(await open()).toEqual([]);
    await look(night + 10 * HOUR);
    expect(await open()).toEqual(["inlet_silent shop"]);
  });
});

describe("nothing is said", () => {
  it.each([
    ["of an inlet at which nothing ever came in", async () => {}],
    ["of one at which something comes in now and then", async () => arrive(every(3 * HOUR, NOON - 4 * WEEK, NOON))],
  ])("%s", async (_name, happen) => {
    await happen();
    await catchUp(NOON + 6 * HOUR);
    expect(await open()).toEqual([]);
  });

  it("while sendouts wait in the queue, and what is open stays so", async () => {
    await busyWeeks(4, NOON, 40);
    await catchUp(NOON);
    const waiting = (oldest: number) => {
      const INGEST = recordingQueue();
      const oldestMessageTimestamp = new Date(oldest);
      INGEST.metrics = async () => ({ backlogCount: 9, backlogBytes: 0, oldestMessageTimestamp });
      return { INGEST };
    };
    await look(NOON + HOUR, waiting(NOON + HOUR - 1));
    expect(await open()).toEqual([]);
    await look(NOON + HOUR, waiting(NOON + HOUR));
    expect(await open()).toEqual(["inlet_silent shop"]);
  });

  it("while the statistics are behind", async () => {
    await busyWeeks(4, NOON, 40);
    await catchUp(NOON);
    await workingD1()
      .prepare("UPDATE jobs SET position = ?1 WHERE name = 'statistics'")
      .bind(NOON + HOUR)
      .run();
    await watchInlets(createBindings(), NOON + HOUR + 32 * MINUTE);
    expect(await open()).toEqual([]);
  });
});

describe("the rhythm", () => {
  const slots = async () => (await workingD1().prepare("SELECT * FROM inlet_slots ORDER BY inlet, slot").all()).results;
  const SLOT = NOON / (15 * MINUTE);

  it("is counted in quarters of an hour that are over, and once more where the statistics changed", async () => {
    await arrive([NOON, NOON + 10 * MINUTE], 2);
    await arrive([NOON + 15 * MINUTE], 3, "till");
    await catchUp(NOON + 20 * MINUTE);
    expect(await slots()).toEqual([{ inlet: "shop", slot: SLOT, count: 4 }]);
    await arrive([NOON], 5);
    await look(NOON + 30 * MINUTE);
    expect(await slots()).toEqual([
      { inlet: "shop", slot: SLOT, count: 7 },
      { inlet: "till", slot: SLOT + 1, count: 3 },
    ]);
  });

  it("is counted from where the statistics were taken back to", async () => {
    await arrive([NOON]);
    await catchUp(NOON + 6 * HOUR);
    await arrive([NOON], 9);
    await look(NOON);
    await look(NOON + 6 * HOUR);
    expect(await slots()).toEqual([{ inlet: "shop", slot: SLOT, count: 9 }]);
  });

  it("is forgotten after eight weeks", async () => {
    await arrive([NOON]);
    await catchUp(NOON + HOUR);
    expect(await slots()).toHaveLength(1);
    await catchUp(NOON + 8 * WEEK + DAY);
    expect(await slots()).toEqual([]);
  });

  it("costs a row for each inlet and quarter of an hour, and one for the job", async () => {
    await busyWeeks(1, NOON + 15 * MINUTE);
    await catchUp(NOON);
    const LEDGER = workingD1();
    for (const after of [15, 20, 25]) await look(NOON + after * MINUTE, { LEDGER });
    expect(LEDGER.rowsWritten).toBe(2);
  });
});
