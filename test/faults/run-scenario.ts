// Runs a story of the kill-point matrix to its end, and says what became of it.

import type { Call, Fault } from "./calls.ts";
import { checkOrder, type PlacedCall } from "./check-order.ts";
import { checkCredential, createLeakCheck } from "./check-secrets.ts";
import { MINUTE_MS, START_AT } from "./clock.ts";
import { clearInbox } from "./inbox-object.ts";
import type { Storage } from "./in-storage.ts";
import { checkCall, checkChanges, checkEnd, checkLog, findDuplicates, type DuplicateCause } from "./invariants.ts";
import type { Scenario } from "./kill-scenarios.ts";
import { prepareLedger, readChanges, readLedger } from "./ledger-audit.ts";
import { createRandom } from "./random.ts";
import { isCronNeeded, isSettled } from "./recovery.ts";
import { createSender, type Sender } from "./sender.ts";
import { createDocument, expectationOf, targetsOfVault } from "./target-plans.ts";
import type { TargetCall } from "./target.ts";
import { VaultValues } from "./vault-values.ts";
import { World } from "./world.ts";

/** After so many minutes everything must have ended. */
const MINUTES_MAX = 120;
const RESUME_MINUTE = 5;

/** What became of a story. */
export interface Run {
  problems: string[];
  calls: TargetCall[];
  duplicates: DuplicateCause[];
  minutes: number;
  crashes: number;
}

/**
 * Runs a story.
 *
 * @param plan what happens to calls besides what belongs to the story
 * @param fatesSurvive whether what a consumer said before its isolate ended reached the queue
 */
export async function runScenario(
  { state, ledger, countChanges }: Storage,
  scenario: Scenario,
  plan: (call: Call) => Fault | undefined,
  fatesSurvive = false,
): Promise<Run> {
  const { targets, journal } = scenario;
  const expected = expectationOf(targets);
  const values = new VaultValues();
  const placed: PlacedCall[] = [];
  const mishap = scenario.createMishap();
  await prepareLedger(ledger);
  await clearInbox(state);
  const world: World = new World({
    state,
    ledger,
    journal,
    plan: (call) => {
      const own = mishap(call);
      return plan(call) ?? own;
    },
    startAt: START_AT,
    random: createRandom(1),
    duplicates: 0,
    behave: (target) => (target === "crm" && world.calls.every((call) => call.target !== target) ? "fail" : "accept"),
    fatesSurvive: () => fatesSurvive,
    onCall: (call, { calls, problems }) => {
      problems.push(...checkCall(call, calls, expected), ...checkCredential(call, targetsOfVault(targets), values));
      if (countChanges !== undefined) placed.push({ call, after: countChanges() });
    },
    onWrite: createLeakCheck(values, (problem) => void world.problems.push(problem)),
  });
  try {
    const sender = await createSender(world, createDocument(targets, 1), values);
    const minutes = await play(world, sender, scenario);
    const problems = await findProblems(world, sender, scenario, placed);
    const { calls, counts } = world;
    return { problems, calls, duplicates: findDuplicates(calls, () => true), minutes, crashes: counts.crashes };
  } finally {
    world.close();
  }
}

/** Returns how many minutes it took. */
async function play(world: World, sender: Sender, { sendouts, paused }: Scenario): Promise<number> {
  for (const { customer, afterMs } of sendouts) {
    const ref = await sender.create(customer);
    world.at(START_AT + afterMs, () => sender.post(ref));
  }
  if (paused !== undefined) sender.admin(`targets/${paused}/pause`, {});
  let minutes = 0;
  while (minutes < MINUTES_MAX) {
    minutes++;
    await world.runUntil(START_AT + minutes * MINUTE_MS);
    const isResumed = minutes >= RESUME_MINUTE && (minutes - RESUME_MINUTE) % 10 === 0;
    if (paused !== undefined && isResumed && world.calls.every(({ target }) => target !== paused)) {
      sender.admin(`targets/${paused}/resume`, {});
      await world.runUntil(world.clock.now);
    }
    if (minutes > RESUME_MINUTE && world.isAtRest && sender.isDone && (await isSettled(world, world.ledger))) break;
    if (await isCronNeeded(world, world.ledger)) world.cron();
  }
  await world.runUntil(world.clock.now + MINUTE_MS);
  return minutes;
}

async function findProblems(
  world: World,
  sender: Sender,
  { targets, sendouts }: Scenario,
  placed: readonly PlacedCall[],
): Promise<string[]> {
  const expected = expectationOf(targets);
  const [end, changes] = [await readLedger(world.ledger), await readChanges(world.ledger)];
  const ordered = new Set(targets.flatMap(({ name, orderBy }) => (orderBy === undefined ? [] : [name])));
  const problems = [
    ...world.problems,
    ...checkChanges(changes, expected),
    ...checkEnd(end, sender.posted, expected),
    ...checkLog(end, world.calls),
    ...checkOrder(changes, placed, ordered, new Map()).problems,
  ];
  if (sender.posted.some(({ accepted }) => accepted.length === 0)) problems.push("lost: a sendout was never accepted");
  if (end.deliveries.some((delivery) => delivery.state !== "delivered"))
    problems.push("lost: not everything was delivered");
  if (end.deliveries.length !== targets.length * sendouts.length)
    problems.push("lost: not every target has a delivery of each sendout");
  if (!world.isAtRest) problems.push(`stuck: ${world.describe()}`);
  return problems;
}
