// What retention takes out of the ledger: first what sendouts and their targets said, later the rows themselves. A step is
// one transaction over the sendouts that arrived in a stretch of time. What is still under way is passed over and noted
// in `purge_later`, which every other statement of the step goes by.

import * as v from "valibot";
import { goneColumn, isGoneSql, type Gone } from "./content.ts";
import { withoutAnswerSql } from "./deliveries.ts";
import { notePosition } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";
import { TEST_MARK } from "./test-sends.ts";

/** Some sendouts `s`, as an SQL condition with its values. */
export interface Some {
  where: string;
  values: (string | number)[];
}

/** Those received after one instant and up to another, in milliseconds since 1970. */
export function receivedWithin(after: number, upTo: number): Some {
  return { where: "s.received_at > ? AND s.received_at <= ?", values: [after, upTo] };
}

/** Those with these ids. */
export function withIds(ids: readonly string[]): Some {
  return { where: "s.id IN (SELECT value FROM json_each(?))", values: [JSON.stringify(ids)] };
}

/** Whether something of the sendout is still to come: a delivery is open, or planned and never heard of. */
export const IS_OPEN = `(EXISTS (
    SELECT 1 FROM deliveries AS d WHERE d.sendout_id = s.id AND d.state IN ('scheduled', 'held'))
  OR (s.inlet <> '${TEST_MARK}' AND EXISTS (
    SELECT 1 FROM json_each(s.planned) AS plan WHERE NOT EXISTS (
      SELECT 1 FROM deliveries AS d
      WHERE d.sendout_id = s.id AND d.target = plan.value ->> 'target' AND d.copy = 0))))`;

const NOT_LATER = "NOT EXISTS (SELECT 1 FROM purge_later AS l WHERE l.sendout_id = s.id)";

/**
 * Up to where a step goes: the arrival of the last of so many sendouts, or the end where there are fewer. What arrived
 * at the same instant belongs to the same step.
 *
 * @throws whatever D1 throws
 */
export async function endOfStep(db: D1Database, from: number, until: number, sendouts: number): Promise<number> {
  await ensureMigrated(db);
  const last = await db
    .prepare(
      "SELECT received_at FROM sendouts WHERE received_at > ?1 AND received_at <= ?2 ORDER BY received_at LIMIT 1 OFFSET ?3",
    )
    .bind(from, until, sendouts - 1)
    .first<number>("received_at");
  return last ?? until;
}

/** A stretch of a job's way through the sendouts, in milliseconds since 1970. */
export interface Stretch {
  job: string;
  from: number;
  to: number;
}

/**
 * Takes the content out of the sendouts of a stretch and out of all that belongs to them.
 *
 * @param why what stands there from now on
 * @returns the claims that nothing refers to any more
 * @throws whatever D1 throws; then nothing has changed, or all of it
 */
export async function purgeContent(db: D1Database, stretch: Stretch, why: Gone, now: number): Promise<string[]> {
  const those = receivedWithin(stretch.from, stretch.to);
  return runStep(db, [setAside(db, those)], those, removeContent(db, those, why), [noteStretch(db, stretch, now)]);
}

/**
 * Deletes the sendouts of a stretch and all that belongs to them.
 *
 * @returns the claims that nothing refers to any more
 * @throws whatever D1 throws; then nothing has changed, or all of it
 */
export async function purgeRows(db: D1Database, stretch: Stretch, now: number): Promise<string[]> {
  const those = receivedWithin(stretch.from, stretch.to);
  return runStep(db, [setAside(db, those)], those, deleteRows(db, those), [noteStretch(db, stretch, now)]);
}

/**
 * Takes away the contents of those sendouts of a stretch that a step has looked at. The job goes on only when none is
 * left there: one that arrived meanwhile is for the next step.
 *
 * @param gone by why, the sendouts' ids
 * @returns the claims that nothing refers to any more
 * @throws whatever D1 throws; then nothing has changed, or all of it
 */
