// The routing table's versions in D1: append-only, published by compare-and-swap. The truth; KV only carries a copy.

import { ensureMigrated } from "./migrate.ts";

/** One published version. */
export interface TableVersion {
  version: number;
  /** Milliseconds since 1970. */
  publishedAt: number;
  document: unknown;
}

/** The statement that reads the newest version's number; 0 when nothing was ever published. */
export const HEAD_VERSION_SQL = "SELECT COALESCE(MAX(version), 0) AS version FROM table_versions";

/**
 * The newest version, or undefined when nothing was ever published.
 *
 * @throws whatever D1 throws
 */
export async function readHead(db: D1Database): Promise<TableVersion | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare("SELECT version, published_at, document FROM table_versions ORDER BY version DESC LIMIT 1")
    .first<{ version: number; published_at: number; document: string }>();
  if (row === null) return undefined;
  return { version: row.version, publishedAt: row.published_at, document: JSON.parse(row.document) };
}

/**
 * The document of one version, or undefined when there is no such version.
 *
 * @throws whatever D1 throws
 */
export async function readVersion(db: D1Database, version: number): Promise<unknown> {
  await ensureMigrated(db);
  const document = await db
    .prepare("SELECT document FROM table_versions WHERE version = ?1")
    .bind(version)
    .first<string>("document");
  return document === null ? undefined : JSON.parse(document);
}

/**
 * Publishes a document as version `expected + 1` if `expected` is still the newest. False when somebody was faster.
 *
 * @throws whatever D1 throws
 */
export async function appendVersion(
  db: D1Database,
  expected: number,
  document: unknown,
  publishedAt: number,
): Promise<boolean> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare(
      `INSERT INTO table_versions (version, published_at, document)
       SELECT ?1 + 1, ?2, ?3 WHERE (${HEAD_VERSION_SQL}) = ?1`,
    )
    .bind(expected, publishedAt, JSON.stringify(document))
    .run();
  return meta.changes === 1;
}
