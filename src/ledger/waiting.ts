// What the watchdog asks the ledger: for which targets deliveries have waited for long, held or to be tried again.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many held deliveries of each target are looked at, and how many that are to be tried again, the next ones first. */
const SAMPLE_MAX = 200;

/** Incidents that say already why a target's deliveries wait. */
const EXPLAINED_BY = ["target_down", "target_paused", "target_not_ready"] as const;

// From one target to the next by the index of what is held: one step each, however much each holds.
const TARGETS = `WITH RECURSIVE targets (target) AS (
    SELECT min(target) FROM deliveries WHERE state = 'held'
    UNION ALL
    SELECT (SELECT min(target) FROM deliveries WHERE state = 'held' AND target > targets.target)
    FROM targets WHERE targets.target IS NOT NULL)`;

const HELD = `SELECT targets.target, (
    SELECT min(s.received_at) FROM (
      SELECT sendout_id FROM deliveries AS d
      WHERE d.state = 'held' AND d.target = targets.target AND d.round = 0 LIMIT ${SAMPLE_MAX}) AS sample
    JOIN sendouts AS s ON s.id = sample.sendout_id) AS since
  FROM targets WHERE targets.target IS NOT NULL`;

const SCHEDULED = `SELECT sample.target, min(s.received_at) AS since FROM (
    SELECT sendout_id, target FROM (
      SELECT sendout_id, target, state, round FROM deliveries WHERE sweep_at IS NOT NULL ORDER BY sweep_at LIMIT ${SAMPLE_MAX})
    WHERE state = 'scheduled' AND round = 0) AS sample
  JOIN sendouts AS s ON s.id = sample.sendout_id GROUP BY 1`;

const EXPLAINED = `SELECT target FROM incidents
  WHERE resolved_at IS NULL AND target IS NOT NULL AND kind IN (${EXPLAINED_BY.map((kind) => `'${kind}'`).join(", ")})`;

const WAITING = `${TARGETS}
  SELECT target, min(since) AS since FROM (${HELD} UNION ALL ${SCHEDULED})
  WHERE since <= ?1 AND target NOT IN (${EXPLAINED})
  GROUP BY 1 ORDER BY 1`;

const WaitingSchema = v.object({ target: v.string(), since: v.number() });

/**
 * The targets of which a delivery in its first round waits whose sendout was received by an instant, with when the oldest
 * was that was looked at. Targets of which another incident says why are left out, and so is what a person or a replay has
 * sent again: that may be as old as it likes.
 *
 * @param by milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function findWaiting(db: D1Database, by: number): Promise<v.InferOutput<typeof WaitingSchema>[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare(WAITING).bind(by).all();
  return v.parse(v.array(WaitingSchema), results);
}

/**
 * The targets of which an open incident says why their deliveries wait.
 *
 * @throws whatever D1 throws
 */
export async function findExplained(db: D1Database): Promise<Set<string>> {
  await ensureMigrated(db);
  const { results } = await db.prepare(EXPLAINED).all();
  return new Set(v.parse(v.array(v.object({ target: v.string() })), results).map(({ target }) => target));
}
