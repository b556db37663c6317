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
  /** What it was shown as proof: the header `Authorization`. */
  credential: string;
  behaviour: Behaviour;
  /** Whether the target did what it was asked, whoever heard of it. */
  done: boolean;
  invocation: Invocation;
}

/** Whether a target that behaves so does what it is asked. A slow one does it in the end, a reset one before it is cut off. */
export function isDone(behaviour: Behaviour): boolean {
  return behaviour === "accept" || behaviour === "slow" || behaviour === "reset";
}

/** The answer of a target, where there is one. When it is not content it repeats what it was shown, as some do. */
export function answerOf(behaviour: Behaviour, credential: string): Response {
  const refusal = (status: number, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify({ message: "not with this", authorization: credential }), { status, headers });
  switch (behaviour) {
    case "accept":
    case "slow":
      return new Response(null, { status: 204 });
    case "refuse":
      return refusal(422);
    case "busy":
      return refusal(429, { "retry-after": String(BUSY_SECONDS) });
    case "credentials":
      return refusal(401);
    case "gone":
      return refusal(410);
    case "fail":
    case "slow_fail":
    case "hang":
    case "reset":
      return refusal(503);
  }
}
