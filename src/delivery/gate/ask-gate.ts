// What the consumer calls: asks a target's gate, and tells it how calls ended. A gate that does not answer in time is
// replaced by one in this isolate's memory, which keeps to the same rules with what it has seen itself. Delivery never
// stops for want of a gate.

import { logFailure } from "../../log.ts";
import type { Admissions, GateState, Report } from "./admission.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Lane } from "./pace.ts";
import type { Limits } from "./policy.ts";
import type { TargetGate } from "./target-gate.ts";

/** The binding this needs; an installation may do without. */
export interface GateBindings {
  TARGET_GATE?: DurableObjectNamespace<TargetGate>;
}

/** How long a gate may take to answer, in milliseconds: what a delivery can lose to a gate that hangs. */
export const GATE_BUDGET_MS = 1_000;

/** How long an account's gate is not asked after it did not answer, in milliseconds, so that not every batch waits. */
export const GATE_PAUSE_MS = 5_000;

/** Gates kept in an isolate's memory, at most; the one that was made first goes first. */
const LOCAL_GATES_MAX = 500;

/** A gate's answers, in the order of the ids; `local` when they are this isolate's own. */
export type Answer = Admissions & { local: boolean };

/**
 * Asks a target's gate which of its deliveries may go; see `Gate.admit`. Several targets are asked side by side by
 * calling this for each. Never rejects, and takes no longer than the budget.
 *
 * @param account the target account, which names the gate
 */
export async function askGate(
  env: GateBindings,
  account: string,
  ids: readonly string[],
  limits: Limits,
  leaseMs: number,
  now: number,
): Promise<Answer> {
  const answer = await reach(env, account, now, async (gate) => gate.admit(ids, limits, leaseMs, now));
  if (answer !== undefined) return { admissions: answer.admissions, lane: answer.lane, local: false };
  return { ...localGate(env, account).admit(ids, limits, leaseMs, now), local: true };
}

/**
 * Tells a target's gate how calls ended; `readRateHeaders` makes what an answer's headers say part of a report. Never
 * rejects: a call whose report is lost counts as under way until its lease ends.
 *
 * @returns the target's lane; undefined when no gate knows it
 */
export async function tellGate(
  env: GateBindings,
  account: string,
  reports: readonly Report[],
  now: number,
): Promise<Lane | undefined> {
  // What this isolate's own gate let through is known to no other; of the rest it learns how the target is.
  const local = memoryOf(env).gates.get(account)?.report(reports, now);
  return (await reach(env, account, now, async (gate) => gate.report(reports, now))) ?? local;
}

/** How an account's gate stands, for people; undefined when it does not say. Never rejects. */
export async function lookAtGate(env: GateBindings, account: string, now: number): Promise<GateState | undefined> {
  return reach(env, account, now, async (gate) => gate.state(now));
}

/** This isolate's own gates, and which accounts' gates did not answer, since when. Lives as long as the isolate. */
interface Memory {
  gates: Map<string, Gate>;
  /** By account: until when its gate is not asked. */
  silentUntil: Map<string, number>;
  /** Whether it has been logged that gates do not answer, since the last one did. */
  logged: boolean;
}

const memories = new WeakMap<object, Memory>();

/** By binding; without one, by the bindings as a whole. */
function memoryOf(env: GateBindings): Memory {
  const key = env.TARGET_GATE ?? env;
  const memory = memories.get(key) ?? { gates: new Map(), silentUntil: new Map(), logged: false };
  memories.set(key, memory);
  return memory;
}

function localGate(env: GateBindings, account: string): Gate {
  const { gates } = memoryOf(env);
  const known = gates.get(account);
  if (known !== undefined) return known;
  const gate = createGate();
  gates.set(account, gate);
  const [oldest] = gates.keys();
  if (gates.size > LOCAL_GATES_MAX && oldest !== undefined) gates.delete(oldest);
  return gate;
}

/** Has the account's object do something; undefined when it does not in time, or did not a moment ago. */
async function reach<T>(
  env: GateBindings,
  account: string,
  now: number,
  work: (gate: DurableObjectStub<TargetGate>) => Promise<T>,
): Promise<T | undefined> {
  const memory = memoryOf(env);
  if (env.TARGET_GATE === undefined || (memory.silentUntil.get(account) ?? 0) > now) return undefined;
  try {
    const answer = await inTime(work(env.TARGET_GATE.getByName(account)));
    memory.silentUntil.delete(account);
    memory.logged = false;
    return answer;
  } catch (error) {
    memory.silentUntil.set(account, now + GATE_PAUSE_MS);
    if (!memory.logged) logFailure("gate_unreachable", error, { account });
    memory.logged = true;
    return undefined;
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the gate took longer than its budget")), GATE_BUDGET_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
