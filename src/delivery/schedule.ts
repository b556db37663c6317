// When the next attempt comes. Named schedules follow what senders of webhooks have settled on; a target may give its
// own list. Pure: the caller brings the randomness.
// Svix: https://docs.svix.com/retries (read 2026-11-22)

import * as v from "valibot";

/** A queue message may be delayed 24 hours; older platform pages say 12, so never more than that. */
export const DELAY_SECONDS_MAX = 12 * 3_600;

/** How far a wait is moved at random, so that what failed together does not come back together. */
const JITTER = 0.2;

/** Waits before the second, third, … attempt, in seconds. */
const SCHEDULES = {
  /** Eight attempts in 27 h 35 min: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. */
  standard: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
  /** Five attempts in 21 min: for messages that are worthless when late. */
  short: [10, 60, 300, 900],
} as const satisfies Record<string, readonly number[]>;

export const RetrySchema = v.pipe(
  v.union([
    v.picklist(["standard", "short"]),
    v.pipe(
      v.array(v.pipe(v.number(), v.integer("expected whole seconds"), v.minValue(1), v.maxValue(36_000))),
      v.maxLength(20),
      v.description("Own waits in seconds, 1 to 36000 each, at most 20. An empty list means a single attempt."),
    ),
  ]),
  v.description("When to try again: standard (8 attempts, 27.6 h), short (5 attempts, 21 min), or a list of seconds."),
);
export type Retry = v.InferOutput<typeof RetrySchema>;

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
  const waits: readonly number[] = typeof retry === "string" ? SCHEDULES[retry] : retry;
  const wait = waits[attemptsMade - 1];
  if (wait === undefined) return undefined;
  const jittered = Math.round(wait * (1 + JITTER * (2 * random - 1)));
  return Math.min(Math.max(jittered, floorSeconds, 1), DELAY_SECONDS_MAX);
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
