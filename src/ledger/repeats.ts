// A sendout that Voucherify sends again: noted, and what of it has not succeeded gets another round. Both are one
// transaction, so that one repeat gives one round however often its message comes.

import * as v from "valibot";
import { isGoneSql } from "./content.ts";
import { ensureMigrated } from "./migrate.ts";
import { insertRepeats, type RepeatRow } from "./sendouts.ts";

/**
 * Records repeats and makes the failed and expired deliveries of their sendouts due, in a new round that the sweeper
 * sends; one that has an order waits for its turn, which comes before those that arrived later. What is open goes on as
 * it does, what was cancelled or delivered stays so, and so does what was never rendered, or is kept no longer.
 *
 * @returns how many deliveries got another round
 * @throws whatever D1 throws; then nothing is recorded, or all of it, which the next try finds out
 */
export async function recordRepeated(db: D1Database, repeats: readonly RepeatRow[], now: number): Promise<number> {
  await ensureMigrated(db);
  const news = JSON.stringify(repeats.map(({ sendout_id, accepted_id }) => [sendout_id, accepted_id]));
  const [redriven] = await db.batch([
    db
      .prepare(
        `UPDATE deliveries SET round = round + 1, attempts_before = attempts_made, updated_at = ?2, due_at = NULL,
           state = iif(order_key IS NULL, 'scheduled', 'held'),
           reason = iif(order_key IS NULL, 'repeated', 'in_order'),
           sweep_at = iif(order_key IS NULL, ?2, NULL)
         WHERE sendout_id IN (
             SELECT news.value ->> 0 FROM json_each(?1) AS news
             WHERE NOT EXISTS (SELECT 1 FROM repeats WHERE accepted_id = news.value ->> 1))
           AND state IN ('failed', 'expired') AND request <> '' AND NOT ${isGoneSql("request")}`,
      )
      .bind(news, now),
    ...slices(repeats).map((rows) => insertRepeats(db, rows)),
  ]);
  return redriven?.meta.changes ?? 0;
}

/** A bound value holds 2 MB; a repeat's body has 120,000 characters at most. */
const ROWS_AT_ONCE = 10;

function slices(rows: readonly RepeatRow[]): RepeatRow[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, index) =>
    rows.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}

/**
 * The accepted ids of sendouts' repeats.
 *
 * @throws whatever D1 throws
 */
export async function listRepeatIds(
  db: D1Database,
  sendoutIds: readonly string[],
): Promise<{ sendoutId: string; acceptedId: string }[]> {
  const { results } = await db
    .prepare("SELECT sendout_id, accepted_id FROM repeats WHERE sendout_id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(sendoutIds))
    .all();
  const rows = v.parse(v.array(v.object({ sendout_id: v.string(), accepted_id: v.string() })), results);
  return rows.map(({ sendout_id, accepted_id }) => ({ sendoutId: sendout_id, acceptedId: accepted_id }));
}
