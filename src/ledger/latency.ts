// How long deliveries took from the arrival of their sendout to the target's answer, as a histogram: few numbers from which
// a percentile can be told to within the width of its step.

/** Upper bounds of the steps, in milliseconds; what took longer than the last is in one step more. */
export const LATENCY_BOUNDS_MS = [
  10,
  20,
  50,
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  30_000,
  60_000,
  5 * 60_000,
  15 * 60_000,
  3_600_000,
  6 * 3_600_000,
  24 * 3_600_000,
] as const;

/** The SQL expression that says in which step a number of milliseconds is: 0 for the first. */
export function latencyStepSql(milliseconds: string): string {
  const cases = LATENCY_BOUNDS_MS.map((bound, step) => `WHEN ${milliseconds} <= ${bound} THEN ${step}`);
  return `CASE ${cases.join(" ")} ELSE ${LATENCY_BOUNDS_MS.length} END`;
}

/**
 * The time within which a share of deliveries came through, in milliseconds, on a straight line through its step; null
 * where there were none. Of what took longer than the last bound only that bound can be told.
 *
 * @param steps how many deliveries were in each step
 * @param share 0.5 for the median
 */
export function latencyPercentile(steps: readonly number[], share: number): number | null {
  const total = steps.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [step, count] of steps.entries()) {
    if (count > 0 && below + count >= share * total) {
      const from = LATENCY_BOUNDS_MS[step - 1] ?? 0;
      const to = LATENCY_BOUNDS_MS[step] ?? from;
      return Math.round(from + ((share * total - below) / count) * (to - from));
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? null;
}
