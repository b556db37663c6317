// The ledger's statistics: spans are counted once they are over, by the cron, and those that had deliveries under way again
// until they have not. So the numbers cost a row every five minutes, whatever the traffic, and none on a sendout's way.

import * as v from "valibot";
import { addCounts, CountSchema, countSpans, SPAN_MS, spanOf, type Count, type Span } from "./count-traffic.ts";
import { notePosition, readJobs, STATISTICS_JOB } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";
import { askAll, othersOf, shardsOf, type ShardBindings } from "./shards.ts";

/** How long after its end a span is counted, in milliseconds: by then nearly all of it is recorded. */
const GRACE_MS = 60_000;

/** How many spans one run counts, and how far it looks for them, in spans: twelve hours. */
const SPANS_MAX = 48;
const LOOK_SPANS = 144;

/** How many sendouts one run goes over, unless a single span has more. */
const SENDOUTS_MAX = 50_000;

/** How many spans that had deliveries under way one run counts again. */
const AGAIN_MAX = 6;

/** Such a span is counted again after a fifth of its age, and after five minutes at the earliest. */
const AGAIN_PART = 5;

const RowSchema = v.object({ from_at: v.number(), counts: v.pipe(v.string(), v.parseJson(), v.array(CountSchema)) });
const SumSchema = v.object({ ...RowSchema.entries, counted_at: v.number() });

/**
 * Counts what is over and not counted yet, in all databases: the numbers are in LEDGER. Run twice at once it counts once;
 * run again it goes on.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws; then nothing was counted
 */
export async function countOn(env: ShardBindings, now: number): Promise<void> {
  const db = env.LEDGER;
  const until = spanOf(now - GRACE_MS);
  const begun = await readBegun(db, now);
  const next = await findNext(db, begun.position, until);
  const others = await findNextOfOthers(env, until);
  const fromAts = [...new Set([next, ...others].flatMap((one) => one.fromAts).concat(begun.again))];
  const before = await readSpans(db, fromAts);
  const spans = fromAts.length === 0 ? [] : await countSpansOfAll(env, fromAts);
  const sum = addCounts(
    [...begun.sum.counts, ...spans.flatMap(({ counts }) => counts)],
    before.flatMap(({ counts }) => counts),
  );
  for (const one of shardsOf(env)) await noteSize(one.db, now);
  await writeSpans(db, spans, { counts: sum, was: begun.sum.counted_at }, { from: begun.position, to: next.to }, now);
  // Last: where this does not come about, they are counted from there once more.
  await Promise.all(
    others.map(async ({ db: other, position, to }) =>
      notePosition(other, STATISTICS_JOB, { endedAt: now, from: position, to }).run(),
    ),
  );
}

/** The next spans of the other databases, each from where it has been counted to. */
async function findNextOfOthers(env: ShardBindings, until: number) {
  const next = othersOf(env).map(async ({ db }) => {
    const position = (await readJobs(db)).get(STATISTICS_JOB)?.position ?? 0;
    return { db, position, ...(await findNext(db, position, until)) };
  });
  return Promise.all(next);
}

/** Spans counted in each database and added up. */
async function countSpansOfAll(env: ShardBindings, fromAts: readonly number[]): Promise<Span[]> {
  const [home = [], ...others] = await askAll(env, async (db) => countSpans(db, fromAts));
  if (others.length === 0) return home;
  return home.map(({ fromAt, counts, open }, index) => {
    const parts = others.flatMap((spans) => spans[index] ?? []);
    return {
      fromAt,
      counts: addCounts([...counts, ...parts.flatMap((part) => part.counts)]),
      open: open + parts.reduce((sum, part) => sum + part.open, 0),
    };
  });
}

