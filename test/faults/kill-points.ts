// The kill-point matrix: a story is run through once for every await of every step, each time with the isolate ending
// there. Then the queues offer again what they have, the cron comes by, and time passes.

import * as v from "valibot";
import { FAULTS_OF, type BindingKind, type Call, type Fault, type Step } from "./calls.ts";
import type { Storage } from "./in-storage.ts";
import type { DuplicateCause } from "./invariants.ts";
import type { Scenario } from "./kill-scenarios.ts";
import { runScenario } from "./run-scenario.ts";
import type { TargetCall } from "./target.ts";

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
  duplicates: DuplicateCause[];
  isKeySame: boolean;
  areBytesSame: boolean;
  /** Whether no target was called for a sendout again once it had been called for a later one of the same customer. */
  isInOrder: boolean;
  others: string[];
  minutes: number;
}

/** Every point of a story, in the order of a run in which nothing else happens. */
export async function listKillPoints(storage: Storage, scenario: Scenario): Promise<KillPoint[]> {
  const points: KillPoint[] = [];
  const met = new Map<Step, number>();
  await runScenario(storage, scenario, ({ invocation: { step }, name, kind }) => {
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

/** Runs a story with the isolate ending at one point. */
export async function killAt(storage: Storage, scenario: Scenario, point: KillPoint): Promise<Outcome> {
  let met = 0;
  const fault: Fault = point.when === "before" ? "crash_before" : "crash_after";
  const strike = ({ invocation }: Call) => {
    if (invocation.step !== point.step) return undefined;
    met++;
    return met === point.number ? fault : undefined;
  };
  const run = await runScenario(storage, scenario, strike, point.when === "after, acks kept");
  const { problems, calls, duplicates, minutes } = run;
  const bySendout = [...Map.groupBy(calls, (call) => `${call.target} ${sendoutOf(call)}`).values()];
  const count = (kind: string) => problems.filter((problem) => problem.startsWith(`${kind}: `)).length;
  return {
    ...point,
    lost: count("lost"),
    stuck: count("stuck"),
    duplicates,
    isKeySame: bySendout.every((together) => new Set(together.map(({ key }) => key)).size === 1),
    areBytesSame: bySendout.every((together) => new Set(together.map(({ body }) => body)).size === 1),
    isInOrder: isInOrder(calls, scenario),
    others: [
      ...problems.filter((problem) => !/^(?:lost|stuck): /.test(problem)),
      ...(run.crashes === 1 ? [] : ["nothing ended"]),
    ],
    minutes,
  };
}

function isInOrder(calls: readonly TargetCall[], { sendouts }: Scenario): boolean {
  const numbers = Map.groupBy(
    calls.map((call) => ({ target: call.target, number: sendoutOf(call) })),
    ({ target, number }) => `${target} ${sendouts[number]?.customer}`,
  );
  return [...numbers.values()].every((together) =>
    together.every(({ number }, index) => number >= (together[index - 1]?.number ?? 0)),
  );
}

/** Which sendout a call is for, by the code that its body has. */
function sendoutOf({ body }: TargetCall): number {
  const { code } = v.parse(BodySchema, body);
  return Number(code.replace("CODE-", ""));
}

const BodySchema = v.pipe(v.string(), v.parseJson(), v.object({ code: v.string() }));
