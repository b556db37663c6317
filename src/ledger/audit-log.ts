// The ledger's rows for who did what through the admin API: written before it happens, completed when it has.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** What is known before a call is made. */
export interface AuditedCall {
  /** Milliseconds since 1970. */
  at: number;
  /** A token's id, or `secret` for the Worker secret. */
  actor: string;
  /** Whose token it was then. */
  actorName: string | null;
  /** Method and path, with names for what is variable. */
  action: string;
  /** What stood for those names, in their order, with `/` in between. */
  subject: string;
}

/** What a call has changed, as far as it says so; never a secret or a payload. */
export const ChangeSchema = v.object({ before: v.optional(v.unknown()), after: v.optional(v.unknown()) });
export type Change = v.InferOutput<typeof ChangeSchema>;

const EntrySchema = v.pipe(
  v.object({
    id: v.number(),
    at: v.number(),
    actor: v.string(),
    actor_name: v.nullable(v.string()),
    action: v.string(),
    subject: v.string(),
    status: v.nullable(v.number()),
    change: v.nullable(v.pipe(v.string(), v.parseJson(), ChangeSchema)),
  }),
  v.transform(({ actor_name, ...rest }) => ({ ...rest, actorName: actor_name })),
);
/** An entry; `status` is null while the call is under way, and for ever where it never ended. */
export type AuditEntry = v.InferOutput<typeof EntrySchema>;

/**
 * Notes that a call is about to be made. Returns the entry's id, to complete it.
 *
 * @throws whatever D1 throws; then the call must not be made
 */
export async function beginAudited(db: D1Database, call: AuditedCall): Promise<number> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare("INSERT INTO audit_log (at, actor, actor_name, action, subject) VALUES (?1, ?2, ?3, ?4, ?5)")
    .bind(call.at, call.actor, call.actorName, call.action, call.subject)
    .run();
  return meta.last_row_id;
}

/**
 * Completes an entry.
 *
 * @param status of the answer
 * @throws whatever D1 throws
 */
export async function endAudited(db: D1Database, id: number, status: number, change?: Change): Promise<void> {
  await db
    .prepare("UPDATE audit_log SET status = ?2, change = ?3 WHERE id = ?1")
    .bind(id, status, change === undefined ? null : JSON.stringify(change))
    .run();
}

/**
 * One entry; undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function findAudited(db: D1Database, id: number): Promise<AuditEntry | undefined> {
  await ensureMigrated(db);
  const row = await db.prepare("SELECT * FROM audit_log WHERE id = ?1").bind(id).first();
  return row === null ? undefined : v.parse(EntrySchema, row);
}

/** Which entries; all of it must hold. */
export interface AuditFilter {
  /** From an instant on, in milliseconds since 1970. */
  since?: number | undefined;
  /** Before an instant, in milliseconds since 1970. */
  until?: number | undefined;
  /** A token's id, or whose it was then. */
  actor?: string | undefined;
  /** What the action begins with, or its path does. */
  action?: string | undefined;
  subject?: string | undefined;
  /** Only those that say what they have changed. */
  isChange?: boolean | undefined;
}

/** Entries, the newest first; `next` is the id that the following ones are below, null where the log ends. */
export interface AuditPage {
  entries: AuditEntry[];
  next: number | null;
}

/**
 * How many entries one page looks through. There is no index but the ids, which follow time, so that a filter that fits
 * little reads much: a row read for each, of which the free plan has five million a day.
 */
export const LOOKED_THROUGH_MAX = 25_000;

/** The lowest id that a page looks at. */
const LOWEST = `min(?1, (SELECT max(id) + 1 FROM audit_log)) - ${LOOKED_THROUGH_MAX}`;

/** What was shown is noted as well: payloads that were revealed, and the table that a dry run tried. It changed nothing. */
const IS_CHANGE = `change IS NOT NULL AND change ->> '$.after.revealed' IS NULL AND action NOT LIKE '%/dry-run'`;

const FITS = `at >= coalesce(?3, at) AND at < coalesce(?4, at + 1)
  AND (?5 IS NULL OR ?5 IN (actor, actor_name))
  AND (?6 IS NULL OR ?6 IN (substr(action, 1, length(?6)), substr(action, instr(action, '/'), length(?6))))
  AND subject = coalesce(?7, subject)
  AND (?8 = 0 OR (${IS_CHANGE}))`;

/**
 * The entries that fit, the newest first. A page may have fewer than the limit, or none, and a next one all the same.
 *
 * @param before only those with a lower id
 * @throws whatever D1 throws
 */
export async function listAudited(
  db: D1Database,
  filter: AuditFilter,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number | undefined; limit: number },
): Promise<AuditPage> {
  await ensureMigrated(db);
  const { since = null, until = null, actor = null, action = null, subject = null, isChange = false } = filter;
  const [fitting, below] = await db.batch([
    db
      .prepare(`SELECT * FROM audit_log WHERE id < ?1 AND id >= ${LOWEST} AND ${FITS} ORDER BY id DESC LIMIT ?2`)
      .bind(before, limit, since, until, actor, action, subject, Number(isChange)),
    db.prepare(`SELECT id, at FROM audit_log WHERE id < ${LOWEST} ORDER BY id DESC LIMIT 1`).bind(before),
  ]);
  const entries = v.parse(v.array(EntrySchema), fitting?.results);
  if (entries.length === limit) return { entries, next: entries.at(-1)?.id ?? null };
  const [further] = v.parse(v.array(v.object({ id: v.number(), at: v.number() })), below?.results);
  const isOver = further === undefined || further.at < (since ?? 0);
  return { entries, next: isOver ? null : further.id + 1 };
}
