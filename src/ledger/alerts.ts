// The ledger's rows for messages to people: the outbox of alerts, one row for each channel. A message is taken with a lease,
// so that two crons do not both send it; what a crash leaves behind comes back when the lease ends.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How long a message that is being sent is left alone, in milliseconds: longer than any call takes. */
const LEASE_MS = 5 * 60_000;

/** How many are taken in one run; more of one channel are folded into one message, and the rest comes in a minute. */
const TAKEN_MAX = 200;

/** How long messages that ended are kept, in milliseconds. */
const KEPT_MS = 30 * 86_400_000;

/** What a message says. */
export const MessageSchema = v.object({
  /** What has happened, in one line. */
  title: v.string(),
  /** Since when, how many, and what to do. */
  lines: v.array(v.string()),
  /** Where to look; null where the router's own address is not known. */
  link: v.nullable(v.string()),
});
export type Message = v.InferOutput<typeof MessageSchema>;

/** Why a message was made. */
export const CHANGES = ["opened", "reopened", "resolved", "passed", "reminder", "digest", "test"] as const;
export type Change = (typeof CHANGES)[number];

const AlertSchema = v.object({
  id: v.string(),
  channel: v.string(),
  state: v.picklist(["waiting", "held", "sent", "folded", "given_up"]),
  change: v.picklist(CHANGES),
  kind: v.nullable(v.string()),
  subject: v.nullable(v.string()),
  severity: v.string(),
  message: v.pipe(v.string(), v.parseJson(), MessageSchema),
  createdAt: v.number(),
  dueAt: v.number(),
  attempts: v.number(),
  endedAt: v.nullable(v.number()),
  answer: v.nullable(v.string()),
});
/** A message to one channel. Instants are milliseconds since 1970; `answer` is what came of the last attempt. */
export type Alert = v.InferOutput<typeof AlertSchema>;

/** A message that is not sent yet. */
export type NewAlert = Omit<Alert, "state" | "attempts" | "endedAt" | "answer"> & { state: "waiting" | "held" };

const COLUMNS = `id, channel, state, change, kind, subject, severity, message, created_at AS createdAt, due_at AS dueAt,
  attempts, ended_at AS endedAt, answer`;

/** The statements that put messages into the outbox; one that is there already stays as it is. */
export function insertAlerts(db: D1Database, alerts: readonly NewAlert[]): D1PreparedStatement[] {
  if (alerts.length === 0) return [];
  const insert = db.prepare(
    `INSERT OR IGNORE INTO alerts (id, channel, state, change, kind, subject, severity, message, created_at, due_at)
     SELECT value ->> '$.id', value ->> '$.channel', value ->> '$.state', value ->> '$.change', value ->> '$.kind',
       value ->> '$.subject', value ->> '$.severity', value -> '$.message', value ->> '$.createdAt', value ->> '$.dueAt'
     FROM json_each(?1)`,
  );
  return [insert.bind(JSON.stringify(alerts))];
}

/**
 * Takes the messages that are due, the oldest first. Nobody else gets them until the lease ends.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function takeAlerts(db: D1Database, now: number): Promise<Alert[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `UPDATE alerts SET due_at = ?1 + ${LEASE_MS}, attempts = attempts + 1
       WHERE id IN (SELECT id FROM alerts INDEXED BY alerts_to_send
         WHERE state IN ('waiting', 'held') AND state = 'waiting' AND due_at <= ?1 ORDER BY created_at LIMIT ${TAKEN_MAX})
       RETURNING ${COLUMNS}`,
    )
    .bind(now)
    .all();
  const taken = v.parse(v.array(AlertSchema), results);
  return taken.toSorted((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
}

/** What has become of a message that was taken. */
export type Settled = Pick<Alert, "id" | "state" | "dueAt" | "attempts" | "endedAt" | "answer">;

/**
 * Notes what has become of messages that were taken.
 *
 * @throws whatever D1 throws; they come back when their lease ends
 */
export async function settleAlerts(db: D1Database, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  await db
    .prepare(
      `UPDATE alerts SET state = one.value ->> '$.state', due_at = one.value ->> '$.dueAt',
         attempts = one.value ->> '$.attempts', ended_at = one.value ->> '$.endedAt', answer = one.value ->> '$.answer'
       FROM json_each(?1) AS one WHERE alerts.id = one.value ->> '$.id'`,
    )
    .bind(JSON.stringify(settled))
    .run();
}

