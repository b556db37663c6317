// The ledger's rows for what arrived and is not in the catalogue: one per event type and path.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/**
 * How many rows there may be. A payload with ever new keys must not fill the database; what is on record by then is
 * still counted.
 */
const ROWS_MAX = 2_000;

/** One event type or field, seen `count` times, between two instants in milliseconds since 1970. */
export const DriftSchema = v.object({
  kind: v.picklist(["type", "field"]),
  type: v.string(),
  path: v.string(),
  /** Kind and size of a value seen there, never the value. */
  example: v.string(),
  firstSeenAt: v.number(),
  lastSeenAt: v.number(),
  count: v.number(),
});
export type Drift = v.InferOutput<typeof DriftSchema>;

/**
 * Adds to what has been seen. Counting is all that a repeated write makes wrong.
 *
 * @throws whatever D1 throws; then nothing is written
 */
export async function recordDrift(db: D1Database, seen: readonly Drift[]): Promise<void> {
  await ensureMigrated(db);
  await db
    .prepare(
      `INSERT INTO drift (kind, type, path, example, first_seen_at, last_seen_at, count)
       SELECT value ->> '$.kind', value ->> '$.type', value ->> '$.path', value ->> '$.example',
         value ->> '$.firstSeenAt', value ->> '$.lastSeenAt', value ->> '$.count'
       FROM json_each(?1)
       WHERE (SELECT count(*) FROM drift) < ${ROWS_MAX}
         OR EXISTS (SELECT 1 FROM drift WHERE type = value ->> '$.type' AND path = value ->> '$.path')
       ON CONFLICT (type, path) DO UPDATE SET
         example = excluded.example,
         first_seen_at = min(drift.first_seen_at, excluded.first_seen_at),
         last_seen_at = max(drift.last_seen_at, excluded.last_seen_at),
         count = drift.count + excluded.count`,
    )
    .bind(JSON.stringify(seen))
    .run();
}

/**
 * What was seen for the first time since an instant, the newest discovery first.
 *
 * @param since milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function listNewDrift(db: D1Database, since: number): Promise<Drift[]> {
  return (await listDrift(db)).filter(({ firstSeenAt }) => firstSeenAt > since);
}

/**
 * What has been seen, the newest discovery first.
 *
 * @param type only of this event type; of all when left out
 * @throws whatever D1 throws
 */
export async function listDrift(db: D1Database, type?: string): Promise<Drift[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT kind, type, path, example, first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, count
       FROM drift WHERE ?1 IS NULL OR type = ?1 ORDER BY first_seen_at DESC, type, path`,
    )
    .bind(type ?? null)
    .all();
  return v.parse(v.array(DriftSchema), results);
}
