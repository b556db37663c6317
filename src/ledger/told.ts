// What people have been told of incidents. An incident's row is its own outbox: the index `incidents_untold` has exactly
// those of which people know something else than is true, whoever changed them, so that no transition can be forgotten.
// What is told of one, and the note that it was, are one transaction.

import * as v from "valibot";
import { insertAlerts, type NewAlert } from "./alerts.ts";
import { ensureMigrated } from "./migrate.ts";

/** How many are looked at in one run; the others' turn comes in a minute. */
const READ_MAX = 200;

const ToldSchema = v.object({
  kind: v.string(),
  subject: v.string(),
  target: v.nullable(v.string()),
  detail: v.string(),
  count: v.number(),
  openedAt: v.number(),
  resolvedAt: v.nullable(v.number()),
  resolvedBy: v.nullable(v.string()),
  resolvedByName: v.nullable(v.string()),
  acknowledgedAt: v.nullable(v.number()),
  /** What people know, and as of when, in milliseconds since 1970; 0 for never. */
  toldState: v.nullable(v.picklist(["open", "resolved"])),
  toldAt: v.number(),
  /** When the last message was made. */
  saidAt: v.nullable(v.number()),
  /** How often it has come back lately. */
  flaps: v.number(),
});
/** An incident and what people know of it. */
export type Told = v.InferOutput<typeof ToldSchema>;

const COLUMNS = `kind, subject, target, detail, count, opened_at AS openedAt, resolved_at AS resolvedAt, resolved_by AS resolvedBy,
  resolved_by_name AS resolvedByName, acknowledged_at AS acknowledgedAt, told_state AS toldState, told_at AS toldAt,
  said_at AS saidAt, flaps`;

/** As the index has it, word for word: else it is not used. */
const UNTOLD = "(resolved_at IS NULL) <> (told_state IS 'open') OR opened_at > told_at";

/**
 * The incidents of which people know something else than is true, and those that are open and that nobody has been told
 * of, or has taken on, since an instant.
 *
 * @param remindBefore milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function listUntold(db: D1Database, remindBefore: number): Promise<Told[]> {
  await ensureMigrated(db);
  const [untold, silent] = await db.batch([
    db.prepare(`SELECT ${COLUMNS} FROM incidents INDEXED BY incidents_untold WHERE ${UNTOLD} LIMIT ${READ_MAX}`),
    db
      .prepare(
        `SELECT ${COLUMNS} FROM incidents INDEXED BY incidents_open
         WHERE resolved_at IS NULL AND acknowledged_at IS NULL AND said_at <= ?1 LIMIT ${READ_MAX}`,
      )
      .bind(remindBefore),
  ]);
  const rows = v.parse(v.array(ToldSchema), [...(untold?.results ?? []), ...(silent?.results ?? [])]);
  return [...new Map(rows.map((row) => [`${row.kind} ${row.subject}`, row])).values()];
}

/**
 * The incidents that are open, what was opened last first, as people may be told of them.
 *
 * @throws whatever D1 throws
 */
export async function listOpenToTell(db: D1Database): Promise<Told[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM incidents WHERE resolved_at IS NULL ORDER BY opened_at DESC LIMIT ${READ_MAX}`)
    .all();
  return v.parse(v.array(ToldSchema), results);
}

/** What people know from now on. */
export interface Telling {
  incident: Told;
  toldState: "open" | "resolved";
  toldAt: number;
  saidAt: number | null;
  flaps: number;
}

/**
 * Notes what people know and puts the messages about it into the outbox, in one transaction. Of two that do it at the same
 * time one has no effect: messages have ids of what they are about, and the note holds only against what was read.
 *
 * @throws whatever D1 throws; then nothing is noted
 */
export async function tell(db: D1Database, tellings: readonly Telling[], alerts: readonly NewAlert[]): Promise<void> {
  if (tellings.length === 0) return;
  const notes = tellings.map(({ incident, ...telling }) => ({
    ...telling,
    kind: incident.kind,
    subject: incident.subject,
    before: incident.toldAt,
    stateBefore: incident.toldState,
  }));
  await db.batch([
    ...insertAlerts(db, alerts),
    db
      .prepare(
        `UPDATE incidents SET told_state = note.value ->> '$.toldState', told_at = note.value ->> '$.toldAt',
           said_at = note.value ->> '$.saidAt', flaps = note.value ->> '$.flaps'
         FROM json_each(?1) AS note
         WHERE incidents.kind = note.value ->> '$.kind' AND incidents.subject = note.value ->> '$.subject'
           AND told_at = note.value ->> '$.before' AND told_state IS note.value ->> '$.stateBefore'`,
      )
      .bind(JSON.stringify(notes)),
  ]);
}
