// How much of a target's capacity Signalbox may use: the part of its policy that the gate keeps to. Part of the routing
// table, and carried in each message.

import * as v from "valibot";

/** Highest numbers the table takes. The first is what one gate can admit, which is one object answering about that
 * many calls a second (https://developers.cloudflare.com/durable-objects/platform/limits/, read 2026-11-22). */
export const PER_SECOND_MAX = 1_000;
const PER_MINUTE_MAX = 60_000;
const PER_HOUR_MAX = 1_000_000;
const CONCURRENCY_MAX = 1_000;

/** A whole number from 1. */
const countUpTo = (max: number, description: string) =>
  v.optional(
    v.pipe(
      v.number(),
      v.integer("expected a whole number"),
      v.minValue(1),
      v.maxValue(max),
      v.description(`${description}, 1 to ${max}; no such limit when left out.`),
    ),
  );

export const LimitsSchema = v.pipe(
  v.strictObject({
    perSecond: countUpTo(PER_SECOND_MAX, "Most calls in any second"),
    perMinute: countUpTo(PER_MINUTE_MAX, "Most calls in any minute"),
    perHour: countUpTo(PER_HOUR_MAX, "Most calls in any hour"),
    concurrency: countUpTo(CONCURRENCY_MAX, "Most calls under way at the same time"),
  }),
  v.description(
    "What the target can take. All limits hold together, in every window of their length; a delivery that would pass one waits for its turn, which costs no attempt.",
  ),
);
export type Limits = v.InferOutput<typeof LimitsSchema>;