/** The sum, up to where has been counted, and which spans are to be counted again. */
async function readBegun(db: D1Database, now: number) {
  await ensureMigrated(db);
  const [sum, job, again] = await db.batch([
    db.prepare("SELECT from_at, counts, counted_at FROM statistics WHERE from_at = 0"),
    db.prepare("SELECT position FROM jobs WHERE name = ?1").bind(STATISTICS_JOB),
    db
      .prepare(
        `SELECT from_at FROM statistics
         WHERE open > 0 AND from_at > 0 AND counted_at <= ?1 - max(${SPAN_MS}, (?1 - from_at) / ${AGAIN_PART})
         ORDER BY counted_at LIMIT ${AGAIN_MAX}`,
      )
      .bind(now),
  ]);
  return {
    sum: v.parse(SumSchema, sum?.results[0]),
    position: v.parse(v.object({ position: v.number() }), job?.results[0]).position,
    again: v.parse(v.array(v.object({ from_at: v.number() })), again?.results).map(({ from_at }) => from_at),
  };
}

/** The next spans that have sendouts, and up to where everything is counted once they are. */
async function findNext(db: D1Database, position: number, until: number): Promise<{ fromAts: number[]; to: number }> {
  const first = await db
    .prepare("SELECT min(received_at) AS at FROM sendouts WHERE received_at >= ?1 AND received_at < ?2")
    .bind(position, until)
    .first<{ at: number | null }>();
  if (typeof first?.at !== "number") return { fromAts: [], to: Math.max(position, until) };
  const from = spanOf(first.at);
  const lookUntil = Math.min(until, from + LOOK_SPANS * SPAN_MS);
  const { results } = await db
    .prepare(
      `SELECT received_at - received_at % ${SPAN_MS} AS from_at, count(*) AS n
       FROM sendouts WHERE received_at >= ?1 AND received_at < ?2 GROUP BY 1 ORDER BY 1 LIMIT ${SPANS_MAX}`,
    )
    .bind(from, lookUntil)
    .all();
  const found = v.parse(v.array(v.object({ from_at: v.number(), n: v.number() })), results);
  let sendouts = 0;
  const fits = found.filter(({ n }, index) => (sendouts += n) <= SENDOUTS_MAX || index === 0);
  const isAll = fits.length === found.length && found.length < SPANS_MAX;
  const last = fits.at(-1)?.from_at ?? from;
  return { fromAts: fits.map(({ from_at }) => from_at), to: isAll ? lookUntil : last + SPAN_MS };
}

