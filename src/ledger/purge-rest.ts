// What is purged by its own age rather than a sendout's: replays, resolved incidents, tokens, the audit log, statistics,
// blocks of the search, and claims that nothing refers to.

import * as v from "valibot";
import { CLAIM_PREFIX, claimIdsFrom, type ClaimBindings } from "./claims.ts";
import { DAY_MS, type Retention } from "./retention-settings.ts";
import { ensureMigrated } from "./migrate.ts";
import { othersOf } from "./shards.ts";

/** The most that one statement deletes. */
const ROWS_AT_ONCE = 1_000;

/** How long a message with a claim can wait in a queue, in milliseconds, and a day more: nobody knows of it meanwhile. */
const CLAIM_TRAVELS_MS = 15 * DAY_MS;

/** How long statistics are kept, in days: a year can be compared with the one before. */
const STATISTICS_DAYS = 400;

/** How many blocks of the search one run deletes; each has 64 rows of terms at most. */
const BLOCKS_AT_ONCE = 15;

/** The oldest blocks of which no sendout is left: one that was passed over is still found by its terms. */
const EMPTY_BLOCKS = `SELECT b.from_at FROM search_blocks AS b
  WHERE b.to_at < ?1 AND NOT EXISTS (SELECT 1 FROM sendouts WHERE received_at > b.from_at AND received_at <= b.to_at)
  ORDER BY b.from_at LIMIT ${BLOCKS_AT_ONCE}`;

/**
 * Deletes some of what is too old, the oldest first.
 *
 * @param now milliseconds since 1970
 * @returns whether there may be more
 * @throws whatever D1 throws; then nothing is deleted, or all of it
 */
export async function purgeRest(db: D1Database, retention: Retention, now: number): Promise<boolean> {
  await ensureMigrated(db);
  const before = now - retention.metadataDays * DAY_MS;
  const results = await db.batch([
    // A stop takes back what was put in a request's place; one that has ended cannot be stopped.
    db.prepare(
      `UPDATE replayed SET request_before = NULL WHERE (replay_id, sendout_id, target, copy) IN (
         SELECT r.replay_id, r.sendout_id, r.target, r.copy FROM replayed AS r CROSS JOIN replays ON replays.id = r.replay_id
         WHERE r.request_before IS NOT NULL AND replays.state IN ('done', 'stopped') LIMIT ${ROWS_AT_ONCE})`,
    ),
    db
      .prepare(
        `DELETE FROM replayed WHERE (replay_id, sendout_id, target, copy) IN (
           SELECT r.replay_id, r.sendout_id, r.target, r.copy FROM replays CROSS JOIN replayed AS r ON r.replay_id = replays.id
           WHERE replays.planned_at < ?1 AND replays.state <> 'running' LIMIT ${ROWS_AT_ONCE})`,
      )
      .bind(before),
    db
      .prepare(
        `DELETE FROM replays WHERE planned_at < ?1 AND state <> 'running'
           AND NOT EXISTS (SELECT 1 FROM replayed AS r WHERE r.replay_id = replays.id)`,
      )
      .bind(before),
    db.prepare("DELETE FROM incidents WHERE resolved_at < ?1").bind(before),
    db.prepare("DELETE FROM tokens WHERE expires_at < ?1").bind(before),
    // Ids are in the order of time; there is no other index.
    db
      .prepare(
        `DELETE FROM audit_log WHERE id IN (
           SELECT id FROM (SELECT id, at FROM audit_log ORDER BY id LIMIT ${ROWS_AT_ONCE}) WHERE at < ?1)`,
      )
      .bind(now - retention.auditDays * DAY_MS),
    db.prepare(`DELETE FROM search_terms WHERE from_at IN (${EMPTY_BLOCKS})`).bind(before),
    db.prepare(`DELETE FROM search_blocks WHERE from_at IN (${EMPTY_BLOCKS})`).bind(before),
    db.prepare("DELETE FROM statistics WHERE from_at > 0 AND from_at < ?1").bind(now - STATISTICS_DAYS * DAY_MS),
  ]);
  const blocks = results.at(-2)?.meta.changes ?? 0;
  return blocks >= BLOCKS_AT_ONCE || results.some(({ meta }) => meta.changes >= ROWS_AT_ONCE);
}

/**
 * Claims that nothing refers to although their time is over: left by a crash between storing and sending.
 *
 * @param purgedUpTo up to which time of arrival all content is gone, but for what was passed over
 * @param now milliseconds since 1970
 * @throws whatever R2 or D1 throws
 */
export async function findLeftClaims(env: ClaimBindings, purgedUpTo: number, now: number): Promise<string[]> {
  const end = claimIdsFrom(Math.min(purgedUpTo, now - CLAIM_TRAVELS_MS));
  const [stored, referred] = await env.LEDGER.batch([
    env.LEDGER.prepare(
      `SELECT DISTINCT id FROM claims WHERE id > '${CLAIM_PREFIX}' AND id < ?1 ORDER BY id LIMIT ${ROWS_AT_ONCE}`,
    ).bind(end),
    env.LEDGER.prepare(REFERRED),
  ]);
  const elsewhere = await Promise.all(othersOf(env).map(async ({ db }) => (await db.prepare(REFERRED).all()).results));
  const columns = [referred?.results ?? [], ...elsewhere].flatMap((rows) => readIds(rows));
  const inUse = new Set(columns.map((column) => column.split(":")[1]));
  const objects = await env.BODIES?.list({ prefix: CLAIM_PREFIX, limit: ROWS_AT_ONCE });
  const keys = (objects?.objects ?? []).map(({ key }) => key).filter((key) => key < end);
  return [...readIds(stored?.results), ...keys].filter((id) => !inUse.has(id));
}

/** The claims of what the purge has passed over. */
const REFERRED = `SELECT content AS id FROM (
    SELECT s.body AS content FROM purge_later AS l CROSS JOIN sendouts AS s ON s.id = l.sendout_id
    UNION ALL SELECT d.request FROM purge_later AS l CROSS JOIN deliveries AS d ON d.sendout_id = l.sendout_id
    UNION ALL SELECT r.body FROM purge_later AS l CROSS JOIN repeats AS r ON r.sendout_id = l.sendout_id)
  WHERE substr(content, 1, 6) = 'claim:'`;

function readIds(results: readonly unknown[] | undefined): string[] {
  return v.parse(v.array(v.object({ id: v.string() })), results ?? []).map(({ id }) => id);
}
