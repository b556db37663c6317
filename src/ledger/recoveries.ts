// The ledger's rows for how targets do: which of them have failed for a while, and since when one that was down has taken
// something again. It goes by the index of what waits, and writes nothing while nothing is wrong.

import * as v from "valibot";
import type { Outcome } from "./deliveries.ts";
import { ensureMigrated } from "./migrate.ts";

/**
 * How often a delivery has to fail in its round to say something of its target: one answer of 503, and one more, are
 * everyday things.
 */
export const FAILING_ATTEMPTS = 3;

/** How long it has to have failed, in milliseconds. */
export const FAILING_MS = 10 * 60_000;

/** How many waiting deliveries are looked at, those first that are due first. */
const READ_MAX = 10_000;

/** Reasons of a target that does not take what it is sent, and may later. */
const UNANSWERED = ["target_unavailable", "target_timeout", "target_unreachable"] as const;

/**
 * The statements that note of the targets with an open incident who has taken a delivery, and who has failed again. They
 * write nothing where no incident is open, or nothing new is known.
 */
export function noteRecoveries(db: D1Database, outcomes: readonly Outcome[]): D1PreparedStatement[] {
  const called = outcomes.filter(({ attempt }) => attempt !== undefined);
  const well = called.filter(({ state }) => state === "delivered");
  const failing = called.filter((outcome) => isFailing(outcome));
  return [
    ...(failing.length === 0 ? [] : [note(db, failing, "NULL", "recovered_at < ?2 AND kind = 'target_down'")]),
    ...(well.length === 0 ? [] : [note(db, well, "?2", "recovered_at IS NULL AND last_seen_at <= ?2")]),
  ];
}

/** Whether an outcome says that its target has failed for a while, and is tried again. */
export function isFailing({ state, reason, attemptsMade, attemptsBefore }: Outcome): boolean {
  return (
    state === "scheduled" &&
    UNANSWERED.some((one) => one === reason) &&
    attemptsMade - attemptsBefore >= FAILING_ATTEMPTS
  );
}

function note(db: D1Database, outcomes: readonly Outcome[], value: string, where: string): D1PreparedStatement {
  const targets = [...new Set(outcomes.map(({ target }) => target))];
  const at = Math.max(...outcomes.map(({ updatedAt }) => updatedAt));
  return db
    .prepare(
      `UPDATE incidents SET recovered_at = ${value}
       WHERE resolved_at IS NULL AND target IN (SELECT value FROM json_each(?1)) AND ${where}`,
    )
    .bind(JSON.stringify(targets), at);
}

const FailingSchema = v.object({
  target: v.string(),
  reason: v.picklist(UNANSWERED),
  status: v.nullable(v.number()),
  count: v.number(),
  /** When the last of the attempts was, in milliseconds since 1970. */
  lastAt: v.number(),
});
/** Deliveries of one target that have failed for a while and will be tried again. */
export type Failing = v.InferOutput<typeof FailingSchema>;

// The attempts of this round are the last ones of the list.
const WAITING = `SELECT target, reason, attempts ->> '$[#-1].status' AS status, attempts ->> '$[#-1].at' AS last_at,
    attempts ->> ('$[#-' || min(attempts_made - attempts_before, json_array_length(attempts)) || '].at') AS first_at
  FROM (SELECT * FROM deliveries WHERE sweep_at IS NOT NULL ORDER BY sweep_at LIMIT ${READ_MAX})
  WHERE state = 'scheduled' AND reason IN (${UNANSWERED.map((reason) => `'${reason}'`).join(", ")})
    AND attempts_made - attempts_before >= ${FAILING_ATTEMPTS}`;

/**
 * Counts the deliveries that have failed for a while, by target, reason and status.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function countFailing(db: D1Database, now: number): Promise<Failing[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT target, reason, status, count(*) AS count, max(last_at) AS lastAt FROM (${WAITING})
       WHERE first_at <= ?1 GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC`,
    )
    .bind(now - FAILING_MS)
    .all();
  return v.parse(v.array(FailingSchema), results);
}

const DownSchema = v.object({
  target: v.string(),
  lastSeenAt: v.number(),
  recoveredAt: v.nullable(v.number()),
  resolvedAt: v.nullable(v.number()),
});
/**
 * What is known of a target that is or was down. Instants are milliseconds since 1970; `recoveredAt` is since when it has
 * taken deliveries again, null while it has not.
 */
export type Down = v.InferOutput<typeof DownSchema>;

/**
 * The targets that are or were down.
 *
 * @throws whatever D1 throws
 */
export async function listDown(db: D1Database): Promise<Down[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT subject AS target, last_seen_at AS lastSeenAt, recovered_at AS recoveredAt, resolved_at AS resolvedAt
       FROM incidents WHERE kind = 'target_down'`,
    )
    .all();
  return v.parse(v.array(DownSchema), results);
}

/** How long nothing may have failed, and the target have taken something else, for failures to be over, in milliseconds. */
export const FAILURES_OVER_MS = 60 * 60_000;

/** The statement that resolves what only happens, and has not happened for a while. */
export function endQuiet(db: D1Database, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE incidents SET resolved_at = ?1, resolved_by = 'itself'
       WHERE resolved_at IS NULL AND kind = 'deliveries_failed' AND last_seen_at <= ?2 AND recovered_at IS NOT NULL`,
    )
    .bind(now, now - FAILURES_OVER_MS);
}