export async function purgeNamed(
  db: D1Database,
  { job, from, to }: Stretch,
  gone: Partial<Record<Gone, readonly string[]>>,
  now: number,
): Promise<string[]> {
  const all = receivedWithin(from, to);
  const named = withIds(Object.values(gone).flat());
  const removing = Object.entries(gone).flatMap(([why, ids]) => removeContent(db, withIds(ids), why as Gone)); // a key
  const note = db
    .prepare(
      `UPDATE jobs SET ended_at = ?, position = iif(position = ? AND NOT EXISTS (
         SELECT 1 FROM sendouts AS s WHERE ${all.where} AND ${NOT_LATER} AND NOT ${isGoneSql("s.body")}), ?, position)
       WHERE name = ?`,
    )
    .bind(now, from, ...all.values, to, job);
  return runStep(db, [setAside(db, all)], named, removing, [note]);
}

function noteStretch(db: D1Database, { job, from, to }: Stretch, now: number): D1PreparedStatement {
  return notePosition(db, job, { endedAt: now, from, to });
}

/** Runs a step's statements in one transaction, and says which claims its sendouts had. */
export async function runStep(
  db: D1Database,
  before: readonly D1PreparedStatement[],
  those: Some,
  removing: readonly D1PreparedStatement[],
  after: readonly D1PreparedStatement[] = [],
): Promise<string[]> {
  await ensureMigrated(db);
  const results = await db.batch([...before, selectClaims(db, those), ...removing, ...after]);
  const claims = v.parse(v.array(v.object({ id: v.string() })), results[before.length]?.results);
  return claims.map(({ id }) => id);
}

/** The statement that notes those of which something is under way, so that the others of the step pass over them. */
export function setAside(db: D1Database, { where, values }: Some): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR IGNORE INTO purge_later (sendout_id, received_at)
       SELECT s.id, s.received_at FROM sendouts AS s WHERE ${where} AND ${IS_OPEN}`,
    )
    .bind(...values);
}

/** The ids of claims stand between the first and the second colon. */
function selectClaims(db: D1Database, { where, values }: Some): D1PreparedStatement {
  const ids = `SELECT s.id FROM sendouts AS s WHERE ${where} AND ${NOT_LATER}`;
  const id = "substr(content, 7, instr(substr(content, 7), ':') - 1)";
  return db
    .prepare(
      `SELECT ${id} AS id FROM (
         SELECT s.body AS content FROM sendouts AS s WHERE ${where} AND ${NOT_LATER}
         UNION ALL SELECT request FROM deliveries WHERE sendout_id IN (${ids})
         UNION ALL SELECT body FROM repeats WHERE sendout_id IN (${ids}))
       WHERE substr(content, 1, 6) = 'claim:'`,
    )
    .bind(...values, ...values, ...values);
}

/**
 * The statements that take content away: payloads, requests, and what targets answered. Nothing of it is written where
 * it is gone already.
 */
export function removeContent(db: D1Database, { where, values }: Some, why: Gone): D1PreparedStatement[] {
  const ids = `SELECT s.id FROM sendouts AS s WHERE ${where} AND ${NOT_LATER}`;
  const gone = goneColumn(why);
  // Only payloads are archived.
  const goneRequest = goneColumn(why === "archived" ? "expired" : why);
  return [
    db
      .prepare(
        `UPDATE deliveries SET request = ?, attempts = (
           SELECT json_group_array(json(${withoutAnswerSql("value")})) FROM json_each(deliveries.attempts))
         WHERE sendout_id IN (${ids}) AND NOT ${isGoneSql("request")}`,
      )
      .bind(goneRequest, ...values),
    db
      .prepare(
        `UPDATE repeats SET body = ?
         WHERE sendout_id IN (${ids}) AND body IS NOT NULL AND NOT ${isGoneSql("body")}`,
      )
      .bind(gone, ...values),
    db
      .prepare(`UPDATE sendouts AS s SET body = ? WHERE ${where} AND ${NOT_LATER} AND NOT ${isGoneSql("s.body")}`)
      .bind(gone, ...values),
  ];
}

/** The statements that delete sendouts with everything about them. */
export function deleteRows(db: D1Database, { where, values }: Some): D1PreparedStatement[] {
  const ids = `SELECT s.id FROM sendouts AS s WHERE ${where} AND ${NOT_LATER}`;
  return [
    db.prepare(`DELETE FROM deliveries WHERE sendout_id IN (${ids})`).bind(...values),
    db.prepare(`DELETE FROM repeats WHERE sendout_id IN (${ids})`).bind(...values),
    db.prepare(`DELETE FROM sendouts AS s WHERE ${where} AND ${NOT_LATER}`).bind(...values),
  ];
}
