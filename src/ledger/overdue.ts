// What the watchdog asks the ledger: which rows and replays should have gone on long ago.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many overdue deliveries are counted; more than that is "at least". */
export const OVERDUE_COUNT_MAX = 10_000;

/** Deliveries that should have been swept. `oldest` is since when, in milliseconds since 1970; null when there are none. */
export interface Overdue {
  count: number;
  oldest: number | null;
}

/**
 * Counts the deliveries that the sweeper should have sent by an instant, by the index that it goes by itself.
 *
 * @throws whatever D1 throws
 */
export async function countOverdue(db: D1Database, by: number): Promise<Overdue> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `SELECT count(*) AS count, min(sweep_at) AS oldest
       FROM (SELECT sweep_at FROM deliveries WHERE sweep_at <= ?1 ORDER BY sweep_at LIMIT ${OVERDUE_COUNT_MAX})`,
    )
    .bind(by)
    .first();
  return v.parse(v.object({ count: v.number(), oldest: v.nullable(v.number()) }), row);
}

/**
 * Replays under way whose next delivery should have gone by an instant, with when that was.
 *
 * @throws whatever D1 throws
 */
export async function findStuckReplays(db: D1Database, by: number): Promise<{ id: string; since: number }[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT id, next_at AS since FROM replays WHERE state = 'running' AND next_at <= ?1 ORDER BY id")
    .bind(by)
    .all();
  return v.parse(v.array(v.object({ id: v.string(), since: v.number() })), results);
}
