// What an attempt's result means: delivered, to be tried again, or refused. One pure function.

import { judgeByConditions, type Answer, type AnswerConditions } from "./answer.ts";
import { WAIT_SECONDS_MAX } from "./schedule.ts";

/** What came of one HTTP call. */
export type Result =
  | { kind: "answered"; status: number; retryAfter: string | null; answer: Answer }
  | { kind: "timed_out" }
  | { kind: "unreachable" }
  /** No call was made, because something it needs is missing; an operator can put that right. */
  | { kind: "not_ready"; reason: NotReadyReason }
  /** No call was made, and none will be: the request itself is not allowed out. */
  | { kind: "refused"; reason: "address_refused" | "request_invalid" | "hops_exceeded" };

type NotReadyReason =
  | "secret_missing"
  | "secret_invalid"
  /** No master key opens it. Nothing else is sent in its place. */
  | "secret_unreadable"
  /** The vault's secret was set for other hosts. */
  | "secret_host_changed"
  /** D1 does not say whether the vault has it. */
  | "vault_unavailable"
  | "binding_missing"
  | "token_unavailable";

/** What to do about it. `reason` is a stable code. */
export type Verdict =
  | { verdict: "delivered" }
  | { verdict: "retry"; reason: string; floorSeconds: number; ambiguous?: boolean }
  /** The target does not take our credentials: nothing is sent to it until a person has looked. */
  | { verdict: "credentials"; reason: "target_credentials" }
  /** The address is gone for good: nothing is sent along this route until a person has looked. */
  | { verdict: "gone"; reason: "target_gone" }
  /** No call could be made; that is no attempt, and it is tried again before long. */
  | { verdict: "not_ready"; reason: string }
  | { verdict: "failed"; reason: string };

/** Answers after which the same request may succeed later. 52x and 530 are Cloudflare's own in front of a target. */
const RETRYABLE = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530]);

/** A target that asks for a longer pause than this gets this one, in seconds: a day. */
const RETRY_AFTER_SECONDS_MAX = WAIT_SECONDS_MAX;

/**
 * Judges an attempt. Of an answer the first of these decides: `permanent` (failed), `retry` (again), `success` of a 2xx
 * (failed when it does not hold), the status.
 *
 * @param now milliseconds since 1970, to read a `Retry-After` that is a date
 * @param conditions what the target's recipe knows of its answers
 */
export function judge(result: Result, now: number, conditions?: AnswerConditions): Verdict {
  switch (result.kind) {
    case "answered":
      return judgeAnswer(result, now, conditions);
    case "timed_out":
      return { verdict: "retry", reason: "target_timeout", floorSeconds: 0 };
    case "unreachable":
      return { verdict: "retry", reason: "target_unreachable", floorSeconds: 0 };
    case "not_ready":
      return { verdict: "not_ready", reason: result.reason };
    case "refused":
      return { verdict: "failed", reason: result.reason };
  }
}

/**
 * Seconds a target asks us to wait: a number of seconds or an HTTP date, strictly read, from 0 to a day. Anything
 * else counts as nothing asked. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterSeconds(header: string | null, now: number): number {
  if (header === null) return 0;
  const seconds = /^\d+(?:\.\d+)?$/.test(header) ? Number(header) : secondsUntil(header, now);
  return Math.min(Math.max(Math.ceil(seconds), 0), RETRY_AFTER_SECONDS_MAX);
}

function judgeAnswer(
  { status, retryAfter, answer }: Result & { kind: "answered" },
  now: number,
  conditions: AnswerConditions | undefined,
): Verdict {
  const said = conditions === undefined ? undefined : judgeByConditions(answer, conditions);
  const floorSeconds = retryAfterSeconds(retryAfter, now);
  if (said === "retry") return { verdict: "retry", reason: "target_unavailable", floorSeconds };
  const done = status >= 200 && status < 300;
  if (said === "rejected") return { verdict: "failed", reason: done ? "answer_rejected" : "target_rejected" };
  if (done) return { verdict: "delivered" };
  if (RETRYABLE.has(status)) {
    return { verdict: "retry", reason: "target_unavailable", floorSeconds };
  }
  if (status === 401 || status === 403) return { verdict: "credentials", reason: "target_credentials" };
  if (status === 410) return { verdict: "gone", reason: "target_gone" };
  if (status >= 300 && status < 400) return { verdict: "failed", reason: "target_redirected" };
  return { verdict: "failed", reason: "target_rejected" };
}

/** IMF-fixdate, the one form of date that senders may produce. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function secondsUntil(date: string, now: number): number {
  const at = HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(at) ? 0 : (at - now) / 1_000;
}
