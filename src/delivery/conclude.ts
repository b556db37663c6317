// What becomes of a delivery after an attempt, or instead of one: its outcome for the ledger, and what is asked of the
// queue. Pure: the caller brings clock and randomness.

import type { Attempt, Outcome } from "../ledger/deliveries.ts";
import type { Pause } from "../ledger/pauses.ts";
import type { Verdict } from "./judge.ts";
import type { DeliverMessage } from "./message.ts";
import { nextDelaySeconds, placeWait } from "./schedule.ts";

/** A delivery in hand. */
export interface InHand {
  delivery: DeliverMessage;
  /** How often the queue has offered the message, at least 1. */
  tries: number;
  /** Attempts there have been, over all rounds. */
  attemptsMade: number;
  /** The rendered request for its row, written by `toColumn`. */
  request: string;
}

/** What is to be written down, and then done. */
export interface Conclusion {
  outcome: Outcome;
  /** In how many seconds the queue is to offer the message again; undefined acknowledges it. */
  delaySeconds: number | undefined;
  /** What is not to be called any more until a person has looked. */
  pause?: Pause;
}

/** An attempt that was made and judged. Instants are milliseconds since 1970. */
export interface Judged {
  verdict: Verdict;
  attempt: Attempt;
  endedAt: number;
  /** When what was not ready is looked at again; in some minutes when it is not said. */
  readyAt?: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

/** How long a delivery waits that could not be attempted for want of something on our side, in milliseconds. */
const NOT_READY_MS = 5 * 60_000;

/** What an attempt came to. */
export function concludeAttempt(hand: InHand, judged: Judged): Conclusion {
  const { delivery } = hand;
  const { verdict, endedAt, readyAt = endedAt + NOT_READY_MS } = judged;
  switch (verdict.verdict) {
    case "delivered":
      return end(hand, judged, "delivered", null);
    case "failed":
      return end(hand, judged, "failed", verdict.reason);
    case "gone":
      return {
        ...end(hand, judged, "failed", verdict.reason),
        pause: pauseOf(`route:${delivery.route}`, "gone", judged),
      };
    case "credentials": {
      const outcome = outcomeOf(counted(hand), "held", verdict.reason, endedAt, { attempt: judged.attempt });
      return { outcome, delaySeconds: undefined, pause: pauseOf(`target:${delivery.target}`, "credentials", judged) };
    }
    case "not_ready":
      return wait(hand, { reason: verdict.reason, until: readyAt, now: endedAt, attempt: judged.attempt });
    case "retry":
      return retry(hand, judged, verdict);
  }
}

/** A delivery whose target does not answer: it waits, with all others, until one of them has got through. */
export function concludeBreaker(hand: InHand, until: number, now: number): Conclusion {
  const subject = `target:${hand.delivery.target}` as const;
  const pause: Pause = { subject, reason: "breaker", mode: "hold", since: now, until, note: null };
  return { outcome: outcomeOf(hand, "held", "breaker_open", now, {}), delaySeconds: undefined, pause };
}

/** A delivery that waits without an attempt: for its gate, for what is paused, or for something on our side. */
export function concludeHold(hand: InHand, reason: string, until: number | undefined, now: number): Conclusion {
  if (until !== undefined) return wait(hand, { reason, until, now });
  return { outcome: outcomeOf(hand, "held", reason, now, {}), delaySeconds: undefined };
}

/** A delivery that has succeeded, of whose call nothing is known but that: who made it ended before it was written. */
export function concludeUnheard(hand: InHand, now: number): Conclusion {
  const attempt = { at: now, ms: 0, detail: "the target took it; what it answered was not written down in time" };
  return { outcome: outcomeOf(counted(hand), "delivered", null, now, { attempt }), delaySeconds: undefined };
}

/** A delivery that is too old to be sent. */
export function concludeExpiry(hand: InHand, now: number): Conclusion {
  return { outcome: outcomeOf(hand, "expired", "too_old", now, {}), delaySeconds: undefined };
}

function end(
  hand: InHand,
  { attempt, endedAt }: Judged,
  state: "delivered" | "failed",
  reason: string | null,
): Conclusion {
  return { outcome: outcomeOf(counted(hand), state, reason, endedAt, { attempt }), delaySeconds: undefined };
}

function retry(hand: InHand, judged: Judged, verdict: Verdict & { verdict: "retry" }): Conclusion {
  const { delivery } = hand;
  const { attempt, endedAt, random } = judged;
  const after = counted(hand);
  if (attempt.ambiguous === true && delivery.onAmbiguous === "hold") {
    return { outcome: outcomeOf(after, "held", "ambiguous", endedAt, { attempt }), delaySeconds: undefined };
  }
  const made = after.attemptsMade - delivery.attemptsBefore;
  const seconds = nextDelaySeconds(delivery.retry, made, verdict.floorSeconds, random);
  if (seconds === undefined) return end(hand, judged, "failed", verdict.reason);
  const dueAt = endedAt + seconds * 1_000;
  const { delaySeconds, sweepAt } = placeWait(dueAt, endedAt, hand.tries);
  return { outcome: outcomeOf(after, "scheduled", verdict.reason, endedAt, { attempt, dueAt, sweepAt }), delaySeconds };
}

function wait(
  hand: InHand,
  { reason, until, now, attempt }: { reason: string; until: number; now: number; attempt?: Attempt },
): Conclusion {
  const { delaySeconds, sweepAt } = placeWait(until, now, hand.tries);
  const outcome = outcomeOf(hand, "held", reason, now, { dueAt: until, sweepAt, ...(attempt && { attempt }) });
  return { outcome, delaySeconds };
}

function counted(hand: InHand): InHand {
  return { ...hand, attemptsMade: hand.attemptsMade + 1 };
}

function pauseOf(subject: Pause["subject"], reason: Pause["reason"], { attempt, endedAt }: Judged): Pause {
  const answered = attempt.status === undefined ? "no status" : `status ${attempt.status}`;
  return { subject, reason, mode: "hold", since: endedAt, until: null, note: `it answered with ${answered}` };
}

function outcomeOf(
  { delivery, attemptsMade, request }: InHand,
  state: Outcome["state"],
  reason: string | null,
  updatedAt: number,
  { dueAt = null, sweepAt = null, attempt }: { dueAt?: number | null; sweepAt?: number | null; attempt?: Attempt },
): Outcome {
  const { sendoutId, target, copy, route, round, attemptsBefore, hops } = delivery;
  return {
    sendoutId,
    target,
    copy,
    route,
    state,
    reason,
    round,
    attemptsMade,
    attemptsBefore,
    updatedAt,
    dueAt,
    sweepAt,
    ...(attempt === undefined ? {} : { attempt }),
    ...(hops > 0 && { hops }),
    request,
  };
}
