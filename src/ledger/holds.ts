// Held deliveries in the ledger: how many wait for what, and letting them go or giving them up.

import * as v from "valibot";
import { logFailure } from "../log.ts";
import type { DeliveryKey } from "./deliveries.ts";
import { WAITS_IN_ORDER } from "./in-order.ts";
import { ensureMigrated } from "./migrate.ts";
import { deletePause, listPauses, PauseSchema, type Pause, type PauseSubject } from "./pauses.ts";
import { askAll, findIn, placesOf, shardsOf, type ShardBindings } from "./shards.ts";
import { DueRowSchema, type DueDelivery } from "./due-delivery.ts";

/** Held deliveries of one target and route for one reason. */
export const HeldSchema = v.object({
  target: v.string(),
  route: v.string(),
  reason: v.string(),
  count: v.number(),
  /** When the oldest of them came to be held, in milliseconds since 1970. */
  since: v.number(),
});
export type Held = v.InferOutput<typeof HeldSchema>;

/**
 * Held deliveries, counted, the most first.
 *
 * @throws whatever D1 throws
 */
export async function countHeld(db: D1Database): Promise<Held[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT target, route, reason, count(*) AS count, min(updated_at) AS since
       FROM deliveries WHERE state = 'held' GROUP BY 1, 2, 3 ORDER BY count DESC`,
    )
    .all();
  return v.parse(v.array(HeldSchema), results);
}

/** How many deliveries one statement changes: a transaction of D1 ends within 30 seconds. */
const CHANGED_AT_ONCE = 5_000;

/** Which held deliveries: those of a target or a route that are not called because of a pause. */
const OF_PAUSE = `state = 'held' AND (
  (?1 = 'target:' || target AND reason IN ('target_paused', 'target_credentials', 'breaker_open'))
  OR (?1 = 'route:' || route AND reason = 'route_paused'))`;

/**
 * Ends a pause and makes what it held due, so many a second.
 *
 * @param reason ends only a pause of that reason; another one stays, and what it holds with it
 * @returns how many deliveries were let go
 * @throws whatever D1 throws
 */
export async function resume(
  env: ShardBindings,
  subject: PauseSubject,
  now: number,
  perSecond: number,
  reason?: Pause["reason"],
): Promise<number> {
  const home = env.LEDGER;
  await ensureMigrated(home);
  const [ended] = await home.batch(deletePause(home, subject, now, reason));
  if (reason !== undefined && ended?.meta.changes === 0) return 0;
  let released = 0;
  // What a database does not let go now, because it does not answer, `freeStranded` does.
  for (const { db } of shardsOf(env)) released = await releaseHeld(db, subject, now, { perSecond, released });
  return released;
}

/** How fast what was held goes out again when nothing else is said, in deliveries a second. */
export const RESUME_PER_SECOND = 20;

/** How many pauses one run ends: with each comes a query, of which a run of the cron has few to spare on the free plan. */
const ENDED_AT_ONCE = 2;

/**
 * Ends pauses by hand whose time is over, those that ended first before the others, and lets go what they held.
 *
 * @returns how many deliveries were let go
 * @throws whatever D1 throws; what is not let go then, `freeStranded` lets go
 */
export async function endPauses(env: ShardBindings, now: number): Promise<number> {
  await ensureMigrated(env.LEDGER);
  const { results } = await env.LEDGER.prepare(
    `DELETE FROM pauses WHERE subject IN (
       SELECT subject FROM pauses WHERE reason = 'by_hand' AND until <= ?1 ORDER BY until LIMIT ${ENDED_AT_ONCE})
     RETURNING subject`,
  )
    .bind(now)
    .all();
  let sum = 0;
  for (const { subject } of v.parse(v.array(v.pick(PauseSchema, ["subject"])), results)) {
    let released = 0;
    for (const { db } of shardsOf(env)) {
      released = await releaseHeld(db, subject, now, { perSecond: RESUME_PER_SECOND, released });
    }
    sum += released;
  }
  return sum;
}

/** Lets go what one database holds behind what was let go before. Returns how many that makes. */
async function releaseHeld(
  db: D1Database,
  subject: PauseSubject,
  now: number,
  { perSecond, released: before }: { perSecond: number; released: number },
): Promise<number> {
  await ensureMigrated(db);
  let released = before;
  for (;;) {
    const { meta } = await db
      .prepare(
        `UPDATE deliveries SET sweep_at = ?2 + (held.place + ?3) * 1000 / ?4, updated_at = ?2, state = 'scheduled',
           reason = 'resumed', due_at = ?2 + (held.place + ?3) * 1000 / ?4
         FROM (
           SELECT sendout_id, target, copy, row_number() OVER (ORDER BY updated_at) AS place
           FROM deliveries WHERE ${OF_PAUSE} LIMIT ${CHANGED_AT_ONCE}) AS held
         WHERE deliveries.sendout_id = held.sendout_id AND deliveries.target = held.target
           AND deliveries.copy = held.copy`,
      )
      .bind(subject, now, released, perSecond)
      .run();
    released += meta.changes;
    if (meta.changes < CHANGED_AT_ONCE) return released;
  }
}

/** What waits for its turn behind a delivery that a pause holds, or would be held by it. */
const BEHIND_PAUSE = `${WAITS_IN_ORDER} AND ?1 IN ('target:' || target, 'route:' || route)
  AND EXISTS (SELECT 1 FROM pauses WHERE subject = ?1)`;

/**
 * Gives up what a pause holds, and what waits for its turn behind that; the pause stays.
 *
 * @returns how many deliveries were cancelled
 * @throws whatever D1 throws
 */
export async function discard(env: ShardBindings, subject: PauseSubject, now: number): Promise<number> {
  const counts = await askAll(env, async (db) => discardHeld(db, subject, now));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What has an order is in LEDGER, and so are the pauses that it waits behind. */
async function discardHeld(db: D1Database, subject: PauseSubject, now: number): Promise<number> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare(
      `UPDATE deliveries SET state = 'cancelled', reason = 'discarded', updated_at = ?2, due_at = NULL, sweep_at = NULL
       WHERE (${OF_PAUSE}) OR (${BEHIND_PAUSE})`,
    )
    .bind(subject, now)
    .run();
  return meta.changes;
}

/**
 * Lets one open delivery go now, whatever it waits for. False when it is not open.
 *
 * @throws whatever D1 throws
 */
export async function release(env: ShardBindings, key: DeliveryKey, now: number): Promise<boolean> {
  return change(env, key, "state = 'scheduled', reason = 'released', due_at = NULL, sweep_at = ?4", now);
}

/**
 * Gives up one open delivery. False when it is not open. A call that is under way may still succeed, and is then
 * recorded as delivered.
 *
 * @throws whatever D1 throws
 */
export async function cancel(env: ShardBindings, key: DeliveryKey, now: number): Promise<boolean> {
  return change(env, key, "state = 'cancelled', reason = 'discarded', due_at = NULL, sweep_at = NULL", now);
}

/** In whichever database it is. */
async function change(env: ShardBindings, key: DeliveryKey, to: string, now: number): Promise<boolean> {
  const changed = await findIn(
    placesOf(env, key.sendoutId),
    async (db) => (await changeIn(db, key, to, now)) || undefined,
  );
  return changed !== undefined;
}

async function changeIn(db: D1Database, { sendoutId, target, copy }: DeliveryKey, to: string, now: number) {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare(
      `UPDATE deliveries SET ${to}, updated_at = ?4
       WHERE sendout_id = ?1 AND target = ?2 AND copy = ?3 AND state IN ('scheduled', 'held')`,
    )
    .bind(sendoutId, target, copy, now)
    .run();
  return meta.changes > 0;
}

/** A target whose breaker is open, and since when it has been. Instants are milliseconds since 1970. */
export interface OpenBreaker {
  target: string;
  since: number;
}

/**
 * The targets whose breaker is open and which are to be tried again.
 *
 * @throws whatever D1 throws
 */
export async function findProbes(db: D1Database, now: number): Promise<OpenBreaker[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT substr(subject, 8) AS target, since FROM pauses WHERE reason = 'breaker' AND until <= ?1")
    .bind(now)
    .all();
  return v.parse(v.array(v.object({ target: v.string(), since: v.number() })), results);
}

/**
 * The delivery to try a target with: the one that has waited longest, of the first database that has one. The next try is
 * put off until an instant. Where nothing waits, the pause has nothing to do any more and ends; of what a database that
 * does not answer may hold, nobody knows that.
 *
 * @throws whatever LEDGER throws
 */
export async function takeProbe(
  env: ShardBindings,
  target: string,
  now: number,
  until: number,
): Promise<{ found: DueDelivery; shard: number } | undefined> {
  const home = env.LEDGER;
  let isKnown = true;
  const probe = await findIn(shardsOf(env), async (db) => {
    if (db === home) return longestHeld(db, target);
    return longestHeld(db, target).catch((error: unknown) => {
      logFailure("ledger_unreadable", error, { target });
      isKnown = false;
    });
  });
  const subject: PauseSubject = `target:${target}`;
  const putOff = home.prepare("UPDATE pauses SET until = ?2 WHERE subject = ?1 AND reason = 'breaker'");
  const isOver = probe === undefined && isKnown;
  await home.batch(isOver ? deletePause(home, subject, now, "breaker") : [putOff.bind(subject, until)]);
  return probe;
}

async function longestHeld(db: D1Database, target: string): Promise<DueDelivery | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `SELECT sendout_id, target, copy, route, round, attempts_made, attempts_before, reason, request, due_at, hops
       FROM deliveries
       WHERE state = 'held' AND target = ?1 AND reason = 'breaker_open' ORDER BY updated_at LIMIT 1`,
    )
    .bind(target)
    .first();
  return row === null ? undefined : v.parse(DueRowSchema, row);
}

/** What is paused, where that is not in the database of the deliveries: a parameter has it as JSON. */
const PAUSED_ELSEWHERE = "SELECT value FROM json_each(?2)";

/**
 * Makes held deliveries due that no pause holds any more: one was decided on just as its pause ended.
 *
 * @returns how many there were
 * @throws whatever D1 throws
 */
export async function freeStranded(db: D1Database, now: number): Promise<number> {
  return free(db, "SELECT subject FROM pauses", [now]);
}

/**
 * The same in another database than LEDGER.
 *
 * @returns how many there were
 * @throws whatever D1 throws
 */
export async function freeStrandedIn(env: ShardBindings, db: D1Database, now: number): Promise<number> {
  const subjects = (await listPauses(env.LEDGER)).map(({ subject }) => subject);
  return free(db, PAUSED_ELSEWHERE, [now, JSON.stringify(subjects)]);
}

async function free(db: D1Database, paused: string, values: readonly (string | number)[]): Promise<number> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare(
      `UPDATE deliveries SET sweep_at = ?1, state = 'scheduled', reason = 'resumed', updated_at = ?1
       WHERE state = 'held' AND sweep_at IS NULL AND (
         (reason IN ('target_paused', 'target_credentials', 'breaker_open')
           AND 'target:' || target NOT IN (${paused}))
         OR (reason = 'route_paused' AND 'route:' || route NOT IN (${paused})))`,
    )
    .bind(...values)
    .run();
  return meta.changes;
}
