// What stands in the place of the platform's `fetch`: targets that are told how to behave, and answer in the world's time.

import { FAILURES, type Invocation, type MakeCall } from "./calls.ts";
import type { Clock } from "./clock.ts";
import { answerOf, isDone, SLOW_ANSWER_MS, type Behaviour, type TargetCall } from "./target.ts";

/**
 * Connections of an invocation that may wait for an answer at the same time; the simulator has no such limit.
 * https://developers.cloudflare.com/workers/platform/limits/
 */
const CONNECTIONS_MAX = 6;

/** What the targets are called in. */
export interface OutboundRules {
  clock: Clock;
  makeCall: MakeCall;
  current: () => Invocation | undefined;
  /** How a target behaves when it is called. */
  behave: (target: string, key: string) => Behaviour;
  /** Told when an invocation waits for more answers at once than the platform lets it. */
  exceeded: (problem: string) => void;
  /** Told of every call before the target answers. */
  arrived: (call: TargetCall) => void;
}

/** A `fetch` that calls these targets and nobody else. */
export function createFetch(rules: OutboundRules): (url: string, init?: RequestInit) => Promise<Response> {
  const waiting = new WeakMap<Invocation, number>();
  return async (url, init = {}) => {
    const invocation = rules.current();
    if (invocation === undefined) throw new Error("only the Worker calls targets");
    const count = (waiting.get(invocation) ?? 0) + 1;
    waiting.set(invocation, count);
    if (count > CONNECTIONS_MAX) rules.exceeded(`connections: ${count} calls of one invocation wait at once`);
    try {
      return await callTarget(rules, invocation, url, init);
    } finally {
      waiting.set(invocation, (waiting.get(invocation) ?? 1) - 1);
    }
  };
}

async function callTarget(
  rules: OutboundRules,
  invocation: Invocation,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const { clock, makeCall } = rules;
  const target = new URL(url).hostname.split(".")[0] ?? "";
  const credential = new Headers(init.headers).get("authorization") ?? "";
  const call = { target, url, credential, invocation };
  const behaviour = await makeCall("target", `fetch ${target}`, () => arrive(rules, call, init));
  if (behaviour === "reset") throw new Error(FAILURES.target);
  if (behaviour === "hang") return neverAnswer(invocation, init.signal);
  if (behaviour === "slow" || behaviour === "slow_fail") await takeTime(clock, invocation, SLOW_ANSWER_MS);
  return answerOf(behaviour, credential);
}

/** Has whoever is running wait for some milliseconds of the world's time. */
export async function takeTime(clock: Clock, invocation: Invocation | undefined, ms: number): Promise<void> {
  if (invocation !== undefined) invocation.blocked++;
  await new Promise<void>((resolve) => {
    clock.after(ms, () => {
      if (invocation !== undefined) invocation.blocked--;
      resolve();
    });
  });
}

function arrive(
  { clock, behave, arrived }: OutboundRules,
  call: Pick<TargetCall, "target" | "url" | "credential" | "invocation">,
  init: RequestInit,
): Behaviour {
  const key = new Headers(init.headers).get("idempotency-key") ?? "";
  const body = typeof init.body === "string" ? init.body : "";
  const behaviour = behave(call.target, key);
  arrived({ ...call, at: clock.now, key, body, behaviour, done: isDone(behaviour) });
  return behaviour;
}

async function neverAnswer(invocation: Invocation, signal: AbortSignal | null | undefined): Promise<never> {
  invocation.blocked++;
  return new Promise<never>((_resolve, reject) => {
    signal?.addEventListener("abort", () => {
      invocation.blocked--;
      reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    });
  });
}
