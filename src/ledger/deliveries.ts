// The ledger's rows for deliveries: one per sendout and target, written with its first outcome and updated with every
// later one. A write that comes twice or late never takes a delivery back to where it was.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** One HTTP call, or the reason why none was made. */
export const AttemptSchema = v.object({
  /** Milliseconds since 1970. */
  at: v.number(),
  /** How long it took, in milliseconds. */
  ms: v.number(),
  status: v.optional(v.number()),
  /** Stable code of what went wrong. */
  reason: v.optional(v.string()),
  detail: v.optional(v.string()),
  /** The beginning of the response body, secrets removed. */
  excerpt: v.optional(v.string()),
});

/** How a delivery stands after an attempt. */
export const OutcomeSchema = v.object({
  sendoutId: v.string(),
  target: v.string(),
  route: v.string(),
  state: v.picklist(["scheduled", "delivered", "failed"]),
  reason: v.nullable(v.string()),
  attemptsMade: v.number(),
  /** Milliseconds since 1970. */
  updatedAt: v.number(),
  /** When the next attempt comes, in milliseconds since 1970; null when none does. */
  dueAt: v.nullable(v.number()),
  /** The attempt just made; absent when the delivery failed without one. */
  attempt: v.optional(AttemptSchema),
  /** The rendered request with its policy, so that it can be sent again; written by `toColumn`. */
  request: v.string(),
});
export type Outcome = v.InferOutput<typeof OutcomeSchema>;

/** Where a delivery stands, as far as the delivery step needs to know. */
export interface Standing {
  state: Outcome["state"];
  attemptsMade: number;
  /** When the next attempt comes, in milliseconds since 1970; null when none does. */
  dueAt: number | null;
}

/**
 * Looks deliveries up by sendout and target. Those without an outcome yet are not in the answer, which is keyed by
 * `sendoutId.target`.
 *
 * @throws whatever D1 throws
 */
export async function lookUpDeliveries(
  db: D1Database,
  deliveries: readonly { sendoutId: string; target: string }[],
): Promise<Map<string, Standing>> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT d.sendout_id, d.target, d.state, d.attempts_made, d.due_at
       FROM json_each(?1) AS wanted
       JOIN deliveries AS d ON d.sendout_id = wanted.value ->> 0 AND d.target = wanted.value ->> 1`,
    )
    .bind(JSON.stringify(deliveries.map(({ sendoutId, target }) => [sendoutId, target])))
    .all();
  const rows = v.parse(v.array(StandingRowSchema), results);
  return new Map(
    rows.map(({ sendout_id, target, state, attempts_made, due_at }) => [
      `${sendout_id}.${target}`,
      { state, attemptsMade: attempts_made, dueAt: due_at },
    ]),
  );
}

const StandingRowSchema = v.object({
  sendout_id: v.string(),
  target: v.string(),
  state: OutcomeSchema.entries.state,
  attempts_made: v.number(),
  due_at: v.nullable(v.number()),
});

/**
 * The statement that records outcomes. A delivered delivery never changes again; else the later outcome stands, so that
 * neither a repeated write nor one that comes late takes a delivery back. One that succeeded is recorded whenever.
 */
export function recordOutcomes(db: D1Database, outcomes: readonly Outcome[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO deliveries
         (sendout_id, target, route, state, reason, attempts_made, updated_at, due_at, request, attempts)
       SELECT value ->> '$.sendoutId', value ->> '$.target', value ->> '$.route', value ->> '$.state',
         value ->> '$.reason', value ->> '$.attemptsMade', value ->> '$.updatedAt', value ->> '$.dueAt',
         value ->> '$.request', iif(value -> '$.attempt' IS NULL, '[]', json_array(value -> '$.attempt'))
       FROM json_each(?1) WHERE true
       ON CONFLICT (sendout_id, target) DO UPDATE SET
         state = excluded.state, reason = excluded.reason,
         attempts_made = max(deliveries.attempts_made, excluded.attempts_made),
         updated_at = excluded.updated_at, due_at = excluded.due_at,
         attempts = iif(excluded.attempts = '[]', deliveries.attempts,
           json_insert(deliveries.attempts, '$[#]', excluded.attempts -> 0))
       WHERE deliveries.state <> 'delivered'
         AND (excluded.state = 'delivered' OR excluded.updated_at > deliveries.updated_at)`,
    )
    .bind(JSON.stringify(outcomes));
}
