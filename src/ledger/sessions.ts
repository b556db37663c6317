// The ledger's rows for sessions of browsers. A row has a digest of the cookie, never the cookie; one that a token opened is
// worth something only as long as the token is there.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";
import { ScopesSchema } from "./tokens.ts";

/** How many sessions one caller may have at a time; with the next one the oldest ends. */
const SESSIONS_MAX = 20;

/** What opened a session: a token, the Worker secret, or Cloudflare Access. */
const KINDS = ["token", "secret", "access"] as const;

const SessionSchema = v.pipe(
  v.object({
    hash: v.string(),
    kind: v.picklist(KINDS),
    actor: v.string(),
    names: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
    expires_at: v.number(),
    token_name: v.nullable(v.string()),
    token_scopes: v.nullable(ScopesSchema),
  }),
  v.transform(({ expires_at, token_name, token_scopes, ...rest }) => ({
    ...rest,
    expiresAt: expires_at,
    tokenName: token_name,
    tokenScopes: token_scopes,
  })),
);
/** A session as it stands, with what the token may that opened it. `expiresAt` is in milliseconds since 1970. */
export type Session = v.InferOutput<typeof SessionSchema>;

/** What is kept of a session when it is opened. */
export interface NewSession extends Pick<Session, "hash" | "kind" | "actor" | "names" | "expiresAt"> {
  createdAt: number;
}

/**
 * Keeps a session. Those of the same caller that are too many end, the oldest first.
 *
 * @throws whatever D1 throws
 */
export async function insertSession(db: D1Database, session: NewSession): Promise<void> {
  await ensureMigrated(db);
  const { hash, kind, actor, names, createdAt, expiresAt } = session;
  await db.batch([
    db
      .prepare(
        `INSERT INTO sessions (hash, kind, actor, names, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      )
      .bind(hash, kind, actor, JSON.stringify(names), createdAt, expiresAt),
    db
      .prepare(
        `DELETE FROM sessions WHERE actor = ?1 AND hash <> ?2 AND hash NOT IN
           (SELECT hash FROM sessions WHERE actor = ?1 AND hash <> ?2 ORDER BY created_at DESC LIMIT ${SESSIONS_MAX - 1})`,
      )
      .bind(actor, hash),
  ]);
}

/**
 * The session with one of the hashes, if it has not expired and the token that opened it is still there.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function findSession(
  db: D1Database,
  hashes: readonly [string, string],
  now: number,
): Promise<Session | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `SELECT sessions.hash, kind, actor, names, sessions.expires_at, tokens.name AS token_name, scopes AS token_scopes
       FROM sessions LEFT JOIN tokens ON kind = 'token' AND tokens.id = actor
       WHERE sessions.hash IN (?1, ?2) AND sessions.expires_at > ?3 AND (kind <> 'token' OR tokens.id IS NOT NULL)`,
    )
    .bind(...hashes, now)
    .first();
  return row === null ? undefined : v.parse(SessionSchema, row);
}

/**
 * Ends a session. False when there was none.
 *
 * @throws whatever D1 throws
 */
export async function deleteSession(db: D1Database, hash: string): Promise<boolean> {
  await ensureMigrated(db);
  const { meta } = await db.prepare("DELETE FROM sessions WHERE hash = ?1").bind(hash).run();
  return meta.changes === 1;
}

/**
 * Forgets the sessions that have expired.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function purgeSessions(db: D1Database, now: number): Promise<void> {
  await ensureMigrated(db);
  await db.prepare("DELETE FROM sessions WHERE expires_at <= ?1").bind(now).run();
}