/**
 * The messages that wait for the digest or the end of the quiet hours, the oldest first.
 *
 * @throws whatever D1 throws
 */
export async function listHeldAlerts(db: D1Database): Promise<Alert[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM alerts INDEXED BY alerts_to_send
       WHERE state IN ('waiting', 'held') AND state = 'held' ORDER BY created_at, id`,
    )
    .all();
  return v.parse(v.array(AlertSchema), results);
}

/**
 * Puts digests into the outbox together with the note that what they hold went out as a part of them.
 *
 * @param folded ids of the messages that the digests hold
 * @throws whatever D1 throws; then nothing has changed
 */
export async function insertDigests(
  db: D1Database,
  digests: readonly NewAlert[],
  folded: readonly string[],
  now: number,
): Promise<void> {
  await db.batch([
    ...insertAlerts(db, digests),
    db
      .prepare(
        `UPDATE alerts SET state = 'folded', ended_at = ?2, answer = 'told in the digest'
         WHERE state = 'held' AND id IN (SELECT value FROM json_each(?1))`,
      )
      .bind(JSON.stringify(folded), now),
  ]);
}

/**
 * Lets go what waited for the end of the quiet hours.
 *
 * @throws whatever D1 throws
 */
export async function releaseHeldAlerts(db: D1Database, ids: readonly string[], now: number): Promise<void> {
  await db
    .prepare(
      `UPDATE alerts SET state = 'waiting', due_at = ?2
       WHERE state = 'held' AND id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(ids), now)
    .run();
}

/**
 * Which of these ids are taken.
 *
 * @throws whatever D1 throws
 */
export async function findAlerts(db: D1Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT id FROM alerts WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids))
    .all();
  return new Set(v.parse(v.array(v.object({ id: v.string() })), results).map(({ id }) => id));
}

/** Where a page of messages ends. */
export interface AlertCursor {
  createdAt: number;
  id: string;
}

/**
 * Messages, the newest first.
 *
 * @param after only those that come behind it
 * @throws whatever D1 throws
 */
export async function listAlerts(db: D1Database, limit: number, after?: AlertCursor): Promise<Alert[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM alerts WHERE (created_at, id) < (?1, ?2) ORDER BY created_at DESC, id DESC LIMIT ?3`,
    )
    .bind(after?.createdAt ?? Number.MAX_SAFE_INTEGER, after?.id ?? "", limit)
    .all();
  return v.parse(v.array(AlertSchema), results);
}

const FailingSchema = v.object({ channel: v.string(), since: v.number(), waiting: v.number(), answer: v.string() });
/** A channel that takes nothing: since when, in milliseconds since 1970, what it said last, and how many wait. */
export type FailingChannel = v.InferOutput<typeof FailingSchema>;

/**
 * The channels of which messages have failed so often, or were given up, and that have taken none that was made later.
 *
 * @param attempts how many failures count
 * @throws whatever D1 throws
 */
export async function findFailingChannels(db: D1Database, attempts: number, since: number): Promise<FailingChannel[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT channel, min(created_at) AS since, sum(state = 'waiting') AS waiting, max(answer) AS answer
       FROM alerts AS failed
       WHERE created_at >= ?2 AND answer IS NOT NULL
         AND ((state = 'waiting' AND attempts >= ?1) OR state = 'given_up')
         AND NOT EXISTS (SELECT 1 FROM alerts AS sent WHERE sent.channel = failed.channel AND sent.state = 'sent'
           AND sent.created_at >= ?2 AND sent.ended_at >= failed.created_at)
       GROUP BY channel ORDER BY channel`,
    )
    .bind(attempts, since)
    .all();
  return v.parse(v.array(FailingSchema), results);
}

/** The statement that forgets what ended long ago, a few at a time. */
export function forgetOldAlerts(db: D1Database, now: number): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM alerts WHERE id IN (
         SELECT id FROM alerts WHERE created_at < ?1 AND state NOT IN ('waiting', 'held') ORDER BY created_at LIMIT 100)`,
    )
    .bind(now - KEPT_MS);
}
