// What came in at one inlet, and what did not: for the report of what Voucherify has not delivered.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many event types are told apart; the rarest are left out. */
const TYPES_MAX = 100;

const CountSchema = v.object({ type: v.nullable(v.string()), count: v.number() });
/** How many sendouts came in of an event type; null are those that could not be read. */
export type ArrivalCount = v.InferOutput<typeof CountSchema>;

/** A span of time, in milliseconds since 1970: from `since` on, and before `until`. */
export interface Span {
  since: number;
  until: number;
}

/**
 * The sendouts of an inlet in a span, by event type, the most frequent first.
 *
 * @throws whatever D1 throws
 */
export async function countArrivals(db: D1Database, inlet: string, { since, until }: Span): Promise<ArrivalCount[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT event_type AS type, count(*) AS count FROM sendouts
       WHERE received_at >= ?2 AND received_at < ?3 AND inlet = ?1 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TYPES_MAX}`,
    )
    .bind(inlet, since, until)
    .all();
  return v.parse(v.array(CountSchema), results);
}

const ReceivedSchema = v.nullable(v.object({ received_at: v.number() }));

/**
 * When the first sendout of a span came in at an inlet, in milliseconds since 1970; null when none did.
 *
 * @throws whatever D1 throws
 */
export async function firstArrival(db: D1Database, inlet: string, { since, until }: Span): Promise<number | null> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `SELECT received_at FROM sendouts WHERE received_at >= ?2 AND received_at < ?3 AND inlet = ?1
       ORDER BY received_at LIMIT 1`,
    )
    .bind(inlet, since, until)
    .first();
  return v.parse(ReceivedSchema, row)?.received_at ?? null;
}

/**
 * When the last sendout of a span came in at an inlet, in milliseconds since 1970; null when none did.
 *
 * @throws whatever D1 throws
 */
export async function lastArrival(db: D1Database, inlet: string, { since, until }: Span): Promise<number | null> {
  await ensureMigrated(db);
  return db
    .prepare(
      `SELECT received_at FROM sendouts WHERE received_at >= ?2 AND received_at < ?3 AND inlet = ?1
       ORDER BY received_at DESC LIMIT 1`,
    )
    .bind(inlet, since, until)
    .first<number>("received_at");
}

/**
 * The project whose sendout came in last at an inlet; null when none has since an instant.
 *
 * @throws whatever D1 throws
 */
export async function lastProject(db: D1Database, inlet: string, since: number): Promise<string | null> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `SELECT project_id FROM sendouts WHERE received_at >= ?2 AND inlet = ?1 AND project_id IS NOT NULL
       ORDER BY received_at DESC LIMIT 1`,
    )
    .bind(inlet, since)
    .first();
  return v.parse(v.nullable(v.object({ project_id: v.string() })), row)?.project_id ?? null;
}

/**
 * Those of some ids (`so_…`) that the ledger has.
 *
 * @throws whatever D1 throws
 */
export async function findRecorded(db: D1Database, ids: readonly string[]): Promise<Set<string>> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT id FROM sendouts WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids))
    .all();
  return new Set(v.parse(v.array(v.object({ id: v.string() })), results).map(({ id }) => id));
}
