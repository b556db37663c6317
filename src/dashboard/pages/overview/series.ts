// Statistics as lines over time. Steps in which nothing came in are left out of an answer and are zero here, so that a line
// does not leap over a silence.

/** Steps of an answer of `GET /admin/statistics`. */
interface Step {
  at: string;
  sendouts: Record<string, number>;
  deliveries: Record<string, number>;
  latencyMs: { p50: number | null; p95: number | null };
}

/** What a chart is made of: one number for each instant. */
export interface Series {
  at: number[];
  accepted: number[];
  delivered: number[];
  failed: number[];
  quarantined: number[];
  p50: (number | null)[];
  p95: (number | null)[];
}

const STEP_MS = { "5m": 5 * 60_000, "1h": 3_600_000, "1d": 24 * 3_600_000 } as const;

/** Every step between two instants of an answer, the one under way included. */
export function toSeries(answer: {
  since: string;
  until: string;
  step: keyof typeof STEP_MS;
  steps: readonly Step[];
}): Series {
  const stepMs = STEP_MS[answer.step];
  const known = new Map(answer.steps.map((step) => [Date.parse(step.at), step]));
  const series: Series = { at: [], accepted: [], delivered: [], failed: [], quarantined: [], p50: [], p95: [] };
  const from = Date.parse(answer.since);
  for (let at = from - (from % stepMs); at < Date.parse(answer.until); at += stepMs) {
    const { sendouts = {}, deliveries = {}, latencyMs = { p50: null, p95: null } } = known.get(at) ?? {};
    series.at.push(at);
    series.accepted.push(sumOf(sendouts));
    series.delivered.push(deliveries["delivered"] ?? 0);
    series.failed.push(failedOf(deliveries));
    series.quarantined.push(sendouts["quarantined"] ?? 0);
    series.p50.push(latencyMs.p50);
    series.p95.push(latencyMs.p95);
  }
  return series;
}

/** All of some numbers. */
export function sumOf(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((sum, count) => sum + count, 0);
}

/** Deliveries that ended without having arrived, unless somebody gave them up. */
export function failedOf(deliveries: Readonly<Record<string, number>>): number {
  return (deliveries["failed"] ?? 0) + (deliveries["expired"] ?? 0);
}

/** Numbers of several inlets or steps added up by state. */
export function addUp(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const numbers of all)
    for (const [state, count] of Object.entries(numbers)) sums[state] = (sums[state] ?? 0) + count;
  return sums;
}
