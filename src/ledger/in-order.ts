// Deliveries that go one after another, by key. One that waits is a row, held as `in_order`; its turn comes when no other
// of its key is open. D1 has one writer, so that a turn is given once, however many ask at the same time.

import * as v from "valibot";
import { DueRowSchema, type DueDelivery } from "./due-delivery.ts";
import { ensureMigrated } from "./migrate.ts";
import { readHoldups } from "./pauses.ts";
import { HEAD_VERSION_SQL } from "./table-versions.ts";

/** A delivery that waits for its turn. Instants are milliseconds since 1970. */
export const WaitingSchema = v.object({
  sendoutId: v.string(),
  target: v.string(),
  route: v.string(),
  /** What it has in common with those it goes before and after: a hash. */
  orderKey: v.string(),
  /** When its sendout was received. Of two at the same instant, the one with the lesser id goes first. */
  orderAt: v.number(),
  updatedAt: v.number(),
  /** How many Signalboxes its sendout has come through. */
  hops: v.number(),
  /** The rendered request, written by `toColumn`. */
  request: v.string(),
});
export type Waiting = v.InferOutput<typeof WaitingSchema>;

/** Which rows wait for their turn. As in the index `deliveries_waiting`. */
export const WAITS_IN_ORDER = "state = 'held' AND reason = 'in_order'";

/** Which rows keep others waiting. As in the index `deliveries_in_turn`. */
const IN_TURN = "order_key IS NOT NULL AND state IN ('scheduled', 'held') AND reason IS NOT 'in_order'";

/** The statement that has deliveries wait for their turn. One that has a row keeps it. */
export function insertWaiting(db: D1Database, rows: readonly Waiting[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR IGNORE INTO deliveries
         (sendout_id, target, route, state, reason, attempts_made, updated_at, attempts, request, order_key, order_at,
          hops, received_at)
       SELECT value ->> '$.sendoutId', value ->> '$.target', value ->> '$.route', 'held', 'in_order', 0,
         value ->> '$.updatedAt', '[]', value ->> '$.request', value ->> '$.orderKey', value ->> '$.orderAt',
         value ->> '$.hops', value ->> '$.orderAt'
       FROM json_each(?1)`,
    )
    .bind(JSON.stringify(rows));
}

/** A delivery whose turn has come. */
export interface NextDelivery extends DueDelivery {
  /** When its sendout happened, in milliseconds since 1970. */
  happenedAt: number;
}

/** What was taken, and what whoever sends it needs to know besides. */
export interface Taken {
  deliveries: NextDelivery[];
  /** The newest version of the routing table. */
  headVersion: number;
  /** Targets that answer slowly. */
  slow: ReadonlySet<string>;
}

/**
 * Gives each key its next turn unless one of its deliveries has it. What is taken is due at once and leased: unless
 * something is heard of it, the sweeper sends it again when the lease has run out.
 *
 * @throws whatever D1 throws; whether turns were given is then unknown, and their leases end
 */
export async function takeNext(db: D1Database, keys: readonly string[], now: number, leaseMs: number): Promise<Taken> {
  await ensureMigrated(db);
  const [taken, head, slow] = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `UPDATE deliveries
         SET state = 'scheduled', reason = 'next_in_order', updated_at = ?2, due_at = ?2, sweep_at = ?2 + ?3
         WHERE (sendout_id, target, copy) IN (
           SELECT waiting.sendout_id, waiting.target, waiting.copy
           FROM json_each(?1) AS asked CROSS JOIN deliveries AS waiting
           WHERE (waiting.sendout_id, waiting.target, waiting.copy) = (
               SELECT sendout_id, target, copy FROM deliveries WHERE order_key = asked.value AND ${WAITS_IN_ORDER}
               ORDER BY order_at, sendout_id, target, copy LIMIT 1)
             AND NOT EXISTS (SELECT 1 FROM deliveries WHERE order_key = asked.value AND ${IN_TURN}))
         RETURNING sendout_id, target, copy, route, round, attempts_made, attempts_before, reason, request, due_at, hops,
           coalesce(
             (SELECT coalesce(s.occurred_at, s.received_at) FROM sendouts AS s WHERE s.id = deliveries.sendout_id),
             order_at) AS happened_at`,
      )
      .bind(JSON.stringify(keys), now, leaseMs),
    db.prepare(HEAD_VERSION_SQL),
    db.prepare("SELECT target FROM slow_targets"),
  ]);
  return {
    deliveries: (taken?.results ?? []).map((row) => ({
      ...v.parse(DueRowSchema, row),
      happenedAt: v.parse(HappenedSchema, row).happened_at,
    })),
    headVersion: v.parse(HeadSchema, head?.results[0]).version,
    slow: readHoldups([], slow?.results ?? []).slow,
  };
}

const HappenedSchema = v.object({ happened_at: v.number() });
const HeadSchema = v.object({ version: v.number() });

/**
 * Keys of which deliveries wait although it is nobody's turn: whoever was to give the next one could not.
 *
 * @throws whatever D1 throws
 */
export async function findWaiting(db: D1Database, limit: number): Promise<string[]> {
  await ensureMigrated(db);
  // From each key straight to the next one: how many wait behind it costs nothing.
  const { results } = await db
    .prepare(
      `WITH RECURSIVE keys (value) AS (
         SELECT min(order_key) FROM deliveries WHERE ${WAITS_IN_ORDER}
         UNION ALL
         SELECT (SELECT min(order_key) FROM deliveries WHERE order_key > keys.value AND ${WAITS_IN_ORDER})
         FROM keys WHERE keys.value IS NOT NULL)
       SELECT value FROM keys
       WHERE value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deliveries WHERE order_key = keys.value AND ${IN_TURN})
       LIMIT ?1`,
    )
    .bind(limit)
    .all();
  return v.parse(v.array(v.object({ value: v.string() })), results).map(({ value }) => value);
}
