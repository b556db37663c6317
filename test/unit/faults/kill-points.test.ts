// A crash at every await of ingest, both consumers and the sweeper, each followed by recovery: nothing is lost, nothing
// stays behind, and a target gets a request twice only where its answer had not been written down yet.

import { describe, expect, it } from "vitest";
import type { Step } from "../../faults/calls.ts";
import { inStorage } from "../../faults/in-storage.ts";
import { killAt, listKillPoints, type Outcome } from "../../faults/kill-points.ts";
import { formatTable } from "../../faults/tally.ts";

async function killEverywhere(steps: readonly Step[], journal: boolean): Promise<Outcome[]> {
  return inStorage(async (storage) => {
    const outcomes: Outcome[] = [];
    const points = await listKillPoints(storage, journal);
    for (const point of points.filter(({ step }) => steps.includes(step))) {
      outcomes.push(await killAt(storage, journal, point));
    }
    console.log(formatTable([HEADING, ...outcomes.map(toRow)]));
    return outcomes;
  });
}

function toRow(outcome: Outcome): string[] {
  const { step, number, name, when, lost, stuck, duplicates, isKeySame, areBytesSame, minutes } = outcome;
  const twice = duplicates.length === 0 ? "0" : `${duplicates.length} (${[...new Set(duplicates)].join(", ")})`;
  const same = (is: boolean) => (is ? "same" : "DIFFER");
  return [
    step,
    String(number),
    name,
    when,
    String(lost),
    String(stuck),
    twice,
    same(isKeySame),
    same(areBytesSame),
    String(minutes),
  ];
}

const HEADING = ["step", "await", "call", "crash", "lost", "stuck", "duplicates", "keys", "bytes", "minutes"];

/** Those that lost something, left it behind, or sent it with another key or other bytes. */
function wrongOnes(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(
    ({ lost, stuck, isKeySame, areBytesSame, others }) =>
      lost > 0 || stuck > 0 || !isKeySame || !areBytesSame || others.length > 0,
  );
}

describe("a crash at every await", () => {
  it("loses nothing, leaves nothing stuck, and repeats a request only with its key and bytes", async () => {
    const steps: Step[] = ["post", "ingest", "deliver", "cron"];
    const outcomes = await killEverywhere(steps, false);
    expect(new Set(outcomes.map(({ step }) => step))).toEqual(new Set(steps));
    expect(wrongOnes(outcomes)).toEqual([]);
    const repeated = outcomes.filter(({ duplicates }) => duplicates.length > 0);
    // The target has it and the ledger has not: the one moment in which a crash cannot be told from a failure.
    expect(new Set(repeated.map(({ step }) => step))).toEqual(new Set(["deliver"]));
    expect(new Set(repeated.flatMap(({ duplicates }) => duplicates))).toEqual(new Set(["crash"]));
  }, 60_000);

  it("loses and repeats nothing between the queue, the journal and the ledger either", async () => {
    const steps: Step[] = ["post", "ingest"];
    const outcomes = await killEverywhere(steps, true);
    expect(new Set(outcomes.map(({ step }) => step))).toEqual(new Set(steps));
    expect(outcomes.map(({ name }) => name)).toEqual(expect.arrayContaining(["INBOX.keep", "INBOX.release"]));
    expect(wrongOnes(outcomes)).toEqual([]);
    expect(outcomes.flatMap(({ duplicates }) => duplicates)).toEqual([]);
  }, 60_000);
});
