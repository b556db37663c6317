// The ledger's rows for incidents: what a person should look at, one per kind and subject however often it happens. A
// write that comes twice counts once, and one that comes late never reopens what was resolved after it happened.

import * as v from "valibot";
import { INCIDENT_KINDS } from "./incident-kinds.ts";
import { ensureMigrated } from "./migrate.ts";

/** How many writes of an incident are remembered to recognise one that comes again: minutes' worth of all isolates. */
const RECENT_WRITES_MAX = 100;

/** How many incidents are listed: those of one kind and target are bounded, so that nobody has as many. */
const LIST_MAX = 1_000;

/** One write: something happened `count` times, the last time at `at`. */
export const OccurrenceSchema = v.object({
  /** Its own id, by which a repeated write is recognised. */
  id: v.string(),
  kind: v.picklist(INCIDENT_KINDS),
  /** What it happened to: an inlet, a target, a route, a queue, or a job, by name. */
  subject: v.string(),
  /** The target it is about, where there is one. */
  target: v.optional(v.string()),
  /** Milliseconds since 1970. */
  at: v.number(),
  count: v.number(),
  /** What has happened; never anything that a caller sent. What to do about it the kind says. */
  detail: v.string(),
});
export type Occurrence = v.InferOutput<typeof OccurrenceSchema>;

/** What failures of one incident have in common. */
export const CauseSchema = v.object({
  /** Stable code of what went wrong. */
  reason: v.string(),
  /** The status that the target answered with; null where it did not answer, or was not called. */
  status: v.nullable(v.number()),
  /** What was said of it, without anything that may be a name, a number or a code. */
  message: v.string(),
});

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
    acknowledged_at: v.nullable(v.number()),
    acknowledged_by: v.nullable(v.string()),
    resolved_by_name: v.nullable(v.string()),
    note: v.nullable(v.string()),
    target: v.nullable(v.string()),
    cause: v.nullable(v.pipe(v.string(), v.parseJson(), CauseSchema)),
  }),
  v.transform((row) => ({
    kind: row.kind,
    subject: row.subject,
    openedAt: row.opened_at,
    lastSeenAt: row.last_seen_at,
    count: row.count,
    detail: row.detail,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedByName: row.resolved_by_name,
    note: row.note,
    target: row.target,
    cause: row.cause,
  })),
);
/**
 * An incident as it stands. Instants are milliseconds since 1970; it is open while `resolvedAt` is null, and somebody has
 * taken it on when `acknowledgedAt` is not. `resolvedBy` is "itself" when what it was about is over, and null for what an
 * older release has resolved. The names and the note are a person's; `target` and `cause` are of failures.
 */
export type Incident = v.InferOutput<typeof IncidentRowSchema>;

const COLUMNS = `kind, subject, opened_at, last_seen_at, count, detail, resolved_at, resolved_by, acknowledged_at,
  acknowledged_by, resolved_by_name, note, target, cause`;

// True when the occurrence came after the resolution; null, which counts as false, while the incident is open.
const REOPENS = "incidents.resolved_at < excluded.last_seen_at";

/** What an incident that is reopened forgets: whatever people said of it before. */
export function startOver(reopens: string): string {
  return ["resolved_at", "resolved_by", "resolved_by_name", "acknowledged_at", "acknowledged_by", "note"]
    .map((column) => `${column} = iif(${reopens}, NULL, incidents.${column})`)
    .join(", ");
}

/**
 * Opens, counts and reopens. An incident that is reopened starts over: its opening moves and its count begins again.
 * The order in which occurrences are written does not matter while nobody resolves anything between them.
 */
