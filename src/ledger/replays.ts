// The ledger's rows for replays: the plan, its run, how far it has come, and its end. What a step does is in
// replay-steps.ts. A step is one transaction, so each database has a part of a replay, which runs by itself.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";
import { PERSON_COLUMNS, toPerson } from "./person.ts";
import { PositionSchema, SelectionSchema } from "./replay-candidates.ts";
import { askAll, shardsOf, type ShardBindings } from "./shards.ts";

/** What is sent: the bytes that were kept, what the table in force makes of it, or that as something new. */
export const REPLAY_MODES = ["as then", "as now", "as new"] as const;
export type ReplayMode = (typeof REPLAY_MODES)[number];

const ReplayRowSchema = v.pipe(
  v.object({
    id: v.string(),
    state: v.picklist(["planned", "running", "stopped", "done"]),
    mode: v.picklist(REPLAY_MODES),
    rate: v.number(),
    planned_at: v.number(),
    expires_at: v.number(),
    started_at: v.nullable(v.number()),
    ended_at: v.nullable(v.number()),
    step: v.number(),
    next_at: v.nullable(v.number()),
    position: v.nullable(v.pipe(v.string(), v.parseJson(), PositionSchema)),
    skipped: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.number())),
    selection: v.pipe(v.string(), v.parseJson(), SelectionSchema),
    plan: v.pipe(v.string(), v.parseJson(), v.looseObject({ selected: v.number() })),
    ...PERSON_COLUMNS,
  }),
  v.transform(({ planned_at, expires_at, started_at, ended_at, next_at, actor, actor_name, ...row }) => ({
    ...row,
    by: toPerson(actor, actor_name),
    plannedAt: planned_at,
    expiresAt: expires_at,
    startedAt: started_at,
    endedAt: ended_at,
    nextAt: next_at,
  })),
);
/**
 * A replay as it stands. `rate` is in deliveries a second; instants are milliseconds since 1970. `nextAt` is when the
 * next delivery may go, `skipped` counts by reason those that were passed over. `by` is who planned it; null where that was
 * not noted.
 */
export type Replay = v.InferOutput<typeof ReplayRowSchema>;

/** A replay that is only planned. `plan` says what it would do, for people. */
export type NewReplay = Pick<Replay, "id" | "mode" | "rate" | "plannedAt" | "expiresAt" | "selection" | "plan" | "by">;

/**
 * Keeps a plan, in every database its part. LEDGER comes last: what it has, all have.
 *
 * @param shares of the deliveries in each database, in the order of the databases, which part of the rate they get
 * @throws whatever D1 throws
 */
export async function insertReplay(
  env: ShardBindings,
  replay: NewReplay,
  shares: readonly number[] = [1],
): Promise<void> {
  const parts = shardsOf(env).map(({ db }, index) => ({ db, share: shares[index] ?? 1 }));
  for (const { db, share } of parts.toReversed()) await insertPart(db, { ...replay, rate: replay.rate * share });
}

