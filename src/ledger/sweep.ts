// What the sweeper finds in the ledger: deliveries whose time has come, and planned ones that never had an outcome. It is
// the one net under everything that can be lost between two durable places.

import * as v from "valibot";
import { DueRowSchema, type DueDelivery } from "./due-delivery.ts";
import { ORPHANS_JOB } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";
import { TEST_MARK } from "./test-sends.ts";

/**
 * Takes deliveries whose time has come or comes soon, the most overdue first. They are leased: unless something is heard
 * of one, it is due again when the lease has run out, so that a crash of whoever took it loses nothing.
 *
 * @throws whatever D1 throws
 */
export async function takeDue(
  db: D1Database,
  now: number,
  { aheadMs, leaseMs, limit }: { aheadMs: number; leaseMs: number; limit: number },
): Promise<DueDelivery[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `UPDATE deliveries SET sweep_at = ?1 + ?2
       WHERE (sendout_id, target, copy) IN (
         SELECT sendout_id, target, copy FROM deliveries WHERE sweep_at <= ?1 + ?4 ORDER BY sweep_at LIMIT ?3)
       RETURNING sendout_id, target, copy, route, round, attempts_made, attempts_before, reason, request, due_at, hops`,
    )
    .bind(now, leaseMs, limit, aheadMs)
    .all();
  return v.parse(v.array(DueRowSchema), results);
}

/** A planned delivery that has no row. */
export interface Orphan {
  sendoutId: string;
  target: string;
  route: string;
  receivedAt: number;
  /** Null where no order was asked for. */
  orderKey: string | null;
}

/** What is planned and has no row, received after ?1 and up to ?2; test sends, marked by ?3, are nobody's orphans. */
const ORPHANED = `FROM sendouts AS s, json_each(s.planned) AS plan
  LEFT JOIN deliveries AS d ON d.sendout_id = s.id AND d.target = plan.value ->> 'target' AND d.copy = 0
  WHERE s.received_at > ?1 AND s.received_at <= ?2 AND s.inlet <> ?3 AND d.sendout_id IS NULL`;

/** The statement that takes the search for orphans back to before the first one between two instants. */
export function rewindToMissed(db: D1Database, after: number, upTo: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE jobs SET position = min(position, coalesce((SELECT min(s.received_at) - 1 ${ORPHANED}), position))
       WHERE name = ?4`,
    )
    .bind(after, upTo, TEST_MARK, ORPHANS_JOB);
}

/**
 * Planned deliveries without an outcome, of sendouts received after one instant and up to another, in the order of
 * their arrival.
 *
 * @throws whatever D1 throws
 */
export async function findOrphans(db: D1Database, after: number, upTo: number, limit: number): Promise<Orphan[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT s.id, s.received_at, plan.value ->> 'target' AS target, plan.value ->> 'route' AS route,
         plan.value ->> 'orderKey' AS order_key
       ${ORPHANED} ORDER BY s.received_at, s.id LIMIT ?4`,
    )
    .bind(after, upTo, TEST_MARK, limit)
    .all();
  return v.parse(v.array(OrphanRowSchema), results);
}

const OrphanRowSchema = v.pipe(
  v.object({
    id: v.string(),
    received_at: v.number(),
    target: v.string(),
    route: v.string(),
    order_key: v.nullable(v.string()),
  }),
  v.transform(({ id, received_at, order_key, ...row }): Orphan => ({
    ...row,
    sendoutId: id,
    receivedAt: received_at,
    orderKey: order_key,
  })),
);

/**
 * Gives planned deliveries the row they lack: due at once, or waiting for its turn where an order was asked for. One
 * that has got its own meanwhile keeps it.
 *
 * @throws whatever D1 throws
 */
export async function adoptOrphans(
  db: D1Database,
  orphans: readonly (Orphan & { request: string })[],
  now: number,
): Promise<void> {
  await db
    .prepare(
      `INSERT OR IGNORE INTO deliveries
         (sendout_id, target, route, state, reason, attempts_made, updated_at, due_at, sweep_at, attempts, request,
          order_key, order_at, received_at)
       SELECT value ->> '$.sendoutId', value ->> '$.target', value ->> '$.route',
         iif(value ->> '$.orderKey' IS NULL, 'scheduled', 'held'),
         iif(value ->> '$.orderKey' IS NULL, 'lost_on_the_way', 'in_order'),
         0, ?2, iif(value ->> '$.orderKey' IS NULL, ?2, NULL), iif(value ->> '$.orderKey' IS NULL, ?2, NULL),
         '[]', value ->> '$.request',
         value ->> '$.orderKey', iif(value ->> '$.orderKey' IS NULL, NULL, value ->> '$.receivedAt'),
         value ->> '$.receivedAt'
       FROM json_each(?1)`,
    )
    .bind(JSON.stringify(orphans), now)
    .run();
}

/**
 * Makes everything due that waits in a queue, at its own time or now: for a queue that has lost what it held.
 *
 * @throws whatever D1 throws
 */
export async function hurryAll(db: D1Database, now: number): Promise<void> {
  await ensureMigrated(db);
  await db
    .prepare("UPDATE deliveries SET sweep_at = max(coalesce(due_at, 0), ?1) WHERE sweep_at IS NOT NULL")
    .bind(now)
    .run();
}

/**
 * When sendouts happened, in milliseconds since 1970, by id.
 *
 * @throws whatever D1 throws
 */
export async function readInstants(db: D1Database, ids: readonly string[]): Promise<Map<string, number>> {
  const { results } = await db
    .prepare(
      `SELECT id, coalesce(occurred_at, received_at) AS at FROM sendouts
       WHERE id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(ids))
    .all();
  return new Map(v.parse(v.array(v.object({ id: v.string(), at: v.number() })), results).map(({ id, at }) => [id, at]));
}
