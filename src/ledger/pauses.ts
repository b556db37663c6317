// The ledger's rows for what is not called for now: targets and routes that a person or a refusal has paused, and targets
// that answer slowly.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";
import type { IncidentKind } from "./incident-kinds.ts";
import { startOver } from "./incidents.ts";
import { PERSON_COLUMNS, PersonSchema, toPerson } from "./person.ts";
import { endIncident } from "./watched-incidents.ts";

/** What a pause is of: a target or a route by its id in the table. */
export type PauseSubject = `target:${string}` | `route:${string}`;

/** Why something is paused. */
const PAUSE_REASONS = ["by_hand", "credentials", "gone", "breaker"] as const;

export const PauseSchema = v.object({
  subject: v.custom<PauseSubject>((value) => typeof value === "string" && /^(?:target|route):/.test(value)),
  reason: v.picklist(PAUSE_REASONS),
  /** `drain` lets what has been attempted go on and holds what has not. */
  mode: v.picklist(["hold", "drain"]),
  /** Milliseconds since 1970. */
  since: v.number(),
  /** When a target whose breaker is open is tried again, or when a pause by hand ends; null for what a person has to end. */
  until: v.optional(v.nullable(v.number()), null),
  /** What a person wrote, or what the target answered, secrets removed. */
  note: v.nullable(v.string()),
  /** Who paused it by hand; left out where nobody did, and where a release did that did not note it. */
  by: v.optional(PersonSchema),
});
export type Pause = v.InferOutput<typeof PauseSchema>;

const COLUMNS = "subject, reason, mode, since, until, note, actor, actor_name";

/** What the ledger says of targets and routes. */
export interface Holdups {
  pauses: ReadonlyMap<PauseSubject, Pause>;
  slow: ReadonlySet<string>;
}

/** The statements that read every pause and every slow target; `readHoldups` reads what they find. */
export function selectHoldups(db: D1Database): D1PreparedStatement[] {
  return [db.prepare(`SELECT ${COLUMNS} FROM pauses`), db.prepare("SELECT target FROM slow_targets")];
}

/** Pauses and slow targets. A pause of a reason that only a newer release knows counts as one by hand. */
export function readHoldups(pauses: readonly unknown[], slow: readonly unknown[]): Holdups {
  const rows = v.parse(v.array(StoredPauseSchema), pauses);
  return {
    pauses: new Map(rows.map((pause) => [pause.subject, pause])),
    slow: new Set(v.parse(v.array(v.object({ target: v.string() })), slow).map(({ target }) => target)),
  };
}

const StoredPauseSchema = v.pipe(
  v.object({
    ...v.omit(PauseSchema, ["by"]).entries,
    ...PERSON_COLUMNS,
    reason: v.fallback(PauseSchema.entries.reason, "by_hand"),
  }),
  v.transform(({ actor, actor_name, ...pause }): Pause => {
    const by = toPerson(actor, actor_name);
    return by === null ? pause : { ...pause, by };
  }),
);

/**
 * Every pause, the oldest first.
 *
 * @throws whatever D1 throws
 */
export async function listPauses(db: D1Database): Promise<Pause[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare(`SELECT ${COLUMNS} FROM pauses ORDER BY since`).all();
  return v.parse(v.array(StoredPauseSchema), results);
}

/**
 * The statements that pause something, to be run in one transaction. A pause by a person stands against every other, and
 * a refusal against an open breaker, which only moves its next try. What was not paused by a person is an incident for as
 * long as it is paused.
 */
export function insertPause(db: D1Database, pause: Pause): D1PreparedStatement[] {
  const { subject, reason, mode, since, until, note, by } = pause;
  const insert = db
    .prepare(
      `INSERT INTO pauses (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (subject) DO UPDATE SET
         reason = excluded.reason, mode = excluded.mode, until = excluded.until, note = excluded.note,
         actor = excluded.actor, actor_name = excluded.actor_name,
         since = iif(pauses.reason = excluded.reason, pauses.since, excluded.since)
       WHERE excluded.reason = 'by_hand' OR pauses.reason = 'breaker'`,
    )
    .bind(subject, reason, mode, since, until, note, by?.id ?? null, by?.name ?? null);
  // Whoever pauses it by hand has seen what it is about; and a target that refuses something answers.
  const over = OVER[reason].map((kind) => endIncident(db, kind, idOf(subject), since));
  const opened = reason === "by_hand" ? [] : [openIncident(db, pause, reason)];
  return [...over, ...opened, insert];
}

