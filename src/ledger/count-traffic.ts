// Counting what came in and what became of it, from the rows themselves: by inlet and state, by target and state, and how
// long deliveries took.

import * as v from "valibot";
import { OPEN_STATES } from "./deliveries.ts";
import { latencyStepSql } from "./latency.ts";

/** How long one count spans, in milliseconds. */
export const SPAN_MS = 5 * 60_000;

/** The beginning of the span that an instant is in. */
export function spanOf(instant: number): number {
  return instant - (instant % SPAN_MS);
}

/**
 * One number: of `sendouts` by inlet and state; of `deliveries` by target and state, `pending` where there is no outcome;
 * of `attempts` by target; of `latency` by target and step, of deliveries that came through in their first round.
 */
export const CountSchema = v.tuple([
  v.picklist(["sendouts", "deliveries", "attempts", "latency"]),
  v.string(),
  v.string(),
  v.number(),
]);
export type Count = v.InferOutput<typeof CountSchema>;

/** What was counted in one span. */
export interface Span {
  fromAt: number;
  counts: Count[];
  /** Deliveries without an end. */
  open: number;
}

/** What every statement goes over: sendouts of the spans that begin at the instants of the first parameter. */
const OF_SPANS = `json_each(?1) AS span CROSS JOIN sendouts AS s
  ON s.received_at >= span.value AND s.received_at < span.value + ${SPAN_MS}`;

const SENDOUTS = `SELECT span.value AS from_at, s.inlet AS subject, s.state AS label, count(*) AS n
  FROM ${OF_SPANS} GROUP BY 1, 2, 3`;

const PLANNED = `SELECT span.value AS from_at, planned.value ->> '$.target' AS subject, '' AS label, count(*) AS n
  FROM ${OF_SPANS} CROSS JOIN json_each(s.planned) AS planned GROUP BY 1, 2`;

/** Repeats that were asked for as something new count as deliveries; how long they took says nothing about the target. */
const DELIVERIES = `SELECT span.value AS from_at, d.target AS subject, d.state AS label, d.copy = 0 AS planned,
    iif(d.state = 'delivered' AND d.round = 0 AND d.copy = 0, ${latencyStepSql("(d.updated_at - s.received_at)")}, NULL) AS step,
    count(*) AS n, sum(d.attempts_made) AS attempts
  FROM ${OF_SPANS} CROSS JOIN deliveries AS d ON d.sendout_id = s.id GROUP BY 1, 2, 3, 4, 5`;

const NumberRowSchema = v.object({ from_at: v.number(), subject: v.string(), label: v.string(), n: v.number() });
const DeliveryRowSchema = v.object({
  ...NumberRowSchema.entries,
  planned: v.number(),
  step: v.nullable(v.number()),
  attempts: v.number(),
});

/**
 * Counts some spans, in three statements however many.
 *
 * @param fromAts when each begins, in milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function countSpans(db: D1Database, fromAts: readonly number[]): Promise<Span[]> {
  const json = JSON.stringify(fromAts);
  const [sendouts, planned, deliveries] = await db.batch(
    [SENDOUTS, PLANNED, DELIVERIES].map((sql) => db.prepare(sql).bind(json)),
  );
  const arrived = Map.groupBy(v.parse(v.array(NumberRowSchema), sendouts?.results), ({ from_at }) => from_at);
  const meant = Map.groupBy(v.parse(v.array(NumberRowSchema), planned?.results), ({ from_at }) => from_at);
  const became = Map.groupBy(v.parse(v.array(DeliveryRowSchema), deliveries?.results), ({ from_at }) => from_at);
  return fromAts.map((fromAt) => {
    const states = became.get(fromAt) ?? [];
    const pending = pendingOf(meant.get(fromAt) ?? [], states);
    const counts: Count[] = [
      ...(arrived.get(fromAt) ?? []).map(({ subject, label, n }): Count => ["sendouts", subject, label, n]),
      ...pending,
      ...states.map(({ subject, label, n }): Count => ["deliveries", subject, label, n]),
      ...states.map(({ subject, attempts }): Count => ["attempts", subject, "", attempts]),
      ...states.flatMap(({ subject, step, n }): Count[] => (step === null ? [] : [["latency", subject, `${step}`, n]])),
    ];
    return { fromAt, counts: addCounts(counts), open: countOpen(counts) };
  });
}

/** What was planned and has no row yet. */
function pendingOf(
  planned: readonly v.InferOutput<typeof NumberRowSchema>[],
  rows: readonly v.InferOutput<typeof DeliveryRowSchema>[],
): Count[] {
  return planned.flatMap(({ subject, n }): Count[] => {
    const ofTarget = rows.filter((row) => row.subject === subject && row.planned === 1);
    const pending = n - ofTarget.reduce((sum, row) => sum + row.n, 0);
    return pending > 0 ? [["deliveries", subject, "pending", pending]] : [];
  });
}

function countOpen(counts: readonly Count[]): number {
  const open: ReadonlySet<string> = new Set([...OPEN_STATES, "pending"]);
  const ofOpen = counts.filter(([kind, , label]) => kind === "deliveries" && open.has(label));
  return ofOpen.reduce((sum, [, , , n]) => sum + n, 0);
}

/**
 * Adds counts up and takes those of `less` away. Each kind, subject and label is there once; what comes to nothing is left
 * out.
 */
export function addCounts(counts: readonly Count[], less: readonly Count[] = []): Count[] {
  const sums = new Map<string, Count>();
  for (const [sign, list] of [[1, counts] as const, [-1, less] as const]) {
    for (const [kind, subject, label, n] of list) {
      const key = JSON.stringify([kind, subject, label]);
      const sum = sums.get(key)?.[3] ?? 0;
      sums.set(key, [kind, subject, label, sum + sign * n]);
    }
  }
  return [...sums.values()].filter(([, , , n]) => n !== 0);
}
