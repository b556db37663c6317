// The vault's rows. What is in an envelope, and whether it can be opened, is src/vault's.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

const DESCRIPTION = {
  name: v.string(),
  key_id: v.string(),
  /** A list in JSON. */
  hosts: v.nullable(v.string()),
  last_four: v.nullable(v.string()),
  fingerprint: v.string(),
  set_at: v.number(),
};
const DescriptionSchema = v.object(DESCRIPTION);
/** What may be seen of a secret. */
export type VaultDescription = v.InferOutput<typeof DescriptionSchema>;

const VaultRowSchema = v.object({ ...DESCRIPTION, version: v.string(), envelope: v.string() });
export type VaultRow = v.InferOutput<typeof VaultRowSchema>;

const DESCRIBED = "name, key_id, hosts, last_four, fingerprint, set_at";
const COLUMNS = `${DESCRIBED}, version, envelope`;

/**
 * What may be seen of each secret in the vault, by name.
 *
 * @throws whatever D1 throws
 */
export async function listVaultSecrets(db: D1Database): Promise<VaultDescription[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare(`SELECT ${DESCRIBED} FROM vault_secrets ORDER BY name`).all();
  return v.parse(v.array(DescriptionSchema), results);
}

/**
 * One secret's row; undefined when the vault has none of that name.
 *
 * @throws whatever D1 throws
 */
export async function readVaultRow(db: D1Database, name: string): Promise<VaultRow | undefined> {
  await ensureMigrated(db);
  const row = await db.prepare(`SELECT ${COLUMNS} FROM vault_secrets WHERE name = ?1`).bind(name).first();
  return row === null ? undefined : v.parse(VaultRowSchema, row);
}

/**
 * The rows that another master key than this one has sealed, behind a name.
 *
 * @throws whatever D1 throws
 */
export async function readVaultRowsOfOtherKeys(
  db: D1Database,
  keyId: string,
  after: string,
  limit: number,
): Promise<VaultRow[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM vault_secrets WHERE key_id <> ?1 AND name > ?2 ORDER BY name LIMIT ?3`)
    .bind(keyId, after, limit)
    .all();
  return v.parse(v.array(VaultRowSchema), results);
}

/**
 * The rows that are bound to no host yet, of some names.
 *
 * @throws whatever D1 throws
 */
export async function readUnboundVaultRows(db: D1Database, names: readonly string[]): Promise<VaultRow[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM vault_secrets
       WHERE hosts IS NULL AND name IN (SELECT value FROM json_each(?1)) ORDER BY name`,
    )
    .bind(JSON.stringify(names))
    .all();
  return v.parse(v.array(VaultRowSchema), results);
}

/**
 * Writes a row, whatever was there.
 *
 * @throws whatever D1 throws
 */
export async function writeVaultRow(db: D1Database, row: VaultRow): Promise<void> {
  await ensureMigrated(db);
  await db
    .prepare(
      `INSERT INTO vault_secrets (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (name) DO UPDATE SET
         key_id = excluded.key_id, hosts = excluded.hosts, last_four = excluded.last_four,
         fingerprint = excluded.fingerprint, set_at = excluded.set_at, version = excluded.version,
         envelope = excluded.envelope`,
    )
    .bind(row.name, row.key_id, row.hosts, row.last_four, row.fingerprint, row.set_at, row.version, row.envelope)
    .run();
}

/**
 * Puts rows in the place of those they were made of, in one statement. A row that was written meanwhile stays.
 *
 * @returns the names of those that were replaced
 * @throws whatever D1 throws
 */
export async function replaceVaultRows(
  db: D1Database,
  replacements: readonly { before: string; row: VaultRow }[],
): Promise<string[]> {
  if (replacements.length === 0) return [];
  const { results } = await db
    .prepare(
      `UPDATE vault_secrets SET
         version = new.value ->> '$.row.version', key_id = new.value ->> '$.row.key_id',
         envelope = new.value ->> '$.row.envelope', hosts = new.value ->> '$.row.hosts',
         fingerprint = new.value ->> '$.row.fingerprint'
       FROM json_each(?1) AS new
       WHERE vault_secrets.name = new.value ->> '$.row.name' AND vault_secrets.version = new.value ->> '$.before'
       RETURNING vault_secrets.name AS name`,
    )
    .bind(JSON.stringify(replacements))
    .all();
  return v.parse(v.array(v.object({ name: v.string() })), results).map(({ name }) => name);
}

/**
 * Deletes a row. Whether there was one.
 *
 * @throws whatever D1 throws
 */
export async function deleteVaultRow(db: D1Database, name: string): Promise<boolean> {
  await ensureMigrated(db);
  const { results } = await db.prepare("DELETE FROM vault_secrets WHERE name = ?1 RETURNING name").bind(name).all();
  return results.length > 0;
}
