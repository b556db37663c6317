// What the sweeper finds in the ledger: deliveries whose time has come, and planned ones that never had an outcome. It is
// the one net under everything that can be lost between two durable places.

import * as v from "valibot";
import type { DeliveryKey } from "./deliveries.ts";
import { ensureMigrated } from "./migrate.ts";
import { TEST_MARK } from "./test-sends.ts";

/** A delivery to send again. Instants are milliseconds since 1970. */
export interface DueDelivery extends DeliveryKey {
  route: string;
  round: number;
  attemptsMade: number;
  attemptsBefore: number;
  /** When its next attempt is due; null when that was not said. */
  dueAt: number | null;
  /** As `toColumn` wrote it; empty when it could not be rendered. */
  request: string;
}

/** A row of `deliveries` as it is sent again. */
export const DueRowSchema = v.pipe(
  v.object({
    sendout_id: v.string(),
    target: v.string(),
    copy: v.number(),
    route: v.string(),
    round: v.number(),
    attempts_made: v.number(),
    attempts_before: v.number(),
    request: v.string(),
    due_at: v.nullable(v.number()),
  }),
  v.transform(({ sendout_id, attempts_made, attempts_before, due_at, ...row }): DueDelivery => ({
    ...row,
    sendoutId: sendout_id,
    attemptsMade: attempts_made,
    attemptsBefore: attempts_before,
    dueAt: due_at,
  })),
);

/**
 * Takes deliveries whose time has come or comes soon, the most overdue first. They are leased: unless something is heard of one, it
 * is due again when the lease has run out, so that a crash of whoever took it loses nothing.
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
       RETURNING sendout_id, target, copy, route, round, attempts_made, attempts_before, request, due_at`,
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
      `SELECT s.id, s.received_at, plan.value ->> 'target' AS target, plan.value ->> 'route' AS route
       FROM sendouts AS s, json_each(s.planned) AS plan
       LEFT JOIN deliveries AS d ON d.sendout_id = s.id AND d.target = plan.value ->> 'target' AND d.copy = 0
       WHERE s.received_at > ?1 AND s.received_at <= ?2 AND s.inlet <> ?4 AND d.sendout_id IS NULL
       ORDER BY s.received_at, s.id LIMIT ?3`,
    )
    .bind(after, upTo, limit, TEST_MARK)
    .all();
  return v.parse(v.array(OrphanRowSchema), results);
}

const OrphanRowSchema = v.pipe(
  v.object({ id: v.string(), received_at: v.number(), target: v.string(), route: v.string() }),
  v.transform(({ id, received_at, target, route }): Orphan => ({
    sendoutId: id,
    receivedAt: received_at,
    target,
    route,
  })),
);

/**
 * Gives planned deliveries the row they lack, due at once. One that has got its own meanwhile keeps it.
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
         (sendout_id, target, route, state, reason, attempts_made, updated_at, due_at, sweep_at, attempts, request)
       SELECT value ->> '$.sendoutId', value ->> '$.target', value ->> '$.route', 'scheduled', 'lost_on_the_way',
         0, ?2, ?2, ?2, '[]', value ->> '$.request'
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