const UPSERT = `INSERT INTO incidents (kind, subject, opened_at, last_seen_at, count, detail, recent, target)
  SELECT value ->> '$.kind', value ->> '$.subject', value ->> '$.at', value ->> '$.at', value ->> '$.count',
    value ->> '$.detail', json_array(value ->> '$.id'), value ->> '$.target'
  FROM json_each(?1) WHERE true ORDER BY value ->> '$.at'
  ON CONFLICT (kind, subject) DO UPDATE SET
    opened_at = CASE
      WHEN ${REOPENS} THEN excluded.opened_at
      WHEN incidents.resolved_at IS NULL THEN min(incidents.opened_at, excluded.opened_at)
      ELSE incidents.opened_at END,
    last_seen_at = max(incidents.last_seen_at, excluded.last_seen_at),
    count = iif(${REOPENS}, excluded.count, incidents.count + excluded.count),
    detail = iif(excluded.last_seen_at >= incidents.last_seen_at, excluded.detail, incidents.detail),
    recovered_at = iif(excluded.last_seen_at > incidents.recovered_at, NULL, incidents.recovered_at),
    ${startOver(REOPENS)},
    recent = json_remove(json_insert(incidents.recent, '$[#]', excluded.recent ->> 0),
      iif(json_array_length(incidents.recent) >= ${RECENT_WRITES_MAX}, '$[0]', '$[#]'))
  WHERE excluded.recent ->> 0 NOT IN (SELECT value FROM json_each(incidents.recent))`;

/** The statement that records occurrences. */
export function recordOccurrences(db: D1Database, occurrences: readonly Occurrence[]): D1PreparedStatement {
  return db.prepare(UPSERT).bind(JSON.stringify(occurrences));
}

/** Which incidents. */
export interface IncidentFilter {
  state?: "open" | "acknowledged" | "resolved" | undefined;
  kind?: string | undefined;
  subject?: string | undefined;
}

/**
 * Incidents, the one that was opened last first. An acknowledged one is open as well.
 *
 * @throws whatever D1 throws
 */
export async function listIncidents(db: D1Database, filter: IncidentFilter = {}): Promise<Incident[]> {
  await ensureMigrated(db);
  const { state = null, kind = null, subject = null } = filter;
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM incidents
       WHERE CASE ?1 WHEN 'resolved' THEN resolved_at IS NOT NULL
           WHEN 'open' THEN resolved_at IS NULL
           WHEN 'acknowledged' THEN resolved_at IS NULL AND acknowledged_at IS NOT NULL ELSE true END
         AND kind = coalesce(?2, kind) AND subject = coalesce(?3, subject)
       ORDER BY opened_at DESC, kind, subject LIMIT ${LIST_MAX}`,
    )
    .bind(state, kind, subject)
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

/** Which incident. */
export type IncidentKey = Pick<Incident, "kind" | "subject">;

/** Who says something of an incident, and what they wrote. */
export interface Word {
  by: string | null;
  note: string | null;
}

const NO_WORD: Word = { by: null, note: null };

/**
 * Resolves an incident for a person; one that is resolved already stays as it is. Undefined when there is no such incident.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function resolveIncident(
  db: D1Database,
  key: IncidentKey,
  now: number,
  word: Word = NO_WORD,
): Promise<Incident | undefined> {
  return say(db, key, now, word, "resolved_at = ?3, resolved_by = 'person', resolved_by_name = ?4");
}

/**
 * Notes that a person has taken an open incident on: nobody is reminded of it any more. Said again, the later word
 * stands. One that is resolved stays as it is. Undefined when there is no such incident.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function acknowledgeIncident(
  db: D1Database,
  key: IncidentKey,
  now: number,
  word: Word = NO_WORD,
): Promise<Incident | undefined> {
  return say(db, key, now, word, "acknowledged_at = ?3, acknowledged_by = ?4");
}

async function say(
  db: D1Database,
  { kind, subject }: IncidentKey,
  now: number,
  { by, note }: Word,
  changes: string,
): Promise<Incident | undefined> {
  await ensureMigrated(db);
  const [, found] = await db.batch([
    db
      .prepare(
        `UPDATE incidents SET ${changes}, note = coalesce(?5, note) WHERE kind = ?1 AND subject = ?2 AND resolved_at IS NULL`,
      )
      .bind(kind, subject, now, by, note),
    db.prepare(`SELECT ${COLUMNS} FROM incidents WHERE kind = ?1 AND subject = ?2`).bind(kind, subject),
  ]);
  const row = found?.results[0];
  return row === undefined ? undefined : v.parse(IncidentRowSchema, row);
}

/**
 * One incident; undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function findIncident(db: D1Database, key: IncidentKey): Promise<Incident | undefined> {
  return (await listIncidents(db, key))[0];
}
