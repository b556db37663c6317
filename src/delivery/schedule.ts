// When the next attempt comes. Named schedules follow what senders of webhooks have settled on; a target may give its
// own list. Pure: the caller brings the randomness.
// Svix: https://docs.svix.com/retries (read 2026-11-22)

import * as v from "valibot";

/** The longest wait between two attempts, in seconds: a day. */
export const WAIT_SECONDS_MAX = 24 * 3_600;

/**
 * The longest wait that is left to a queue, in seconds. Longer ones are parked in the ledger: what waits in a queue
 * cannot be seen, hurried or called off, and a wait does not extend a queue's retention.
 */
const QUEUE_WAIT_SECONDS_MAX = 15 * 60;

/**
 * How often a queue may have offered a message for it to be put back once more. At 100 tries the platform takes it for
 * a dead letter.
 */
const QUEUE_TRIES_MAX = 50;

/** How long after it was due a delivery counts as lost on its way through a queue, in milliseconds. */
export const OVERDUE_AFTER_MS = 5 * 60_000;

/** How far a wait is moved at random, so that what failed together does not come back together. */
const JITTER = 0.2;

/** Waits before the second, third, … attempt, in seconds. */
const SCHEDULES = {
  /** Eight attempts in 27 h 35 min: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. */
  standard: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
  /** Ten attempts in 75 h 35 min, as Standard Webhooks 1.0.0 has it: … 5 h, 10 h, 14 h, 20 h, 24 h. */
  long: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
  /** Five attempts in 21 min: for messages that are worthless when late. */
  short: [10, 60, 300, 900],
} as const satisfies Record<string, readonly number[]>;

export const RetrySchema = v.pipe(
  v.union([
    v.picklist(["standard", "long", "short"]),
    v.pipe(
      v.array(v.pipe(v.number(), v.integer("expected whole seconds"), v.minValue(1), v.maxValue(WAIT_SECONDS_MAX))),
      v.maxLength(20),
      v.description("Own waits in seconds, 1 to 86400 each, at most 20. An empty list means a single attempt."),
    ),
  ]),
  v.description(
    "When to try again: standard (8 attempts, 27.6 h), long (10 attempts, 75.6 h), short (5 attempts, 21 min), or a list of seconds.",
  ),
);
export type Retry = v.InferOutput<typeof RetrySchema>;

/** What becomes of a delivery whose target may have got the request although it did not answer. */
export const AmbiguousSchema = v.picklist(["retry", "hold"]);

/**
 * Seconds to wait after a failed attempt, or undefined when that was the last one.
 *
 * @param attemptsMade how many attempts there have been in this round, at least 1
 * @param floorSeconds what the target asked for in `Retry-After`; the wait is never shorter
 * @param random a number from 0 up to 1; 0.5 gives the schedule's own wait
 */
export function nextDelaySeconds(
  retry: Retry,
  attemptsMade: number,
  floorSeconds: number,
  random: number,
): number | undefined {
  const wait = listOf(retry)[attemptsMade - 1];
  if (wait === undefined) return undefined;
  const jittered = Math.round(wait * (1 + JITTER * (2 * random - 1)));
  return Math.min(Math.max(jittered, floorSeconds, 1), WAIT_SECONDS_MAX);
}

/** How many waits a round has: one less than its attempts. */
export function waitsOf(retry: Retry): number {
  return listOf(retry).length;
}

function listOf(retry: Retry): readonly number[] {
  return typeof retry === "string" ? SCHEDULES[retry] : retry;
}

/** Where a delivery waits: in its queue, or in the ledger until the sweeper sends it again. */
export interface Wait {
  /** For the queue; undefined when the sweeper has it. */
  delaySeconds: number | undefined;
  /** When the sweeper looks at it, in milliseconds since 1970: at its time, or when the queue must have lost it. */
  sweepAt: number;
}

/**
 * Where to wait until an instant.
 *
 * @param until milliseconds since 1970
 * @param tries how often the queue has offered the message
 */
export function placeWait(until: number, now: number, tries: number): Wait {
  const seconds = Math.max(Math.ceil((until - now) / 1_000), 0);
  if (seconds > QUEUE_WAIT_SECONDS_MAX || tries >= QUEUE_TRIES_MAX) return { delaySeconds: undefined, sweepAt: until };
  return { delaySeconds: seconds, sweepAt: until + OVERDUE_AFTER_MS };
}

/**
 * Seconds until a queue should offer a message again that Signalbox itself could not handle (a database unwell, not a
 * target): 5 s, doubling, at most 15 min. With 100 retries that is a day.
 *
 * @param attempts how often the queue has offered the message, at least 1
 */
export function infrastructureDelaySeconds(attempts: number): number {
  return Math.min(5 * 2 ** Math.min(attempts - 1, 10), 900);
}
