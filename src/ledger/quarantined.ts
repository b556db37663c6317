// What lies in quarantine, for people: to list, to leave there for good, and to take out again once it could be routed.

import * as v from "valibot";
import { rewindJobs } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";
import { markStale } from "./seal-blocks.ts";
import { SendoutRowSchema, type SendoutRow } from "./sendouts.ts";

/**
 * In quarantine. The first condition says no more than the second; it is the one of the partial index
 * `sendouts_not_routed`, without which every sendout would be read.
 */
const QUARANTINED = "state <> 'routed' AND state = 'quarantined'";

const DISCARDED = "id IN (SELECT id FROM sendouts WHERE discarded_at IS NOT NULL)";

/** Whether somebody has discarded it. */
export const QUARANTINE_STATES = ["open", "discarded", "all"] as const;

/** Which of those in quarantine to list. */
export interface QuarantineFilter {
  state: (typeof QUARANTINE_STATES)[number];
  reason?: string | undefined;
  /** Only those behind this one, the newest being first. */
  after?: { receivedAt: number; id: string } | undefined;
  limit: number;
}

const QuarantinedSchema = v.pipe(
  v.object({
    ...v.pick(SendoutRowSchema, [
      "id",
      "accepted_id",
      "received_at",
      "inlet",
      "reason",
      "detail",
      "event_type",
      "sendout_ref",
      "body_bytes",
    ]).entries,
    discarded_at: v.nullable(v.number()),
    discarded_note: v.nullable(v.string()),
  }),
  v.transform(({ accepted_id, received_at, event_type, sendout_ref, body_bytes, discarded_at, ...row }) => {
    const { discarded_note: note, ...rest } = row;
    return {
      ...rest,
      acceptedId: accepted_id,
      receivedAt: received_at,
      eventType: event_type,
      sendoutRef: sendout_ref,
      bodyBytes: body_bytes,
      discarded: discarded_at === null ? null : { at: discarded_at, note },
    };
  }),
);
/** A sendout in quarantine. Instants are milliseconds since 1970. */
export type Quarantined = v.InferOutput<typeof QuarantinedSchema>;

const COLUMNS =
  "id, accepted_id, received_at, inlet, reason, detail, event_type, sendout_ref, body_bytes, discarded_at, discarded_note";

/**
 * What lies in quarantine, the newest first.
 *
 * @throws whatever D1 throws
 */
export async function listQuarantined(
  db: D1Database,
  { state, reason, after, limit }: QuarantineFilter,
): Promise<Quarantined[]> {
  await ensureMigrated(db);
  const which = { open: ` AND NOT ${DISCARDED}`, discarded: ` AND ${DISCARDED}`, all: "" }[state];
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM sendouts
       WHERE ${QUARANTINED}${which} AND (?1 IS NULL OR reason = ?1) AND (received_at, id) < (?2, ?3)
       ORDER BY received_at DESC, id DESC LIMIT ?4`,
    )
    .bind(reason ?? null, after?.receivedAt ?? Number.MAX_SAFE_INTEGER, after?.id ?? "", limit)
    .all();
  return v.parse(v.array(QuarantinedSchema), results);
}

/**
 * How many sendouts are in quarantine that nobody has discarded.
 *
 * @throws whatever D1 throws
 */
export async function countQuarantined(db: D1Database): Promise<number> {
  await ensureMigrated(db);
  const count = await db
    .prepare(`SELECT count(*) AS count FROM sendouts WHERE ${QUARANTINED} AND NOT ${DISCARDED}`)
    .first<number>("count");
  return count ?? 0;
}

/** A sendout that is, or was, in quarantine, with what arrived where somebody has corrected it since. */
export interface QuarantineRecord {
  item: Quarantined;
  sendout: SendoutRow;
  /** Written by `toColumn`; undefined where nothing was corrected. */
  original: string | undefined;
}

/**
 * A sendout that lies in quarantine, or was taken out of it with a corrected payload. Undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function readQuarantined(db: D1Database, id: string): Promise<QuarantineRecord | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `SELECT s.*, r.body AS original FROM sendouts AS s
       LEFT JOIN repeats AS r ON r.accepted_id = s.accepted_id AND r.sendout_id = s.id
       WHERE s.id = ?1 AND (s.state = 'quarantined' OR r.body IS NOT NULL)`,
    )
    .bind(id)
    .first();
  if (row === null) return undefined;
  const { original } = v.parse(v.object({ original: v.nullable(v.string()) }), row);
  return {
    item: v.parse(QuarantinedSchema, row),
    sendout: v.parse(SendoutRowSchema, row),
    original: original ?? undefined,
  };
}

/**
 * Leaves a sendout in quarantine for good. False when it does not lie there.
 *
 * @throws whatever D1 throws
 */
export async function discardQuarantined(db: D1Database, id: string, note: string, now: number): Promise<boolean> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare("UPDATE sendouts SET discarded_at = ?2, discarded_note = ?3 WHERE id = ?1 AND state = 'quarantined'")
    .bind(id, now, note)
    .run();
  return meta.changes === 1;
}

/** What tells a sendout from every other, and what proved it: no correction changes these. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  "id",
  "accepted_id",
  "received_at",
  "inlet",
  "dedupe_key",
  "body_sha256",
  "signature_secret",
  "signature_form",
]);

const REWRITTEN = Object.keys(SendoutRowSchema.entries).filter((column) => !FOR_GOOD.has(column));

/**
 * Takes a sendout out of quarantine, and has the sweeper look for those of its deliveries that nothing is heard of. What arrived is kept beside a
 * corrected payload, as a repeat that has the sendout's own accepted id, so that whatever purges or deletes payloads finds
 * it. False when it does not lie there any more; then nothing changes.
 *
 * @param row with the payload that it was routed by
 * @param corrected whether that payload is another one than what arrived
 * @throws whatever D1 throws; then it lies there still, or does not, which the next try finds out
 */
export async function takeOut(db: D1Database, row: SendoutRow, corrected: boolean): Promise<boolean> {
  await ensureMigrated(db);
  const results = await db.batch([
    ...(corrected ? [db.prepare(KEEP_ORIGINAL).bind(row.id)] : []),
    db.prepare(REWRITE).bind(JSON.stringify(row)),
    rewindJobs(db, row.received_at),
    markStale(db, [row.received_at]),
  ]);
  return results.at(-3)?.meta.changes === 1;
}

const KEEP_ORIGINAL = `INSERT OR IGNORE INTO repeats (accepted_id, sendout_id, received_at, body)
  SELECT accepted_id, id, received_at, body FROM sendouts WHERE id = ?1 AND state = 'quarantined'`;

const REWRITE = `UPDATE sendouts SET discarded_at = NULL, discarded_note = NULL,
    ${REWRITTEN.map((column) => `${column} = ?1 ->> '$.${column}'`).join(", ")}
  WHERE id = ?1 ->> '$.id' AND state = 'quarantined'`;
