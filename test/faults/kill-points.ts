// The kill-point matrix: one sendout to two targets, of which one fails at first and the other is paused, run through
// once for every await of every step, each time with the isolate ending there. Then the queues offer again what they
// have, the cron comes by, and time passes.

import { FAULTS_OF, type BindingKind, type Call, type Fault, type Step } from "./calls.ts";
import { checkCall, checkChanges, checkEnd, checkLog, findDuplicates } from "./invariants.ts";
import { prepareLedger, readChanges, readLedger } from "./ledger-audit.ts";
import { createRandom } from "./random.ts";
import {
  clearInbox,
  createDocument,
  expectationOf,
  isCronNeeded,
  isSettled,
  MINUTE_MS,
  START_AT,
  type TargetPlan,
} from "./schedule.ts";
import { createSender } from "./sender.ts";
import type { Storage } from "./in-storage.ts";
import { World } from "./world.ts";

/** Where an isolate ends: at which await of a step, before or after it did its work, and whether its acks got through. */
export interface KillPoint {
  step: Step;
  number: number;
  name: string;
  when: "before" | "after" | "after, acks kept";
}

/** What came of it. */
export interface Outcome extends KillPoint {
  lost: number;
  stuck: number;
  duplicates: string[];
  isKeySame: boolean;
  areBytesSame: boolean;
  others: string[];
  minutes: number;
}

/** The first of them fails once and then waits in the ledger; the second is paused until the fifth minute. */
const TARGETS: readonly TargetPlan[] = [
  { name: "crm", route: "to-crm", retry: [1_200, 5] },
  { name: "mail", route: "to-mail", retry: [5] },
];

/** After so many minutes everything must have ended. */
const MINUTES_MAX = 120;
const RESUME_MINUTE = 5;

/** Every point of the scenario, in the order of a run in which nothing happens. */
export async function listKillPoints(storage: Storage, journal: boolean): Promise<KillPoint[]> {
  const points: KillPoint[] = [];
  const met = new Map<Step, number>();
  await runScenario(storage, journal, ({ invocation: { step }, name, kind }) => {
    const number = (met.get(step) ?? 0) + 1;
    met.set(step, number);
    if (step === "admin" || !canCrash(kind)) return undefined;
    points.push({ step, number, name, when: "before" }, { step, number, name, when: "after" });
    // Only a consumer has something to acknowledge.
    if (step === "ingest" || step === "deliver") points.push({ step, number, name, when: "after, acks kept" });
    return undefined;
  });
  return points;
}

function canCrash(kind: BindingKind): boolean {
  const faults: readonly Fault[] = FAULTS_OF[kind];
  return faults.includes("crash_after");
}

/** Runs the scenario with the isolate ending at one point. */
export async function killAt(storage: Storage, journal: boolean, point: KillPoint): Promise<Outcome> {
  let met = 0;
  const fault: Fault = point.when === "before" ? "crash_before" : "crash_after";
  const strike = ({ invocation }: Call) => {
    if (invocation.step !== point.step) return undefined;
    met++;
    return met === point.number ? fault : undefined;
  };
  const run = await runScenario(storage, journal, strike, point.when === "after, acks kept");
  const { problems, calls } = run;
  const byTarget = [...Map.groupBy(calls, ({ target }) => target).values()];
  const count = (kind: string) => problems.filter((problem) => problem.startsWith(`${kind}: `)).length;
  return {
    ...point,
    lost: count("lost"),
    stuck: count("stuck"),
    duplicates: run.duplicates,
    isKeySame: byTarget.every((together) => new Set(together.map(({ key }) => key)).size === 1),
    areBytesSame: byTarget.every((together) => new Set(together.map(({ body }) => body)).size === 1),
    others: [
      ...problems.filter((problem) => !/^(?:lost|stuck): /.test(problem)),
      ...(run.crashes === 1 ? [] : ["nothing ended"]),
    ],
    minutes: run.minutes,
  };
}

async function runScenario(
  { state, ledger }: Storage,
  journal: boolean,
  plan: (call: Call) => Fault | undefined,
  fatesSurvive = false,
) {
  const expected = expectationOf(TARGETS);
  await prepareLedger(ledger);
  await clearInbox(state);
  const world: World = new World({
    state,
    ledger,
    journal,
    plan,
    startAt: START_AT,
    random: createRandom(1),
    duplicates: 0,
    behave: (target, key) => (target === "crm" && !world.calls.some((call) => call.key === key) ? "fail" : "accept"),
    fatesSurvive: () => fatesSurvive,
    onCall: (call, { calls, problems }) => void problems.push(...checkCall(call, calls, expected)),
  });
  try {
    const sender = await createSender(world, createDocument(TARGETS, 1));
    const ref = await sender.create();
    sender.admin("targets/mail/pause", {});
    world.at(START_AT + 1_000, () => sender.post(ref));
    let minutes = 0;
    while (minutes < MINUTES_MAX) {
      minutes++;
      await world.runUntil(START_AT + minutes * MINUTE_MS);
      if (
        minutes >= RESUME_MINUTE &&
        world.calls.every(({ target }) => target !== "mail") &&
        (minutes - RESUME_MINUTE) % 10 === 0
      ) {
        sender.admin("targets/mail/resume", {});
        await world.runUntil(world.clock.now);
      }
      if (minutes > RESUME_MINUTE && world.isAtRest && sender.isDone && (await isSettled(world, ledger))) break;
      if (await isCronNeeded(world, ledger)) world.cron();
    }
    await world.runUntil(world.clock.now + MINUTE_MS);
    const [end, changes] = [await readLedger(ledger), await readChanges(ledger)];
    const problems = [...world.problems, ...checkChanges(changes, expected), ...checkEnd(end, sender.posted, expected)];
    problems.push(...checkLog(end, world.calls));
    if (sender.posted.some(({ accepted }) => accepted.length === 0))
      problems.push("lost: the sendout was never accepted");
    if (end.deliveries.some((delivery) => delivery.state !== "delivered"))
      problems.push("lost: not everything was delivered");
    if (end.deliveries.length !== TARGETS.length) problems.push("lost: not every target has a delivery");
    if (!world.isAtRest) problems.push(`stuck: ${world.describe()}`);
    const { calls, counts } = world;
    const duplicates = findDuplicates(calls, () => true);
    return { problems, calls, duplicates, minutes, crashes: counts.crashes };
  } finally {
    world.close();
  }
}
