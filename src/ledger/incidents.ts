// The ledger's rows for incidents: what a person should look at, one per kind and subject however often it happens. A
// write that comes twice counts once, and one that comes late never reopens what was resolved after it happened.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** How many writes of an incident are remembered to recognise one that comes again: minutes' worth of all isolates. */
const RECENT_WRITES_MAX = 100;

/** How many incidents are listed; there are two for each inlet at most. */
const LIST_MAX = 1_000;

/** What the watchdog looks for, and resolves by itself. */
export const WATCHED_KINDS = [
  "queue_backlog",
  "rows_overdue",
  "inbox_backlog",
  "job_stuck",
  "target_not_ready",
  "webhook_disabled",
  "webhook_missing",
  "webhook_changed",
  "webhook_unwatched",
  "inlet_silent",
  "retention_behind",
] as const;

/** One write: something happened `count` times, the last time at `at`. */
export const OccurrenceSchema = v.object({
  /** Its own id, by which a repeated write is recognised. */
  id: v.string(),
  kind: v.picklist([
    "signature_refused",
    "sender_unproven",
    "target_paused",
    "route_paused",
    "evaluation_killed",
    ...WATCHED_KINDS,
  ]),
  /** What it happened to: an inlet, a target, a route, a queue, or a job, by name. */
  subject: v.string(),
  /** Milliseconds since 1970. */
  at: v.number(),
  count: v.number(),
  /** The reason and the remedy; never anything that a caller sent. */
  detail: v.string(),
});
export type Occurrence = v.InferOutput<typeof OccurrenceSchema>;

const IncidentRowSchema = v.pipe(
  v.object({
    kind: v.string(), // also one that only a newer release knows
    subject: v.string(),
    opened_at: v.number(),
    last_seen_at: v.number(),
    count: v.number(),
    detail: v.string(),
    resolved_at: v.nullable(v.number()),
    resolved_by: v.nullable(v.picklist(["person", "itself"])),
  }),
  v.transform(({ opened_at, last_seen_at, resolved_at, resolved_by, ...row }) => ({
    ...row,
    openedAt: opened_at,
    lastSeenAt: last_seen_at,
    resolvedAt: resolved_at,
    resolvedBy: resolved_by,
  })),
);
/**
 * An incident as it stands. Instants are milliseconds since 1970; it is open while `resolvedAt` is null. `resolvedBy` is
 * "itself" when what it was about is over, and null for what an older release has resolved.
 */
export type Incident = v.InferOutput<typeof IncidentRowSchema>;

const COLUMNS = "kind, subject, opened_at, last_seen_at, count, detail, resolved_at, resolved_by";

// True when the occurrence came after the resolution; null, which counts as false, while the incident is open.
const REOPENS = "incidents.resolved_at < excluded.last_seen_at";

/**
 * Opens, counts and reopens. An incident that is reopened starts over: its opening moves and its count begins again.
 * The order in which occurrences are written does not matter while nobody resolves anything between them.
 */
const UPSERT = `INSERT INTO incidents (kind, subject, opened_at, last_seen_at, count, detail, recent)
  SELECT value ->> '$.kind', value ->> '$.subject', value ->> '$.at', value ->> '$.at', value ->> '$.count',
    value ->> '$.detail', json_array(value ->> '$.id')
  FROM json_each(?1) WHERE true ORDER BY value ->> '$.at'
  ON CONFLICT (kind, subject) DO UPDATE SET
    opened_at = CASE
      WHEN ${REOPENS} THEN excluded.opened_at
      WHEN incidents.resolved_at IS NULL THEN min(incidents.opened_at, excluded.opened_at)
      ELSE incidents.opened_at END,
    last_seen_at = max(incidents.last_seen_at, excluded.last_seen_at),
    count = iif(${REOPENS}, excluded.count, incidents.count + excluded.count),
    detail = iif(excluded.last_seen_at >= incidents.last_seen_at, excluded.detail, incidents.detail),
    resolved_at = iif(${REOPENS}, NULL, incidents.resolved_at),
    resolved_by = iif(${REOPENS}, NULL, incidents.resolved_by),
    recent = json_remove(json_insert(incidents.recent, '$[#]', excluded.recent ->> 0),
      iif(json_array_length(incidents.recent) >= ${RECENT_WRITES_MAX}, '$[0]', '$[#]'))
  WHERE excluded.recent ->> 0 NOT IN (SELECT value FROM json_each(incidents.recent))`;

/** The statement that records occurrences. */
export function recordOccurrences(db: D1Database, occurrences: readonly Occurrence[]): D1PreparedStatement {
  return db.prepare(UPSERT).bind(JSON.stringify(occurrences));
}

/**
 * Incidents, the one that was opened last first.
 *
 * @param state only open or only resolved ones; all when left out
 * @throws whatever D1 throws
 */
export async function listIncidents(db: D1Database, state?: "open" | "resolved"): Promise<Incident[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM incidents WHERE ?1 IS NULL OR (resolved_at IS NULL) = (?1 = 'open')
       ORDER BY opened_at DESC, kind, subject LIMIT ${LIST_MAX}`,
    )
    .bind(state ?? null)
    .all();
  return v.parse(v.array(IncidentRowSchema), results);
}

/**
 * How many incidents are open.
 *
 * @throws whatever D1 throws
 */
export async function countOpenIncidents(db: D1Database): Promise<number> {
  await ensureMigrated(db);
  const row = await db.prepare("SELECT COUNT(*) AS open FROM incidents WHERE resolved_at IS NULL").first();
  return v.parse(v.object({ open: v.number() }), row).open;
}

/**
 * Resolves an incident for a person; one that is resolved already stays as it is. Undefined when there is no such incident.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function resolveIncident(
  db: D1Database,
  { kind, subject }: { kind: string; subject: string },
  now: number,
): Promise<Incident | undefined> {
  await ensureMigrated(db);
  const [, found] = await db.batch([
    db
      .prepare(
        `UPDATE incidents SET resolved_at = ?3, resolved_by = 'person'
         WHERE kind = ?1 AND subject = ?2 AND resolved_at IS NULL`,
      )
      .bind(kind, subject, now),
    db.prepare(`SELECT ${COLUMNS} FROM incidents WHERE kind = ?1 AND subject = ?2`).bind(kind, subject),
  ]);
  const row = found?.results[0];
  return row === undefined ? undefined : v.parse(IncidentRowSchema, row);
}
