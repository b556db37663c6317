// Targets that misbehave, and remember every call: when, with which key and which bytes, and what they answered.

import type { Invocation } from "./calls.ts";

/** How a target can behave. */
export const BEHAVIOURS = [
  "accept",
  "fail",
  "refuse",
  "busy",
  "credentials",
  "gone",
  "hang",
  "reset",
  "slow",
  "slow_fail",
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** How long a slow target takes, in milliseconds, and what a busy one asks for, in seconds. */
export const SLOW_ANSWER_MS = 3_000;
export const BUSY_SECONDS = 20;

/** A call as the target saw it. */
export interface TargetCall {
  at: number;
  target: string;
  key: string;
  url: string;
  body: string;
  behaviour: Behaviour;
  /** Whether the target did what it was asked, whoever heard of it. */
  done: boolean;
  invocation: Invocation;
}

/** Whether a target that behaves so does what it is asked. A slow one does it in the end, a reset one before it is cut off. */
export function isDone(behaviour: Behaviour): boolean {
  return behaviour === "accept" || behaviour === "slow" || behaviour === "reset";
}

/** The answer of a target, where there is one. */
export function answerOf(behaviour: Behaviour): Response {
  switch (behaviour) {
    case "accept":
    case "slow":
      return new Response(null, { status: 204 });
    case "refuse":
      return new Response(null, { status: 422 });
    case "busy":
      return new Response(null, { status: 429, headers: { "retry-after": String(BUSY_SECONDS) } });
    case "credentials":
      return new Response(null, { status: 401 });
    case "gone":
      return new Response(null, { status: 410 });
    case "fail":
    case "slow_fail":
    case "hang":
    case "reset":
      return new Response(null, { status: 503 });
  }
}
