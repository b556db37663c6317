// The ledger's rows for what is not called for now: targets and routes that a person or a refusal has paused, and targets
// that answer slowly.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

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
  /** When a target whose breaker is open is tried again; null for what a person has to look at. */
  until: v.optional(v.nullable(v.number()), null),
  /** What a person wrote, or what the target answered, secrets removed. */
  note: v.nullable(v.string()),
});
export type Pause = v.InferOutput<typeof PauseSchema>;

const COLUMNS = "subject, reason, mode, since, until, note";

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

const StoredPauseSchema = v.object({
  ...PauseSchema.entries,
  reason: v.fallback(PauseSchema.entries.reason, "by_hand"),
});

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
 * The statement that pauses something. A pause by a person stands against every other, and a refusal against an open
 * breaker, which only moves its next try.
 */
export function insertPause(db: D1Database, { subject, reason, mode, since, until, note }: Pause): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO pauses (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
       ON CONFLICT (subject) DO UPDATE SET
         reason = excluded.reason, mode = excluded.mode, until = excluded.until, note = excluded.note,
         since = iif(pauses.reason = excluded.reason, pauses.since, excluded.since)
       WHERE excluded.reason = 'by_hand' OR pauses.reason = 'breaker'`,
    )
    .bind(subject, reason, mode, since, until, note);
}

/** The statement that ends a pause, whatever its reason or only one of that reason. */
export function deletePause(db: D1Database, subject: PauseSubject, reason?: Pause["reason"]): D1PreparedStatement {
  return db
    .prepare("DELETE FROM pauses WHERE subject = ?1 AND reason = coalesce(?2, reason)")
    .bind(subject, reason ?? null);
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
