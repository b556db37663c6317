// Every await on a binding is a call that waits until the world lets it through. There a fault may meet it, and there
// its isolate may end: the call is then never answered.

/** What can happen to a call. */
export const FAULTS = [
  /** It fails and nothing was done. */
  "before",
  /** It was done and only the answer is lost. */
  "after",
  /** It is never answered, and nothing was done. */
  "hang",
  /** It is never answered, and done some time later. */
  "late",
  /** KV has an older value. */
  "stale",
  /** KV has nothing. */
  "empty",
  /** A Durable Object was moved and has forgotten what it had in memory. */
  "forgotten",
  /** The isolate ends before it was done. */
  "crash_before",
  /** The isolate ends after it was done. */
  "crash_after",
] as const;
export type Fault = (typeof FAULTS)[number];

/** The faults that each kind of binding can have. */
export const FAULTS_OF = {
  d1: ["before", "after", "hang", "late", "crash_before", "crash_after"],
  queue: ["before", "after", "crash_before", "crash_after"],
  kv: ["before", "stale", "empty", "crash_before", "crash_after"],
  gate: ["before", "after", "hang", "forgotten", "crash_before", "crash_after"],
  inbox: ["before", "after", "hang", "crash_before", "crash_after"],
  target: ["crash_before", "crash_after"],
} as const satisfies Record<string, readonly Fault[]>;
export type BindingKind = keyof typeof FAULTS_OF;

/** What a step of the Worker is run for. */
export type Step = "post" | "ingest" | "deliver" | "slow" | "late" | "dead" | "cron" | "alarm" | "admin";

/** Everything in memory of one copy of the Worker. */
export interface Isolate {
  id: number;
  env: object;
  alive: boolean;
}

/** What D1 has told an invocation about deliveries and pauses. */
export interface LookUp {
  /** By delivery key `sendout.target.copy`. */
  states: Map<string, { state: string; round: number; attemptsMade: number }>;
  pauses: Map<string, string>;
}

/** One run of a handler. */
export interface Invocation {
  id: number;
  step: Step;
  isolate: Isolate;
  alive: boolean;
  /** Calls that wait to be let through. */
  pending: number;
  /** What it waits for that only time brings. */
  blocked: number;
  /** Calls it has made so far, and how many of them something happened to. */
  calls: number;
  faults: number;
  /** What D1 answered; undefined when it was not asked, or did not answer. */
  lookUp?: LookUp;
  /** Called when its isolate ends. */
  onCrash: () => void;
}

/** A call that waits. */
export interface Call {
  invocation: Invocation;
  kind: BindingKind;
  /** What it does, for people. */
  name: string;
  /** Its number within its invocation, from 1. */
  number: number;
  /** Does it. KV is told of its fault. */
  work: (fault: Fault | undefined) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** How a binding makes its calls. */
export type MakeCall = <T>(
  kind: BindingKind,
  name: string,
  work: (fault: Fault | undefined) => T | Promise<T>,
) => Promise<T>;

/** What a failing binding throws. */
export const FAILURES: Record<BindingKind, string> = {
  d1: "D1_ERROR: Network connection lost.",
  queue: "Queue send failed: Internal Server Error",
  kv: "KV GET failed: 500 Internal Server Error",
  gate: "Durable Object reset because its code was updated.",
  inbox: "Durable Object reset because its code was updated.",
  target: "Network connection lost.",
};

/** After how long the platform gives up what hangs, in milliseconds: D1's limit for a query. */
export const HANG_MS = 30_000;
