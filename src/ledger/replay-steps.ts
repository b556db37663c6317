// A step of a replay as one transaction. It takes effect once or not at all, however often it is tried and by how many: it
// holds only while the replay's count of steps is what it was when the step was read.

import * as v from "valibot";
import { standingKey } from "./deliveries.ts";
import type { Candidate, Position } from "./replay-candidates.ts";
import type { Replay, ReplayMode } from "./replays.ts";

/** A delivery that a step takes, as it stood when it was read. */
export interface Claim {
  candidate: Candidate;
  /** The copy that is sent: the candidate's own, or a new one. */
  copy: number;
  /** When it is to be sent, in milliseconds since 1970. */
  dueAt: number;
  /** When the sweeper sends it unless something was heard of it. */
  sweepAt: number;
  /** What is sent, written by `toColumn`; undefined for the request that was kept. */
  request: string | undefined;
}

/** What a step does beside its claims. */
export interface StepEnd {
  position: Position | undefined;
  nextAt: number;
  skipped: Readonly<Record<string, number>>;
  /** Whether there is nothing left to do. */
  done: boolean;
}

/**
 * Makes a step take effect: gives the claimed deliveries their new round (or makes the new copies) and takes the replay
 * on, all or nothing. A claim whose delivery has changed since it was read is left out.
 *
 * @returns the claims that hold, or undefined when the step was made by somebody else or the replay was stopped
 * @throws whatever D1 throws; whether it took effect is then unknown, and the next step finds out
 */
export async function commitStep(
  db: D1Database,
  replay: Pick<Replay, "id" | "step" | "mode" | "plannedAt">,
  claims: readonly Claim[],
  { position, nextAt, skipped, done }: StepEnd,
  now: number,
): Promise<Claim[] | undefined> {
  const { id, step, mode } = replay;
  // Past the plan's instant, so that nobody who goes by the plan takes the delivery for one that nothing happened to.
  const at = Math.max(now, replay.plannedAt + 1);
  const json = JSON.stringify(claims.map(toJson));
  const bound = { id, step, json, at };
  const taking = claims.length === 0 ? [] : mode === "as new" ? createCopies(db, bound) : beginRounds(db, bound, mode);
  const advance = db
    .prepare(
      `UPDATE replays SET step = step + 1, position = ?3, next_at = ?4, skipped = ?5,
         state = iif(?6, 'done', 'running'), ended_at = iif(?6, ?7, NULL)
       WHERE id = ?1 AND step = ?2 AND state = 'running' RETURNING id`,
    )
    .bind(id, step, position ? JSON.stringify(position) : null, nextAt, JSON.stringify(skipped), done ? 1 : 0, now);
  const results = await db.batch([...taking, advance]);
  if (results.at(-1)?.results.length === 0) return undefined;
  const taken = v.parse(v.array(TakenSchema), taking.length === 0 ? [] : results[taking.length - 1]?.results);
  const keys = new Set(
    taken.map(({ sendout_id, target, copy }) => standingKey({ sendoutId: sendout_id, target, copy })),
  );
  return claims.filter(({ candidate: { sendoutId, target }, copy }) =>
    keys.has(standingKey({ sendoutId, target, copy })),
  );
}

const TakenSchema = v.object({ sendout_id: v.string(), target: v.string(), copy: v.number() });

function toJson({ candidate, copy, dueAt, sweepAt, request }: Claim) {
  const { sendoutId, receivedAt, target, route, round, updatedAt } = candidate;
  return { sendoutId, receivedAt, target, copy, route, round, updatedAt, dueAt, sweepAt, request: request ?? null };
}

const STEP_HOLDS = "EXISTS (SELECT 1 FROM replays WHERE id = ?1 AND step = ?2 AND state = 'running')";

const OF_CLAIM = `d.sendout_id = claim.value ->> '$.sendoutId' AND d.target = claim.value ->> '$.target'
  AND d.copy = claim.value ->> '$.copy'`;

/** What a step's statements are bound to: the replay, the step, the claims as JSON, and the time. */
interface Bound {
  id: string;
  step: number;
  json: string;
  at: number;
}

/** The next round of deliveries that stand as they were read. Noted first, while the row still says how it stood. */
function beginRounds(db: D1Database, { id, step, json, at }: Bound, mode: ReplayMode): D1PreparedStatement[] {
  const unchanged = `d.round = claim.value ->> '$.round' AND d.updated_at = claim.value ->> '$.updatedAt'`;
  return [
    db
      .prepare(
        `INSERT OR IGNORE INTO replayed
         (replay_id, sendout_id, target, copy, round, state_before, reason_before, request_before)
       SELECT ?1, d.sendout_id, d.target, d.copy, d.round + 1, d.state, d.reason,
         ${mode === "as now" ? "d.request" : "NULL"}
       FROM json_each(?3) AS claim CROSS JOIN deliveries AS d ON ${OF_CLAIM}
       WHERE ${unchanged} AND ${STEP_HOLDS}`,
      )
      .bind(id, step, json),
    db
      .prepare(
        `UPDATE deliveries AS d SET state = 'scheduled', reason = 'replayed', round = d.round + 1,
         attempts_before = d.attempts_made, updated_at = ?4,
         due_at = claim.value ->> '$.dueAt', sweep_at = claim.value ->> '$.sweepAt',
         request = coalesce(claim.value ->> '$.request', d.request), received_at = claim.value ->> '$.receivedAt'
       FROM json_each(?3) AS claim
       WHERE ${OF_CLAIM} AND ${unchanged} AND ${STEP_HOLDS}
         AND EXISTS (SELECT 1 FROM replayed AS r WHERE r.replay_id = ?1 AND r.sendout_id = d.sendout_id
           AND r.target = d.target AND r.copy = d.copy AND r.round = d.round + 1)
       RETURNING sendout_id, target, copy`,
      )
      .bind(id, step, json, at),
  ];
}

/** New copies. A number that somebody else has taken meanwhile is left to them. */
function createCopies(db: D1Database, { id, step, json, at }: Bound): D1PreparedStatement[] {
  const free = `NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE ${OF_CLAIM})`;
  return [
    db
      .prepare(
        `INSERT OR IGNORE INTO replayed (replay_id, sendout_id, target, copy, round)
       SELECT ?1, claim.value ->> '$.sendoutId', claim.value ->> '$.target', claim.value ->> '$.copy', 0
       FROM json_each(?3) AS claim WHERE ${free} AND ${STEP_HOLDS}`,
      )
      .bind(id, step, json),
    db
      .prepare(
        `INSERT INTO deliveries
         (sendout_id, target, copy, route, state, reason, attempts_made, updated_at, due_at, sweep_at, attempts, request,
          received_at)
       SELECT claim.value ->> '$.sendoutId', claim.value ->> '$.target', claim.value ->> '$.copy',
         claim.value ->> '$.route', 'scheduled', 'replayed', 0, ?4, claim.value ->> '$.dueAt',
         claim.value ->> '$.sweepAt', '[]', claim.value ->> '$.request', claim.value ->> '$.receivedAt'
       FROM json_each(?3) AS claim WHERE ${free} AND ${STEP_HOLDS}
       RETURNING sendout_id, target, copy`,
      )
      .bind(id, step, json, at),
  ];
}
