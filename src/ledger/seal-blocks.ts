// Blocks: runs of about a thousand sendouts with every term that one of them has. A search for what few have looks at
// blocks first and reads the entries of those alone. They are made by a job, some minutes behind, from the index by time.

import * as v from "valibot";
import { SEAL_JOB } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";

/** How many sendouts a block has, those of its last millisecond on top. */
const BLOCK_SENDOUTS = 1_024;

/** New blocks in a run of the job, and stale ones made again. Each takes D1 some 8 ms and three queries. */
const BLOCKS_MAX = 8;

/**
 * How long a sendout is left alone before its block is made, in milliseconds: rows are written in about the order of
 * their arrival, and one that comes later makes its block stale.
 */
const SETTLED_AFTER_MS = 10 * 60_000;

/** How many characters of a term divide a block's terms into rows, so that a search reads a sixty-fourth of them. */
export const FIRST_LENGTH = 1;

/** How many characters of a term a block knows. Another term looks the same in one block of a hundred thousand. */
export const TERM_LENGTH = 5;

/**
 * Makes blocks of what has settled, the oldest first, and makes those again that a late sendout has joined.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws; then no block was made
 */
export async function sealBlocks(db: D1Database, now: number): Promise<void> {
  await ensureMigrated(db);
  const [jobs, stale] = await db.batch<Record<string, unknown>>([
    db.prepare("SELECT position FROM jobs WHERE name = ?1").bind(SEAL_JOB),
    db
      .prepare("SELECT from_at, to_at FROM search_blocks WHERE seen = 'stale' ORDER BY from_at LIMIT ?1")
      .bind(BLOCKS_MAX),
  ]);
  const from = v.parse(v.fallback(v.number(), 0), jobs?.results[0]?.["position"]);
  const again = v.parse(v.array(v.object({ from_at: v.number(), to_at: v.number() })), stale?.results);
  const ends = await findEnds(db, from, now - SETTLED_AFTER_MS);
  const begins = [from, ...ends];
  const blocks = [
    ...again.map(({ from_at, to_at }) => [from_at, to_at] as const),
    ...ends.map((to, index) => [begins[index] ?? from, to] as const),
  ];
  await db.batch([
    ...blocks.flatMap(([fromAt, toAt]) => [db.prepare(TERMS).bind(fromAt, toAt), db.prepare(BLOCK).bind(fromAt, toAt)]),
    db
      .prepare("UPDATE jobs SET ended_at = ?2, position = max(position, ?3) WHERE name = ?1")
      .bind(SEAL_JOB, now, ends.at(-1) ?? from),
  ]);
}

/** Where the next blocks end: with the last instant of a sendout that fills one. */
async function findEnds(db: D1Database, after: number, upTo: number): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT received_at FROM (
         SELECT received_at, row_number() OVER (ORDER BY received_at) AS number
         FROM (SELECT received_at FROM sendouts INDEXED BY sendouts_by_time
           WHERE received_at > ?1 AND received_at <= ?2 ORDER BY received_at LIMIT ?3))
       WHERE number % ?4 = 0 ORDER BY 1`,
    )
    .bind(after, upTo, BLOCKS_MAX * BLOCK_SENDOUTS, BLOCK_SENDOUTS)
    .all();
  return v.parse(v.array(v.object({ received_at: v.number() })), results).map((row) => row.received_at);
}

/** The terms of a block, after ?1 and up to ?2. They are in the index: no payload is read. */
const TERMS = `INSERT OR REPLACE INTO search_terms (first, from_at, terms)
  SELECT substr(token, 1, ${FIRST_LENGTH}), ?1, group_concat(substr(token, ${FIRST_LENGTH + 1}), '') FROM (
    SELECT DISTINCT substr(term.value, 1, ${TERM_LENGTH}) AS token
    FROM sendouts INDEXED BY sendouts_by_time, json_each('["' || replace(terms, ' ', '","') || '"]') AS term
    WHERE received_at > ?1 AND received_at <= ?2 AND terms <> '')
  GROUP BY 1`;

const BLOCK = `INSERT OR REPLACE INTO search_blocks (from_at, to_at, seen)
  VALUES (?1, ?2, iif(EXISTS (SELECT 1 FROM sendouts INDEXED BY sendouts_by_time
    WHERE received_at > ?1 AND received_at <= ?2 AND terms IS NULL), 'partly', 'whole'))`;

/**
 * The statement that notes which blocks sendouts have joined that came late. It writes nothing where there is no block
 * yet, as there nearly always is none.
 */
export function markStale(db: D1Database, receivedAts: readonly number[]): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE search_blocks AS b SET seen = 'stale' FROM json_each(?1) AS late
       WHERE b.from_at = (SELECT max(from_at) FROM search_blocks WHERE from_at < late.value)
         AND b.to_at >= late.value AND b.seen <> 'stale'`,
    )
    .bind(JSON.stringify(receivedAts));
}
