// Drives a gate in simulated time: ids that ask, come back when they were told to, and are called.

import { createGate, type Gate } from "../../../../src/delivery/gate/gate.ts";
import type { Admission, CallReport } from "../../../../src/delivery/gate/admission.ts";
import type { Limits } from "../../../../src/delivery/gate/policy.ts";

/** A moment to begin with: 2026-11-24T18:00:00Z. */
export const T0 = 1_795_543_200_000;

/** A lease longer than any call of these tests. */
export const LEASE_MS = 60_000;

/** `count` names. */
export function names(count: number, prefix = "d"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** Asks for one id. */
export function ask(gate: Gate, id: string, now: number, limits: Limits = {}): Admission {
  const [admission] = gate.admit([id], limits, LEASE_MS, now).admissions;
  if (admission === undefined) throw new Error("the gate gave no answer");
  return admission;
}

/** Asks for an id that must be let in, and gives its lease. */
export function enter(gate: Gate, id: string, now: number, limits: Limits = {}): number {
  const admission = ask(gate, id, now, limits);
  if (admission.verdict !== "go") throw new Error(`${id} was not let in: ${JSON.stringify(admission)}`);
  return admission.lease;
}

/** Lets one id in and has its call end at the same moment. */
export function call(gate: Gate, id: string, now: number, ending: Partial<CallReport> = {}, limits: Limits = {}): void {
  const lease = enter(gate, id, now, limits);
  gate.report([{ id, outcome: "delivered", lease, ms: 50, ...ending }], now);
}

/** A gate whose breaker has just opened, at T0. */
export function openGate(): Gate {
  const gate = createGate();
  for (const id of names(10, "failing")) call(gate, id, T0, { outcome: "failed" });
  return gate;
}

/** The most calls in any window [t, t + windowMs). */
export function mostInWindow(times: readonly number[], windowMs: number): number {
  let most = 0;
  let from = 0;
  for (const [to, time] of times.entries()) {
    while (time - (times[from] ?? time) >= windowMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** What became of a crowd. */
export interface Run {
  /** When each was let in, in that order. */
  admitted: { id: string; at: number }[];
  /** How often each asked. */
  asked: Map<string, number>;
  /** When each was first told to come back. */
  firstTurns: Map<string, number>;
  /** The most that were under way at once. */
  mostUnderWay: number;
}

interface Habits {
  limits: Limits;
  /** When the ids ask for the first time. */
  arrivals: readonly { id: string; at: number }[];
  /** How much later than told one comes back, in milliseconds. */
  lateMs?: (id: string) => number;
  /** How long a call takes. */
  callMs?: number;
  /** Steps after which this gives up. */
  stepsMax?: number;
}

/** Runs a crowd through a gate until everybody was let in. Every call ends well. */
export function run(gate: Gate, { limits, arrivals, lateMs = () => 0, callMs = 1, stepsMax = 200_000 }: Habits): Run {
  const result: Run = { admitted: [], asked: new Map(), firstTurns: new Map(), mostUnderWay: 0 };
  const events = new Timeline<{ id: string; lease?: number }>();
  for (const { id, at } of arrivals) events.add(at, { id });
  let underWay = 0;
  for (let step = 0; step < stepsMax; step++) {
    const next = events.take();
    if (next === undefined) return result;
    const { at: now, item } = next;
    if (item.lease !== undefined) {
      underWay--;
      gate.report([{ id: item.id, outcome: "delivered", lease: item.lease, ms: callMs }], now);
      continue;
    }
    const { id } = item;
    result.asked.set(id, (result.asked.get(id) ?? 0) + 1);
    const admission = ask(gate, id, now, limits);
    if (admission.verdict === "go") {
      result.admitted.push({ id, at: now });
      result.mostUnderWay = Math.max(result.mostUnderWay, ++underWay);
      events.add(now + callMs, { id, lease: admission.lease });
    } else if (admission.verdict === "wait") {
      if (!result.firstTurns.has(id)) result.firstTurns.set(id, admission.until);
      events.add(admission.until + lateMs(id), { id });
    }
  }
  throw new Error(`not everybody was let in after ${stepsMax} steps`);
}

/** What happens when; of the same moment, in the order it was added. */
export class Timeline<T> {
  readonly #heap: { at: number; order: number; item: T }[] = [];
  #order = 0;

  add(at: number, item: T): void {
    const entry = { at, order: this.#order++, item };
    let index = this.#heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      this.#heap[index] = above;
      index = parent;
    }
    this.#heap[index] = entry;
  }

  take(): { at: number; item: T } | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const [left, right] = [this.#heap[2 * index + 1], this.#heap[2 * index + 2]];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
      const below = this.#heap[child];
      if (below === undefined || !isBefore(below, last)) break;
      this.#heap[index] = below;
      index = child;
    }
    this.#heap[index] = last;
    return first;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
