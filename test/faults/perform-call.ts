// What becomes of a call that is let through: it is done, or its fault happens to it.

import { FAILURES, HANG_MS, type Call, type Fault, type Isolate } from "./calls.ts";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** What a call is performed in. */
export interface Surroundings {
  clock: Clock;
  random: Random;
  /** Has something happen at an instant. */
  at: (at: number, run: () => void) => void;
  crash: (isolate: Isolate) => void;
}

/** Performs a call with its fault. Resolves when what it does now is done, whether or not it is ever answered. */
export async function performCall(call: Call, fault: Fault | undefined, surroundings: Surroundings): Promise<void> {
  const { invocation, kind, work, resolve, reject } = call;
  const { crash } = surroundings;
  const failure = new Error(FAILURES[kind]);
  switch (fault) {
    case "before":
      return reject(failure);
    case "crash_before":
      return crash(invocation.isolate);
    case "hang":
    case "late":
      return hang(call, fault, failure, surroundings);
    case "after":
    case "crash_after":
    case "stale":
    case "empty":
    case "forgotten":
    case undefined:
  }
  try {
    const value = await work(fault);
    if (fault === "after") reject(failure);
    else if (fault === "crash_after") crash(invocation.isolate);
    else resolve(value);
  } catch (error) {
    reject(error);
  }
}

function hang(
  { invocation, work, reject }: Call,
  fault: "hang" | "late",
  failure: Error,
  { clock, random, at }: Surroundings,
): void {
  invocation.blocked++;
  clock.after(HANG_MS, () => {
    invocation.blocked--;
    reject(failure);
  });
  if (fault === "hang") return;
  // Done behind everybody's back; that it may fail is nobody's to hear either.
  at(clock.now + random.below(HANG_MS), () => void Promise.resolve(work(fault)).catch(() => {}));
}