async function readSpans(db: D1Database, fromAts: readonly number[]): Promise<v.InferOutput<typeof RowSchema>[]> {
  const { results } = await db
    .prepare("SELECT from_at, counts FROM statistics WHERE from_at IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(fromAts))
    .all();
  return v.parse(v.array(RowSchema), results);
}

/** Writes what was counted, unless another run has written since this one began. */
async function writeSpans(
  db: D1Database,
  spans: readonly Span[],
  sum: { counts: readonly Count[]; was: number },
  position: { from: number; to: number },
  now: number,
): Promise<void> {
  const isFirst = "(SELECT counted_at FROM statistics WHERE from_at = 0) = ?1";
  const rows = spans.map(({ fromAt, counts, open }) => [fromAt, JSON.stringify(counts), open]);
  await db.batch([
    db
      .prepare(
        `INSERT OR REPLACE INTO statistics (from_at, counts, open, counted_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, ?3 FROM json_each(?2) WHERE ${isFirst}`,
      )
      .bind(sum.was, JSON.stringify(rows), now),
    // One that was taken back meanwhile (`rewindJobs`) stays where it was taken.
    db
      .prepare(
        `UPDATE jobs SET ended_at = ?2, position = iif(position = ?3, ?4, position) WHERE name = ?5 AND ${isFirst}`,
      )
      .bind(sum.was, now, position.from, position.to, STATISTICS_JOB),
    db
      .prepare(`UPDATE statistics SET counts = ?2, counted_at = ?3 WHERE from_at = 0 AND counted_at = ?1`)
      .bind(sum.was, JSON.stringify(sum.counts), Math.max(now, sum.was + 1)),
  ]);
}

const DAY_MS = 24 * 3_600_000;

/** Notes how large the database is, once a day. */
async function noteSize(db: D1Database, now: number): Promise<void> {
  const day = now - (now % DAY_MS);
  const { results, meta } = await db.prepare("SELECT bytes FROM sizes WHERE day = ?1").bind(day).all();
  if (results.length > 0) return;
  await db.prepare("INSERT OR IGNORE INTO sizes (day, bytes) VALUES (?1, ?2)").bind(day, meta.size_after).run();
}

/**
 * How large the database was on each of the last days that are known, the oldest first, and how large it is now.
 *
 * @param since milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function readSizes(
  db: D1Database,
  since: number,
): Promise<{ days: { day: number; bytes: number }[]; bytes: number }> {
  await ensureMigrated(db);
  const { results, meta } = await db
    .prepare("SELECT day, bytes FROM sizes WHERE day >= ?1 ORDER BY day")
    .bind(since)
    .all();
  return { days: v.parse(v.array(v.object({ day: v.number(), bytes: v.number() })), results), bytes: meta.size_after };
}

/** What was counted between two instants. */
export interface Statistics {
  /** By the beginning of each step, in milliseconds since 1970; steps without anything are left out. */
  steps: { at: number; counts: Count[] }[];
}

const StepRowSchema = v.object({ at: v.number(), counts: v.pipe(v.string(), v.parseJson(), v.array(CountSchema)) });

/**
 * The statistics of spans that begin between two instants, what is not counted yet included.
 *
 * @param stepMs how long a step is; a multiple of `SPAN_MS`
 * @throws whatever D1 throws
 */
export async function readStatistics(
  env: ShardBindings,
  since: number,
  until: number,
  stepMs: number,
): Promise<Statistics> {
  const db = env.LEDGER;
  await ensureMigrated(db);
  const [counted, job] = await db.batch([
    db
      .prepare(
        `SELECT at, json_group_array(json_array(kind, subject, label, n)) AS counts FROM (
           SELECT from_at - from_at % ?3 AS at, one.value ->> 0 AS kind, one.value ->> 1 AS subject,
             one.value ->> 2 AS label, sum(one.value ->> 3) AS n
           FROM statistics CROSS JOIN json_each(counts) AS one
           WHERE from_at > 0 AND from_at >= ?1 AND from_at < ?2 GROUP BY 1, 2, 3, 4)
         GROUP BY at`,
      )
      .bind(since, until, stepMs),
    // Where it was taken back, what is there counts until it is counted again.
    db
      .prepare("SELECT max(position, (SELECT max(from_at) FROM statistics) + ?2) AS position FROM jobs WHERE name = ?1")
      .bind(STATISTICS_JOB, SPAN_MS),
  ]);
  const { position } = v.parse(v.object({ position: v.number() }), job?.results[0]);
  const steps = v.parse(v.array(StepRowSchema), counted?.results);
  const fresh = (await countFresh(env, Math.max(position, since), until)).map(({ fromAt, counts }) => ({
    at: fromAt - (fromAt % stepMs),
    counts,
  }));
  const byStep = Map.groupBy([...steps, ...fresh], ({ at }) => at);
  return {
    steps: [...byStep]
      .map(([at, parts]) => ({ at, counts: addCounts(parts.flatMap(({ counts }) => counts)) }))
      .filter(({ counts }) => counts.length > 0)
      .sort((one, other) => one.at - other.at),
  };
}

/** How many spans that nobody has counted yet are counted for a reader: the last hour's, should the cron be late. */
const FRESH_MAX = 12;

async function countFresh(env: ShardBindings, since: number, until: number): Promise<Span[]> {
  const fromAts: number[] = [];
  for (let at = spanOf(Math.max(since, until - FRESH_MAX * SPAN_MS)); at < until; at += SPAN_MS) fromAts.push(at);
  return fromAts.length === 0 ? [] : countSpansOfAll(env, fromAts);
}

/**
 * The sum of everything ever counted.
 *
 * @throws whatever D1 throws
 */
export async function readSums(db: D1Database): Promise<Count[]> {
  await ensureMigrated(db);
  const row = await db.prepare("SELECT from_at, counts FROM statistics WHERE from_at = 0").first();
  return v.parse(RowSchema, row).counts;
}
