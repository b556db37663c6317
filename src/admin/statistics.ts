// What came in and what became of it, over time: for charts, and for people who ask how it goes.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { addCounts, SPAN_MS, spanOf, type Count } from "../ledger/count-traffic.ts";
import { LATENCY_BOUNDS_MS, latencyPercentile } from "../ledger/latency.ts";
import { readStatistics } from "../ledger/statistics.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { InstantSchema, validQuery } from "./validate.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long a step can be, in milliseconds. */
const STEPS_MS = { "5m": SPAN_MS, "1h": HOUR_MS, "1d": DAY_MS } as const;

/** How many steps are answered at most when nobody says how long they are to be. */
const STEPS_MAX = 300;

/** How far back is looked when nobody says, and at most, in milliseconds. */
const SINCE_DEFAULT_MS = DAY_MS;
const LOOK_MS_MAX = 400 * DAY_MS;

const QuerySchema = v.pipe(
  v.strictObject({
    since: v.pipe(v.optional(InstantSchema), v.description("An ISO 8601 instant; a day ago when left out.")),
    until: v.pipe(v.optional(InstantSchema), v.description("An ISO 8601 instant; now when left out.")),
    step: v.optional(
      v.pipe(
        v.picklist(["5m", "1h", "1d"]),
        v.description("How long a step is; when left out the shortest with which there are no more than 300."),
      ),
    ),
  }),
  v.check(({ since = 0, until = Infinity }) => since < until, "expected since to be before until"),
);

const NumbersSchema = v.pipe(v.record(v.string(), v.number()), v.description("How many, by state."));

const LatencySchema = v.pipe(
  v.object({ p50: v.nullable(v.number()), p95: v.nullable(v.number()) }),
  v.description("From the sendout's arrival to the target's answer; null where nothing was delivered."),
);

const AnswerSchema = v.object({
  since: InstantTextSchema,
  until: InstantTextSchema,
  step: v.picklist(["5m", "1h", "1d"]),
  /** Steps without anything are left out. */
  steps: v.array(
    v.object({
      at: InstantTextSchema,
      sendouts: NumbersSchema,
      deliveries: NumbersSchema,
      latencyMs: LatencySchema,
    }),
  ),
  latencyMs: LatencySchema,
  inlets: v.record(v.string(), NumbersSchema),
  targets: v.record(
    v.string(),
    v.object({
      deliveries: NumbersSchema,
      attempts: v.number(),
      latencyMs: LatencySchema,
    }),
  ),
});

/** `GET /admin/statistics`. */
export const statisticsRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "Counts what came in and what became of it, by when it was received.",
    description:
      "Counted every five minutes; what is younger is counted when it is asked for. Percentiles are told from a histogram.",
    answer: AnswerSchema,
  }),
  validQuery(QuerySchema),
  async (c) => {
    const asked = c.req.valid("query");
    const until = asked.until ?? Date.now();
    const since = spanOf(Math.max(asked.since ?? until - SINCE_DEFAULT_MS, until - LOOK_MS_MAX));
    const step = asked.step ?? stepFor(until - since);
    const { steps } = await readStatistics(c.env, since, until, STEPS_MS[step]);
    const all = addCounts(steps.flatMap(({ counts }) => counts));
    return c.json({
      since: toInstant(since),
      until: toInstant(until),
      step,
      steps: steps.map(({ at, counts }) => ({
        at: toInstant(at),
        sendouts: byLabel(counts, "sendouts"),
        deliveries: byLabel(counts, "deliveries"),
        latencyMs: latencyOf(counts),
      })),
      latencyMs: latencyOf(all),
      inlets: bySubject(all, "sendouts", (counts) => byLabel(counts, "sendouts")),
      targets: bySubject(all, "deliveries", describeTarget),
    });
  },
);

function stepFor(spanMs: number): keyof typeof STEPS_MS {
  if (spanMs <= STEPS_MAX * SPAN_MS) return "5m";
  return spanMs <= STEPS_MAX * HOUR_MS ? "1h" : "1d";
}

function describeTarget(counts: readonly Count[]) {
  return {
    deliveries: byLabel(counts, "deliveries"),
    attempts: byLabel(counts, "attempts")[""] ?? 0,
    latencyMs: latencyOf(counts),
  };
}

/** How long deliveries took, of all targets that are counted. */
function latencyOf(counts: readonly Count[]): v.InferOutput<typeof LatencySchema> {
  const inSteps = byLabel(counts, "latency");
  const steps = Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, step) => inSteps[step] ?? 0);
  return { p50: latencyPercentile(steps, 0.5), p95: latencyPercentile(steps, 0.95) };
}

/** What there is of each subject of a kind, by subject; what else is counted of it is given along. */
function bySubject<T>(
  counts: readonly Count[],
  kind: Count[0],
  describeSubject: (counts: readonly Count[]) => T,
): Record<string, T> {
  const subjects = new Set(counts.filter((one) => one[0] === kind).map(([, subject]) => subject));
  return Object.fromEntries(
    [...subjects]
      .sort()
      .map((subject) => [
        subject,
        describeSubject(counts.filter(([of, name]) => ofSame(of, kind) && name === subject)),
      ]),
  );
}

/** Inlets and targets may have the same name; only sendouts are of an inlet. */
function ofSame(one: Count[0], other: Count[0]): boolean {
  return (one === "sendouts") === (other === "sendouts");
}

function byLabel(counts: readonly Count[], kind: Count[0]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [of, , label, n] of counts) if (of === kind) sums[label] = (sums[label] ?? 0) + n;
  return sums;
}
