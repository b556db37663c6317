// What the gate is asked, told and answers. All of it travels between the consumer and the gate's object.

import type { Standing, SavedBreaker } from "./breaker.ts";
import type { Lane } from "./pace.ts";
import type { SavedWindows } from "./windows.ts";

/** Why a delivery waits; none of these costs an attempt. */
export type WaitReason =
  /** The target's rate limit, or the target asked for a pause. */
  | "throttled"
  /** The target does not answer; it is asked again once in a while. */
  | "breaker_open"
  /** Another copy of the same delivery is under way. */
  | "in_flight"
  /** As many calls are under way as the target takes, or as may be while it is tried again. */
  | "busy";

/** What the gate says of one delivery. Times are milliseconds since 1970. */
export type Admission =
  /** Make the call, and report it with this lease: the time until which nobody else gets the delivery. */
  | { verdict: "go"; lease: number }
  /** Come back then. Its turn is kept for it. */
  | { verdict: "wait"; reason: WaitReason; until: number }
  /** It has been delivered. */
  | { verdict: "done" };

/** What the gate says of several, in the order they were named, and the lane of their target. */
export interface Admissions {
  admissions: Admission[];
  lane: Lane;
}

/** How a call ended: `refused` is any answer after which the same request is not made again. */
export type Ending = "delivered" | "refused" | "failed";

/** What the gate is told of a delivery it was asked about. */
export type Report = CallReport | UnusedReport;

/** A call was made. */
export interface CallReport {
  id: string;
  outcome: Ending;
  /** As the gate gave it. */
  lease: number;
  /** How long the call took. */
  ms: number;
  /** When it ended; now, when left out. */
  endedAt?: number;
  /** The whole target asks not to be called before this. */
  heldUntil?: number;
  /** What the target says is left until then. */
  quota?: Quota;
}

/** No call was made, or none will be: it was cancelled while it waited, say. */
export interface UnusedReport {
  id: string;
  outcome: "unused";
  /** As the gate gave it; 0 when it gave none. */
  lease: number;
}

/** How many more calls a target says it will take before a time. */
export interface Quota {
  remaining: number;
  until: number;
}

/** How a gate stands, for people. */
export interface GateState {
  breaker: Standing;
  /** When an open breaker lets the next probe through. */
  opensAt: number | null;
  /** Until when the target asked not to be called. */
  heldUntil: number | null;
  inFlight: number;
  waiting: number;
  lane: Lane;
  /** The time within which 95 of its last calls ended, in milliseconds. */
  p95Ms: number | null;
}

/** What must not be forgotten of a gate. */
export interface SavedGate {
  breaker: SavedBreaker;
  heldUntil: number;
  windows: SavedWindows;
}
