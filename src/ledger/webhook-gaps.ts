// The ledger's rows for the times in which an inlet's webhook sent nothing, because it was disabled or gone.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

const GapSchema = v.pipe(
  v.object({
    inlet: v.string(),
    noticed_at: v.number(),
    webhook_id: v.nullable(v.string()),
    cause: v.picklist(["disabled", "missing"]),
    active_at: v.nullable(v.number()),
    last_received_at: v.nullable(v.number()),
    ended_at: v.nullable(v.number()),
    ended_by: v.nullable(v.picklist(["itself", "person"])),
  }),
  v.transform((row) => ({
    inlet: row.inlet,
    noticedAt: row.noticed_at,
    webhookId: row.webhook_id,
    cause: row.cause,
    activeAt: row.active_at,
    lastReceivedAt: row.last_received_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
  })),
);
/**
 * A time in which the webhook sent nothing. It began between `activeAt`, the last look that found it active, and
 * `noticedAt`; `lastReceivedAt` is of the last sendout before. It goes on while `endedAt` is null.
 */
export type Gap = v.InferOutput<typeof GapSchema>;

/** How many times without sendouts are listed. */
const GAPS_MAX = 100;

/**
 * An inlet's times without sendouts that touch a span, the earliest first.
 *
 * @throws whatever D1 throws
 */
export async function listGaps(
  db: D1Database,
  inlet: string,
  { since, until }: { since: number; until: number },
): Promise<Gap[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT * FROM webhook_gaps WHERE inlet = ?1 AND coalesce(active_at, last_received_at, noticed_at) < ?3
         AND coalesce(ended_at, ?3) >= ?2 ORDER BY noticed_at LIMIT ${GAPS_MAX}`,
    )
    .bind(inlet, since, until)
    .all();
  return v.parse(v.array(GapSchema), results);
}

/** How far back the last sendout before a gap is looked for, in milliseconds: Voucherify's own resend window. */
const LAST_RECEIVED_MS_MAX = 14 * 24 * 60 * 60_000;

/** The statement that writes down that such a time was noticed, with when the last sendout before it came. */
export function beginGap(
  db: D1Database,
  { inlet, webhookId, cause, at, activeAt }: Pick<Gap, "inlet" | "webhookId" | "cause" | "activeAt"> & { at: number },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR IGNORE INTO webhook_gaps (inlet, noticed_at, webhook_id, cause, active_at, last_received_at)
       VALUES (?1, ?2, ?3, ?4, ?5, (SELECT received_at FROM sendouts
         WHERE received_at >= ?6 AND received_at < ?2 AND inlet = ?1 ORDER BY received_at DESC LIMIT 1))`,
    )
    .bind(inlet, at, webhookId, cause, activeAt, at - LAST_RECEIVED_MS_MAX);
}

/** The statement that writes down that the webhook sends again. */
export function endGaps(db: D1Database, inlet: string, at: number, by: "itself" | "person"): D1PreparedStatement {
  return db
    .prepare("UPDATE webhook_gaps SET ended_at = ?2, ended_by = ?3 WHERE inlet = ?1 AND ended_at IS NULL")
    .bind(inlet, at, by);
}
