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
 * Entries, the newest first.
 *
 * @param before only those with a lower id
 * @throws whatever D1 throws
 */
export async function listAudited(
  db: D1Database,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<AuditEntry[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT * FROM audit_log WHERE id < ?1 ORDER BY id DESC LIMIT ?2")
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return v.parse(v.array(EntrySchema), results);
}
