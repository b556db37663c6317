// Counting what came in: each span once, again while anything of it is under way, and from the start for what came late.

import { beforeEach, describe, expect, it } from "vitest";
import { SPAN_MS, spanOf, type Count } from "../../../src/ledger/count-traffic.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { writeEntries, type Entry } from "../../../src/ledger/record.ts";
import { countOn, readSizes, readStatistics, readSums } from "../../../src/ledger/statistics.ts";
import { downD1, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { createSendoutRow } from "./rows.ts";

/** The beginning of a span, and an instant by which it is over. */
const SPAN = spanOf(SENT_AT);
const OVER = SPAN + SPAN_MS + 60_000;

beforeEach(startOver);

function sendout(id: string, at: number, targets: readonly string[] = [], inlet = "voucherify"): Entry {
  const planned = JSON.stringify(targets.map((target) => ({ target, route: "all" })));
  const state = targets.length === 0 ? "unrouted" : "routed";
  return { kind: "sendout", row: createSendoutRow({ id, received_at: at, inlet, state, planned }) };
}

function outcome(sendoutId: string, target: string, at: number, parts: Partial<Outcome> = {}): Entry {
  const base = { copy: 0, route: "all", reason: null, round: 0, attemptsBefore: 0, dueAt: null, sweepAt: null };
  const ended = { sendoutId, target, state: "delivered" as const, attemptsMade: 1, updatedAt: at, request: "" };
  return { kind: "outcome", outcome: { ...base, ...ended, attempt: { at, ms: 5, status: 200 }, ...parts } };
}

async function write(...entries: Entry[]): Promise<void> {
  await writeEntries(workingD1(), entries);
}

/** What was counted, as texts in order. */
function texts(counts: readonly Count[]): string[] {
  return counts.map((count) => count.join(" ")).toSorted();
}

async function stepsBetween(since: number, until: number, stepMs = SPAN_MS) {
  const { steps } = await readStatistics({ LEDGER: workingD1() }, since, until, stepMs);
  return steps.map(({ at, counts }) => ({ at, counts: texts(counts) }));
}

describe("countOn", () => {
  it("counts a span that is over: sendouts, deliveries, attempts, and how long they took", async () => {
    await write(sendout("so_1", SPAN, ["crm", "mail"]), sendout("so_2", SPAN + 1, ["crm"]), sendout("so_3", SPAN + 2));
    await write(outcome("so_1", "crm", SPAN + 80), outcome("so_2", "crm", SPAN + 30_001, { attemptsMade: 3 }));
    await countOn({ LEDGER: workingD1() }, OVER);
    expect(texts(await readSums(workingD1()))).toEqual([
      "attempts crm  4",
      "deliveries crm delivered 2",
      "deliveries mail pending 1",
      "latency crm 10 1",
      "latency crm 3 1",
      "sendouts voucherify routed 2",
      "sendouts voucherify unrouted 1",
    ]);
  });

  it("counts nothing twice, however often it runs", async () => {
    await write(sendout("so_1", SPAN, ["crm"]), outcome("so_1", "crm", SPAN + 80));
    await countOn({ LEDGER: workingD1() }, OVER);
    const once = await readSums(workingD1());
    await countOn({ LEDGER: workingD1() }, OVER);
    await countOn({ LEDGER: workingD1() }, OVER + 3_600_000);
    expect(await readSums(workingD1())).toEqual(once);
  });

  it("counts nothing twice when it runs twice at once", async () => {
    await write(sendout("so_1", SPAN, ["crm"]), outcome("so_1", "crm", SPAN + 80));
    await Promise.all([
      countOn({ LEDGER: workingD1() }, OVER),
      countOn({ LEDGER: workingD1() }, OVER),
      countOn({ LEDGER: workingD1() }, OVER + 1),
    ]);
    expect(texts(await readSums(workingD1()))).toContain("sendouts voucherify routed 1");
  });

  it("counts a span again that had a delivery under way, until it has none", async () => {
    await write(sendout("so_1", SPAN, ["crm"]));
    await countOn({ LEDGER: workingD1() }, OVER);
    expect(texts(await readSums(workingD1()))).toContain("deliveries crm pending 1");
    await write(outcome("so_1", "crm", OVER, { state: "scheduled", reason: "status", dueAt: OVER + 9_000 }));
    await countOn({ LEDGER: workingD1() }, OVER + SPAN_MS);
    expect(texts(await readSums(workingD1()))).toContain("deliveries crm scheduled 1");
    await write(outcome("so_1", "crm", OVER + SPAN_MS, { attemptsMade: 2 }));
    await countOn({ LEDGER: workingD1() }, OVER + 3 * SPAN_MS);
    expect(texts(await readSums(workingD1()))).toEqual([
      "attempts crm  2",
      "deliveries crm delivered 1",
      "latency crm 13 1",
      "sendouts voucherify routed 1",
    ]);
  });

  it("counts again from where a sendout is recorded late", async () => {
    await write(sendout("so_1", SPAN, ["crm"]), outcome("so_1", "crm", SPAN + 80));
    await write(sendout("so_2", SPAN + SPAN_MS));
    await countOn({ LEDGER: workingD1() }, OVER + SPAN_MS);
    await write(sendout("so_3", SPAN + 3, [], "club"));
    await countOn({ LEDGER: workingD1() }, OVER + 2 * SPAN_MS);
    const sums = texts(await readSums(workingD1()));
    expect(sums).toContain("sendouts club unrouted 1");
    expect(sums).toContain("sendouts voucherify routed 1");
    expect(sums).toContain("sendouts voucherify unrouted 1");
  });

  it("goes over a gap of months in one run, and over a long backlog in several", async () => {
    const DAY_MS = 24 * 3_600_000;
    await write(sendout("so_0", SPAN - 90 * DAY_MS));
    for (let index = 0; index < 60; index++) await write(sendout(`so_${index + 1}`, SPAN + index * SPAN_MS));
    const now = SPAN + 61 * SPAN_MS;
    const seen: number[] = [];
    for (let run = 0; run < 4; run++) {
      await countOn({ LEDGER: workingD1() }, now);
      seen.push((await readSums(workingD1())).reduce((sum, [, , , n]) => sum + n, 0));
    }
    expect(seen).toEqual([1, 49, 61, 61]);
  });

  it("counts nothing while D1 is down, and everything afterwards", async () => {
    await write(sendout("so_1", SPAN));
    await expect(countOn({ LEDGER: downD1() }, OVER)).rejects.toThrow();
    await countOn({ LEDGER: workingD1() }, OVER);
    expect(texts(await readSums(workingD1()))).toEqual(["sendouts voucherify unrouted 1"]);
  });

  it("notes the size of the database once a day", async () => {
    await countOn({ LEDGER: workingD1() }, OVER);
    await write(sendout("so_1", SPAN));
    await countOn({ LEDGER: workingD1() }, OVER + 60_000);
    const { days, bytes } = await readSizes(workingD1(), 0);
    expect(days.map(({ day }) => day)).toEqual([OVER - (OVER % (24 * 3_600_000))]);
    expect(bytes).toBeGreaterThanOrEqual(days[0]?.bytes ?? Number.NaN);
  });
});

describe("readStatistics", () => {
  it("has what is counted and what is not yet", async () => {
    await write(sendout("so_1", SPAN));
    await countOn({ LEDGER: workingD1() }, OVER);
    await write(sendout("so_2", OVER));
    expect(await stepsBetween(SPAN, OVER + 1)).toEqual([
      { at: SPAN, counts: ["sendouts voucherify unrouted 1"] },
      { at: SPAN + SPAN_MS, counts: ["sendouts voucherify unrouted 1"] },
    ]);
  });

  it("has nothing twice while spans are about to be counted again", async () => {
    await write(sendout("so_1", SPAN), sendout("so_2", SPAN + SPAN_MS));
    await countOn({ LEDGER: workingD1() }, OVER + SPAN_MS);
    await write(sendout("so_3", SPAN + 1)); // what was counted is taken back
    const counted = (await stepsBetween(SPAN, OVER + SPAN_MS)).flatMap(({ counts }) => counts);
    expect(counted).toEqual(["sendouts voucherify unrouted 1", "sendouts voucherify unrouted 1"]);
  });

  it("adds up by step, and keeps to the time asked for", async () => {
    const hour = SPAN - (SPAN % 3_600_000);
    for (let index = 0; index < 13; index++) await write(sendout(`so_${index}`, hour + index * SPAN_MS));
    await countOn({ LEDGER: workingD1() }, hour + 14 * SPAN_MS);
    expect(await stepsBetween(hour, hour + 13 * SPAN_MS, 3_600_000)).toEqual([
      { at: hour, counts: ["sendouts voucherify unrouted 12"] },
      { at: hour + 3_600_000, counts: ["sendouts voucherify unrouted 1"] },
    ]);
    expect(await stepsBetween(hour, hour + SPAN_MS)).toHaveLength(1);
  });
});
