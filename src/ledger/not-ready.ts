// What the watchdog asks the ledger: which deliveries wait for something on our side, such as a secret that is not set.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many deliveries are looked at, those that are due first. Each costs two rows read, with its index entry. */
export const NOT_READY_READ_MAX = 10_000;

/**
 * How far ahead is looked, in milliseconds. What is not ready waits five minutes at most and counts as lost another five
 * later, or has a lease of ten; the rest is for a cron whose earlier jobs took long.
 */
const AHEAD_MS = 15 * 60_000;

/** What a delivery can wait for on our side. */
export const WAITED_FOR = [
  "secret_missing",
  "secret_unreadable",
  "secret_host_changed",
  "secret_invalid",
  "binding_missing",
  "token_unavailable",
  /** Until D1 answers nobody knows whether one of the others is behind it. */
  "vault_unavailable",
] as const;

const NotReadySchema = v.object({
  target: v.string(),
  reason: v.picklist(WAITED_FOR),
  count: v.number(),
  /** What the last attempt of the oldest says, secrets removed. */
  example: v.nullable(v.string()),
  /** Of `token_unavailable`: since when the oldest has had nothing else, in milliseconds since 1970. */
  since: v.nullable(v.number()),
});
/** Deliveries of one target that wait for one thing. */
export type NotReady = v.InferOutput<typeof NotReadySchema>;

const LookedAtSchema = v.union([NotReadySchema, v.object({ reason: v.null(), count: v.number() })]);

// Everything that is not ready has a reason here, everything else none.
const LOOKED_AT = `SELECT target, sendout_id, copy, iif(state = 'held' AND reason IN (${list(WAITED_FOR)}), reason, NULL) AS waits_for,
    iif(state = 'held', attempts ->> '$[0].at', NULL) AS first_at
  FROM deliveries WHERE sweep_at <= ?1 ORDER BY sweep_at LIMIT ${NOT_READY_READ_MAX}`;

// What is not aggregated is the oldest's, for there is but one min().
const GROUPS = `SELECT iif(waits_for IS NULL, NULL, target) AS target, waits_for AS reason, count(*) AS count, sendout_id,
    copy, min(first_at)
  FROM (${LOOKED_AT}) GROUP BY 1, 2`;

// Attempts are unfolded of the oldest only: each counts as a row read.
const COUNT = `SELECT groups.target, groups.reason, groups.count, oldest.attempts ->> '$[#-1].detail' AS example,
    iif(groups.reason = 'token_unavailable', oldest.attempts ->> ('$[' || (
      SELECT coalesce(max(key), -1) + 1 FROM json_each(oldest.attempts)
      WHERE value ->> '$.reason' IS NOT 'token_unavailable') || '].at'), NULL) AS since
  FROM (${GROUPS}) AS groups LEFT JOIN deliveries AS oldest
    ON oldest.sendout_id = groups.sendout_id AND oldest.target = groups.target AND oldest.copy = groups.copy
  ORDER BY 1, 2`;

/**
 * Counts the deliveries that wait for something on our side, by target and reason. It goes by the sweeper's index: what
 * breakers, pauses and orders hold has no place in there, and may be a day's worth.
 *
 * @param now milliseconds since 1970
 * @returns `isPartial` when there may be more than were looked at
 * @throws whatever D1 throws
 */
export async function countNotReady(db: D1Database, now: number): Promise<{ waits: NotReady[]; isPartial: boolean }> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(COUNT)
    .bind(now + AHEAD_MS)
    .all();
  const groups = v.parse(v.array(LookedAtSchema), results);
  const read = groups.reduce((sum, { count }) => sum + count, 0);
  return { waits: groups.filter((group) => group.reason !== null), isPartial: read === NOT_READY_READ_MAX };
}

function list(reasons: readonly string[]): string {
  return reasons.map((reason) => `'${reason}'`).join(", ");
}
