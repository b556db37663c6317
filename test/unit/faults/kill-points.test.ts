// A crash at every await of ingest, both consumers and the sweeper, each followed by recovery: nothing is lost, nothing
// stays behind, what goes in order keeps it, and a target gets a request twice only where its answer had not been written
// down yet.

import { describe, expect, it } from "vitest";
import type { Step } from "../../faults/calls.ts";
import { inStorage } from "../../faults/in-storage.ts";
import { killAt, listKillPoints, type Outcome } from "../../faults/kill-points.ts";
import { IN_ORDER, isTurn, PLAIN, WITH_JOURNAL, type Scenario } from "../../faults/kill-scenarios.ts";
import { formatTable } from "../../faults/tally.ts";

async function killEverywhere(scenario: Scenario, steps: readonly Step[]): Promise<Outcome[]> {
  return inStorage(async (storage) => {
    const outcomes: Outcome[] = [];
    const points = await listKillPoints(storage, scenario);
    for (const point of points.filter(({ step }) => steps.includes(step))) {
      outcomes.push(await killAt(storage, scenario, point));
    }
    console.log(formatTable([HEADING, ...outcomes.map((outcome) => [scenario.name, ...toRow(outcome)])]));
    return outcomes;
  });
}

function toRow(outcome: Outcome): string[] {
  const { step, number, name, when, lost, stuck, duplicates, isKeySame, areBytesSame, isInOrder, minutes } = outcome;
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
    isInOrder ? "kept" : "BROKEN",
    String(minutes),
  ];
}

const HEADING = [
  "scenario",
  "step",
  "await",
  "call",
  "crash",
  "lost",
  "stuck",
  "duplicates",
  "keys",
  "bytes",
  "order",
  "minutes",
];

/** Those that lost something, left it behind, sent it with another key or other bytes, or out of its order. */
function wrongOnes(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(
    ({ lost, stuck, isKeySame, areBytesSame, isInOrder, others }) =>
      lost > 0 || stuck > 0 || !isKeySame || !areBytesSame || !isInOrder || others.length > 0,
  );
}

/**
 * Those where a target has answered and the ledger does not know it yet: the one moment in which a crash cannot be told
 * from a failure. The cron may be at work in the same isolate at that moment.
 */
function betweenAnswerAndRecord(outcomes: readonly Outcome[]): Outcome[] {
  let isUnknown = false;
  return outcomes.filter(({ name, when }) => {
    if (name.startsWith("fetch ")) isUnknown = when !== "before";
    if (name === "INSERT deliveries" && when !== "before") isUnknown = false;
    return isUnknown;
  });
}

function expectDuplicatesOnlyThere(outcomes: readonly Outcome[]): void {
  const repeated = outcomes.filter(({ duplicates }) => duplicates.length > 0);
  expect(repeated.length).toBeGreaterThan(0);
  expect(new Set(repeated.flatMap(({ duplicates }) => duplicates))).toEqual(new Set(["crash"]));
  expect(betweenAnswerAndRecord(outcomes)).toEqual(expect.arrayContaining(repeated));
}

describe("a crash at every await", () => {
  const steps: Step[] = ["post", "ingest", "deliver", "cron"];

  it("loses nothing, leaves nothing stuck, and repeats a request only with its key and bytes", async () => {
    const outcomes = await killEverywhere(PLAIN, steps);
    expect(new Set(outcomes.map(({ step }) => step))).toEqual(new Set(steps));
    expect(outcomes.map(({ name }) => name)).toContain("SELECT vault_secrets");
    expect(wrongOnes(outcomes)).toEqual([]);
    expectDuplicatesOnlyThere(outcomes);
  }, 60_000);

  it("does so where deliveries go in order, and each key keeps its order", async () => {
    const outcomes = await killEverywhere(IN_ORDER, steps);
    // Turns are given where a delivery ends, and by the cron where that came to nothing.
    const givers = outcomes.filter(({ name }) => isTurn(name)).map(({ step }) => step);
    expect(new Set(givers)).toEqual(new Set(["ingest", "deliver", "cron"]));
    expect(wrongOnes(outcomes)).toEqual([]);
    expectDuplicatesOnlyThere(outcomes);
  }, 120_000);

  it("loses and repeats nothing between the queue, the journal and the ledger either", async () => {
    const outcomes = await killEverywhere(WITH_JOURNAL, ["post", "ingest"]);
    expect(new Set(outcomes.map(({ step }) => step))).toEqual(new Set(["post", "ingest"]));
    expect(outcomes.map(({ name }) => name)).toEqual(expect.arrayContaining(["INBOX.keep", "INBOX.release"]));
    expect(wrongOnes(outcomes)).toEqual([]);
    expect(outcomes.flatMap(({ duplicates }) => duplicates)).toEqual([]);
  }, 60_000);
});