/**
 * The statements that end a pause, to be run in one transaction; the first one changes a row if there was such a pause.
 * That a target answers again for good, after its breaker was open, is for the watchdog to see.
 *
 * @param reason ends only a pause of that reason
 * @param now milliseconds since 1970
 */
export function deletePause(
  db: D1Database,
  subject: PauseSubject,
  now: number,
  reason?: Pause["reason"],
): D1PreparedStatement[] {
  return [
    db.prepare("DELETE FROM pauses WHERE subject = ?1 AND reason = coalesce(?2, reason)").bind(subject, reason ?? null),
    db
      .prepare(
        `UPDATE incidents SET resolved_at = ?3, resolved_by = 'itself'
         WHERE kind = ?1 AND subject = ?2 AND resolved_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM pauses WHERE subject = ?4)`,
      )
      .bind(subject.startsWith("target:") ? "target_paused" : "route_paused", idOf(subject), now, subject),
  ];
}

/** What people are told of a pause that nobody made; the incident's kind says what to do. */
const CAUSES = {
  credentials: "The target refused its credentials. Everything for it is held.",
  breaker:
    "The target does not answer. Everything for it is held and one delivery tries it now and then; it is resumed by itself when one gets through.",
  gone: "The target answered 410: its address is gone for good. What the route brings is held.",
} as const satisfies Record<Refusal, string>;

/** Why something is paused that nobody paused. */
type Refusal = Exclude<Pause["reason"], "by_hand">;

/** The kinds of incidents that a pause puts an end to, by its reason. */
const OVER = {
  by_hand: ["target_down", "target_paused", "route_paused"],
  credentials: ["target_down"],
  gone: [],
  breaker: [],
} as const satisfies Record<Pause["reason"], readonly IncidentKind[]>;

/** The target or route by its id. */
function idOf(subject: PauseSubject): string {
  return subject.slice(subject.indexOf(":") + 1);
}

/**
 * The statement that opens a pause's incident. It writes nothing where the pause changes nothing, as nearly every one of
 * an open breaker does: so it stands before the pause is written.
 */
function openIncident(db: D1Database, { subject, since, note }: Pause, reason: Refusal): D1PreparedStatement {
  const id = idOf(subject);
  const isTarget = subject.startsWith("target:");
  const kind: IncidentKind = reason === "breaker" ? "target_down" : isTarget ? "target_paused" : "route_paused";
  const detail = `${reason}: ${CAUSES[reason]}${note === null ? "" : ` (${note})`}`;
  return db
    .prepare(
      `INSERT INTO incidents (kind, subject, opened_at, last_seen_at, count, detail, recent, target)
       SELECT ?1, ?2, ?3, ?3, 1, ?4, '[]', ?7
       WHERE NOT EXISTS (SELECT 1 FROM pauses WHERE subject = ?5 AND (reason <> 'breaker' OR reason = ?6))
       ON CONFLICT (kind, subject) DO UPDATE SET
         opened_at = iif(incidents.resolved_at IS NULL, incidents.opened_at, excluded.opened_at),
         count = iif(incidents.resolved_at IS NULL, incidents.count + 1, 1),
         last_seen_at = excluded.last_seen_at, detail = excluded.detail, recovered_at = NULL,
         ${startOver("incidents.resolved_at IS NOT NULL")}`,
    )
    .bind(kind, id, since, detail, subject, reason, isTarget ? id : null);
}

/**
 * Targets whose deliveries take the SLOW queue.
 *
 * @throws whatever D1 throws
 */
export async function readSlowTargets(db: D1Database): Promise<ReadonlySet<string>> {
  await ensureMigrated(db);
  return readHoldups([], (await db.prepare("SELECT target FROM slow_targets").all()).results).slow;
}

/**
 * Notes which lane a target's deliveries take.
 *
 * @throws whatever D1 throws
 */
export async function noteLane(db: D1Database, target: string, lane: "fast" | "slow", now: number): Promise<void> {
  await ensureMigrated(db);
  const statement =
    lane === "slow"
      ? db.prepare("INSERT OR IGNORE INTO slow_targets (target, since) VALUES (?1, ?2)").bind(target, now)
      : db.prepare("DELETE FROM slow_targets WHERE target = ?1").bind(target);
  await statement.run();
}