async function insertPart(db: D1Database, replay: NewReplay): Promise<void> {
  await ensureMigrated(db);
  const { id, mode, rate, plannedAt, expiresAt, selection, plan, by } = replay;
  const kept = [JSON.stringify(selection), JSON.stringify(plan)];
  await db
    .prepare(
      `INSERT INTO replays (id, state, mode, rate, planned_at, expires_at, selection, plan, actor, actor_name)
       VALUES (?1, 'planned', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
    )
    .bind(id, mode, rate, plannedAt, expiresAt, ...kept, by?.id ?? null, by?.name ?? null)
    .run();
}

/**
 * Begins the run of a plan that has not expired. False when it was begun before, was stopped, or is too old.
 *
 * @throws whatever D1 throws
 */
export async function beginReplay(env: ShardBindings, id: string, now: number): Promise<boolean> {
  // LEDGER comes last: whoever is interrupted before asks again, and begins the rest.
  let begun = false;
  for (const { db } of shardsOf(env).toReversed()) begun = await beginPart(db, id, now);
  return begun;
}

async function beginPart(db: D1Database, id: string, now: number): Promise<boolean> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare(
      `UPDATE replays SET state = 'running', started_at = ?2, next_at = ?2
       WHERE id = ?1 AND state = 'planned' AND expires_at > ?2`,
    )
    .bind(id, now)
    .run();
  return meta.changes > 0;
}

/**
 * A replay over all databases; undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function readWholeReplay(env: ShardBindings, id: string): Promise<Replay | undefined> {
  return addParts((await askAll(env, async (db) => readReplay(db, id))).filter((part) => part !== undefined));
}

/** One replay of its parts: it runs while one of them does. */
function addParts(parts: readonly Replay[]): Replay | undefined {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first;
  const states = new Set(parts.map(({ state }) => state));
  const state = (["running", "stopped", "planned"] as const).find((one) => states.has(one)) ?? "done";
  const isOver = state === "stopped" || state === "done";
  const counts = parts.flatMap(({ skipped }) => Object.entries(skipped));
  return {
    ...first,
    state,
    rate: Math.round(parts.reduce((sum, { rate }) => sum + rate, 0)),
    startedAt: first.startedAt ?? others.find(({ startedAt }) => startedAt !== null)?.startedAt ?? null,
    endedAt: isOver ? Math.max(...parts.map(({ endedAt }) => endedAt ?? 0)) : null,
    skipped: Object.fromEntries(
      [...Map.groupBy(counts, ([why]) => why)].map(([why, some]) => [why, some.reduce((sum, [, n]) => sum + n, 0)]),
    ),
  };
}

/**
 * A replay's part in one database; undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function readReplay(db: D1Database, id: string): Promise<Replay | undefined> {
  await ensureMigrated(db);
  const row = await db.prepare("SELECT * FROM replays WHERE id = ?1").bind(id).first();
  return row === null ? undefined : v.parse(ReplayRowSchema, row);
}

/**
 * The last replays, the newest first: ids begin with their time.
 *
 * @throws whatever D1 throws
 */
export async function listReplays(env: ShardBindings, limit: number): Promise<Replay[]> {
  const parts = (await askAll(env, async (db) => listParts(db, limit))).flat();
  const wholes = [...Map.groupBy(parts, ({ id }) => id).values()].flatMap((some) => addParts(some) ?? []);
  return wholes.toSorted((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
}

async function listParts(db: D1Database, limit: number): Promise<Replay[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare("SELECT * FROM replays ORDER BY id DESC LIMIT ?1").bind(limit).all();
  return v.parse(v.array(ReplayRowSchema), results);
}

/**
 * The ids of the replays under way in a database, the oldest first.
 *
 * @throws whatever D1 throws
 */
export async function runningReplays(db: D1Database): Promise<string[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare("SELECT id FROM replays WHERE state = 'running' ORDER BY id").all();
  return v.parse(v.array(v.object({ id: v.string() })), results).map(({ id }) => id);
}

/** A delivery that a replay took and that waits without having been called. */
const WAITS = `d.sendout_id = r.sendout_id AND d.target = r.target AND d.copy = r.copy AND d.round = r.round
  AND d.attempts_made = d.attempts_before AND (d.state = 'held' OR (d.state = 'scheduled' AND d.due_at > ?2))`;

/** A delivery due within this time may be on its way to its target already, in milliseconds. */
const UNDER_WAY_MS = 1_000;

/**
 * Stops a replay, planned or running. What was taken and still waits for its time, or is held, is as it was before; what
 * is under way goes on. Changes nothing when the replay has ended.
 *
 * @throws whatever D1 throws
 */
export async function stopReplay(env: ShardBindings, id: string, now: number): Promise<void> {
  await askAll(env, async (db) => stopPart(db, id, now));
}

async function stopPart(db: D1Database, id: string, now: number): Promise<void> {
  await ensureMigrated(db);
  await db.batch([
    db
      .prepare("UPDATE replays SET state = 'stopped', ended_at = ?2 WHERE id = ?1 AND state IN ('planned', 'running')")
      .bind(id, now),
    db
      .prepare(
        `UPDATE replayed AS r SET withdrawn = 1
         WHERE r.replay_id = ?1 AND EXISTS (SELECT 1 FROM deliveries AS d WHERE ${WAITS})
           AND EXISTS (SELECT 1 FROM replays WHERE id = ?1 AND state = 'stopped')`,
      )
      .bind(id, now + UNDER_WAY_MS),
    // The round stays counted: the message that still comes finds it ended.
    db
      .prepare(
        `UPDATE deliveries AS d SET state = coalesce(r.state_before, 'cancelled'),
           reason = iif(r.state_before IS NULL, 'replay_stopped', r.reason_before),
           request = coalesce(r.request_before, d.request), updated_at = ?3, due_at = NULL, sweep_at = NULL
         FROM replayed AS r WHERE r.replay_id = ?1 AND r.withdrawn = 1 AND ${WAITS}`,
      )
      .bind(id, now + UNDER_WAY_MS, now),
  ]);
}

/** How the deliveries of a replay stand. */
export interface Progress {
  /** Deliveries given to their targets' queues, those under way included. */
  sent: number;
  /** Taken and given back by a stop. */
  withdrawn: number;
  /** Of those sent, by target and state. */
  targets: Record<string, Record<string, number>>;
}

/**
 * How far a replay has come.
 *
 * @throws whatever D1 throws
 */
export async function readProgress(env: ShardBindings, id: string): Promise<Progress> {
  const parts = await askAll(env, async (db) => readProgressOf(db, id));
  const progress: Progress = { sent: 0, withdrawn: 0, targets: {} };
  for (const { withdrawn, target, state, count } of parts.flat()) {
    if (withdrawn === 1) progress.withdrawn += count;
    else {
      progress.sent += count;
      const states = (progress.targets[target] ??= {});
      states[state] = (states[state] ?? 0) + count;
    }
  }
  return progress;
}

async function readProgressOf(db: D1Database, id: string): Promise<v.InferOutput<typeof CountSchema>[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT r.withdrawn, r.target, d.state, count(*) AS count FROM replayed AS r
       JOIN deliveries AS d ON d.sendout_id = r.sendout_id AND d.target = r.target AND d.copy = r.copy
       WHERE r.replay_id = ?1 GROUP BY 1, 2, 3`,
    )
    .bind(id)
    .all();
  return v.parse(v.array(CountSchema), results);
}

const CountSchema = v.object({ withdrawn: v.number(), target: v.string(), state: v.string(), count: v.number() });
