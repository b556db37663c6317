// The ledger's rows for tokens of the admin API. A row has a token's hash, never the token.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

/** What a token can allow. `admin` allows everything, and alone to make tokens. */
export const SCOPES = ["read", "payload", "replay", "config", "secrets", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** How many tokens there may be. */
export const TOKENS_MAX = 200;

/** A token's use is noted when the last note is so old, in milliseconds: a row for each call would be too much. */
const USE_NOTED_EVERY_MS = 60 * 60_000;

/** A row's scopes. One that only a newer release knows allows nothing here. */
export const ScopesSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.string()),
  v.transform((names) => SCOPES.filter((scope) => names.includes(scope))),
);

const TokenSchema = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    scopes: ScopesSchema,
    created_at: v.number(),
    expires_at: v.nullable(v.number()),
    last_used_at: v.nullable(v.number()),
  }),
  v.transform(({ created_at, expires_at, last_used_at, ...rest }) => ({
    ...rest,
    createdAt: created_at,
    expiresAt: expires_at,
    lastUsedAt: last_used_at,
  })),
);
/** A token as it stands. Instants are milliseconds since 1970; null where it never expires or was never used. */
export type Token = v.InferOutput<typeof TokenSchema>;

const COLUMNS = "id, name, scopes, created_at, expires_at, last_used_at";

/**
 * Keeps a token.
 *
 * @param hash SHA-256 of its text, in hexadecimal
 * @returns false when there are as many as there may be
 * @throws whatever D1 throws
 */
export async function insertToken(db: D1Database, token: Omit<Token, "lastUsedAt">, hash: string): Promise<boolean> {
  await ensureMigrated(db);
  const { id, name, scopes, createdAt, expiresAt } = token;
  const { meta } = await db
    .prepare(
      `INSERT INTO tokens (id, hash, name, scopes, created_at, expires_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT COUNT(*) FROM tokens) < ${TOKENS_MAX}`,
    )
    .bind(id, hash, name, JSON.stringify(scopes), createdAt, expiresAt)
    .run();
  return meta.changes === 1;
}

/**
 * The token with a hash, if it has not expired; notes that it was used.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function useToken(db: D1Database, hash: string, now: number): Promise<Token | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM tokens WHERE hash = ?1 AND (expires_at IS NULL OR expires_at > ?2)`)
    .bind(hash, now)
    .first();
  if (row === null) return undefined;
  const token = v.parse(TokenSchema, row);
  if (now - (token.lastUsedAt ?? 0) >= USE_NOTED_EVERY_MS) {
    await db.prepare("UPDATE tokens SET last_used_at = ?2 WHERE id = ?1").bind(token.id, now).run();
  }
  return token;
}

/**
 * All tokens, the newest first.
 *
 * @throws whatever D1 throws
 */
export async function listTokens(db: D1Database): Promise<Token[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare(`SELECT ${COLUMNS} FROM tokens ORDER BY created_at DESC, id`).all();
  return v.parse(v.array(TokenSchema), results);
}

/**
 * Forgets a token. False when there is none.
 *
 * @throws whatever D1 throws
 */
export async function deleteToken(db: D1Database, id: string): Promise<boolean> {
  await ensureMigrated(db);
  const { meta } = await db.prepare("DELETE FROM tokens WHERE id = ?1").bind(id).run();
  return meta.changes === 1;
}
