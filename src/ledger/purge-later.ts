// Sendouts that the purge had to pass over, once everything about them has ended.

import * as v from "valibot";
import type { Gone } from "./content.ts";
import { ensureMigrated } from "./migrate.ts";
import { deleteRows, IS_OPEN, removeContent, runStep, setAside, withIds } from "./purge.ts";

/** A sendout that was passed over. `receivedAt` is in milliseconds since 1970. */
export interface PassedOver {
  id: string;
  receivedAt: number;
}

/**
 * Sendouts that were passed over and of which nothing is under way any more.
 *
 * @throws whatever D1 throws
 */
export async function findEnded(db: D1Database, until: number, limit: number): Promise<PassedOver[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT s.id, s.received_at FROM purge_later AS l CROSS JOIN sendouts AS s ON s.id = l.sendout_id
       WHERE l.received_at <= ?1 AND NOT ${IS_OPEN} LIMIT ?2`,
    )
    .bind(until, limit)
    .all();
  const rows = v.parse(v.array(v.object({ id: v.string(), received_at: v.number() })), results);
  return rows.map(({ id, received_at }) => ({ id, receivedAt: received_at }));
}

/**
 * Takes the content out of such sendouts, or deletes them; what goes on again meanwhile stays as it is.
 *
 * @param what why the content is gone, or "everything" for the rows as well
 * @returns the claims that nothing refers to any more
 * @throws whatever D1 throws; then nothing has changed, or all of it
 */
export async function purgeEnded(db: D1Database, ids: readonly string[], what: Gone | "everything"): Promise<string[]> {
  if (ids.length === 0) return [];
  const those = withIds(ids);
  const removing = what === "everything" ? deleteRows(db, those) : removeContent(db, those, what);
  const takeBack = db
    .prepare(
      `DELETE FROM purge_later WHERE sendout_id IN (
         SELECT s.id FROM sendouts AS s WHERE ${those.where} AND NOT ${IS_OPEN})`,
    )
    .bind(...those.values);
  return runStep(db, [setAside(db, those), takeBack], those, removing);
}
