// The routing table's versions in D1: append-only, published by compare-and-swap. The truth; KV only carries a copy.

import * as v from "valibot";
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

/** Which version is the newest, and since when, in milliseconds since 1970; 0 and 0 when nothing was ever published. */
export interface HeadVersion {
  version: number;
  publishedAt: number;
}

/** The statement that reads it; `readHeadVersion` reads what it finds. */
export const HEAD_SQL = "SELECT version, published_at FROM table_versions ORDER BY version DESC LIMIT 1";

/** What `HEAD_SQL` has found. */
export function readHeadVersion(results: readonly unknown[]): HeadVersion {
  const [row] = v.parse(v.array(HeadRowSchema), results);
  return { version: row?.version ?? 0, publishedAt: row?.published_at ?? 0 };
}

const HeadRowSchema = v.object({ version: v.number(), published_at: v.number() });

/** A version with the time in which it was the newest, in milliseconds since 1970; `until` is not part of it. */
export interface VersionInTime {
  /** 0 before anything was published. */
  version: number;
  /** Undefined before anything was published. */
  document: unknown;
  from: number;
  until: number;
}

/**
 * The version that was the newest at an instant.
 *
 * @param at milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function readVersionAt(db: D1Database, at: number): Promise<VersionInTime> {
  await ensureMigrated(db);
  const [found, next] = await db.batch([
    db
      .prepare(
        `SELECT version, published_at, document FROM table_versions WHERE published_at <= ?1
         ORDER BY version DESC LIMIT 1`,
      )
      .bind(at),
    db.prepare("SELECT MIN(published_at) AS until FROM table_versions WHERE published_at > ?1").bind(at),
  ]);
  const [row] = v.parse(v.array(VersionRowSchema), found?.results);
  const [{ until } = { until: null }] = v.parse(v.array(v.object({ until: v.nullable(v.number()) })), next?.results);
  const time = { from: row?.published_at ?? 0, until: until ?? Number.POSITIVE_INFINITY };
  if (row === undefined) return { version: 0, document: undefined, ...time };
  return { version: row.version, document: JSON.parse(row.document), ...time };
}

const VersionRowSchema = v.object({ version: v.number(), published_at: v.number(), document: v.string() });

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

/** Who published a version, and why. All null where nobody has said, as in versions of older releases. */
export interface Author {
  /** A token's id, or `secret` for the Worker secret. */
  actor: string | null;
  /** Whose token it was then. */
  actorName: string | null;
  note: string | null;
}

const NOBODY: Author = { actor: null, actorName: null, note: null };

/**
 * Publishes a document as version `expected + 1` if `expected` is still the newest. False when somebody was faster. No
 * version is older than the one before it, whatever the clocks say.
 *
 * @throws whatever D1 throws
 */
export async function appendVersion(
  db: D1Database,
  expected: number,
  document: unknown,
  publishedAt: number,
  { actor, actorName, note }: Author = NOBODY,
): Promise<boolean> {
  await ensureMigrated(db);
  const { meta } = await db
    .prepare(
      `INSERT INTO table_versions (version, published_at, document, actor, actor_name, note)
       SELECT ?1 + 1, max(?2, COALESCE((SELECT MAX(published_at) FROM table_versions), 0)), ?3, ?4, ?5, ?6
       WHERE (${HEAD_VERSION_SQL}) = ?1`,
    )
    .bind(expected, publishedAt, JSON.stringify(document), actor, actorName, note)
    .run();
  return meta.changes === 1;
}

const SummarySchema = v.pipe(
  v.object({
    version: v.number(),
    published_at: v.number(),
    actor: v.nullable(v.string()),
    actor_name: v.nullable(v.string()),
    note: v.nullable(v.string()),
  }),
  v.transform(({ published_at, actor_name, ...row }) => ({
    ...row,
    publishedAt: published_at,
    actorName: actor_name,
  })),
);
/** A version without its document. */
export type VersionSummary = v.InferOutput<typeof SummarySchema>;

const SUMMARY_COLUMNS = "version, published_at, actor, actor_name, note";

/**
 * Versions, the newest first.
 *
 * @param before only those with a lower number
 * @throws whatever D1 throws
 */
export async function listVersions(
  db: D1Database,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<VersionSummary[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(`SELECT ${SUMMARY_COLUMNS} FROM table_versions WHERE version < ?1 ORDER BY version DESC LIMIT ?2`)
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return v.parse(v.array(SummarySchema), results);
}

/**
 * One version with its document, or undefined when there is no such version.
 *
 * @throws whatever D1 throws
 */
export async function readVersionRecord(
  db: D1Database,
  version: number,
): Promise<(VersionSummary & { document: unknown }) | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare(`SELECT ${SUMMARY_COLUMNS}, document FROM table_versions WHERE version = ?1`)
    .bind(version)
    .first<{ document: string }>();
  return row === null ? undefined : { ...v.parse(SummarySchema, row), document: JSON.parse(row.document) };
}
