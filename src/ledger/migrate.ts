// The Worker must come up on an empty database: the minute between `wrangler deploy` and `wrangler d1 migrations apply`
// is a minute in which sendouts arrive. So whoever needs the ledger applies what is missing, in wrangler's own
// bookkeeping, and wrangler finds nothing left to do.

import ledger from "../../migrations/0001_ledger.sql";
import proofAndIncidents from "../../migrations/0002_proof_and_incidents.sql";
import drift from "../../migrations/0003_drift.sql";
import deliveryStates from "../../migrations/0004_delivery_states.sql";
import replays from "../../migrations/0005_replays.sql";
import vault from "../../migrations/0006_vault.sql";
import inOrder from "../../migrations/0007_in_order.sql";
import evaluations from "../../migrations/0008_evaluations.sql";
import tokens from "../../migrations/0009_tokens.sql";
import auditLog from "../../migrations/0010_audit_log.sql";
import search from "../../migrations/0011_search.sql";
import tableAuthors from "../../migrations/0012_table_authors.sql";
import quarantine from "../../migrations/0013_quarantine.sql";
import sessions from "../../migrations/0014_sessions.sql";
import alerts from "../../migrations/0015_alerts.sql";
import retention from "../../migrations/0016_retention.sql";
import upstream from "../../migrations/0017_upstream.sql";
import statistics from "../../migrations/0018_statistics.sql";
import erasures from "../../migrations/0019_erasures.sql";
import lastStatus from "../../migrations/0021_last_status.sql";
import doneBy from "../../migrations/0022_by.sql";

/** Every migration, in order, by the file name that wrangler records. */
const MIGRATIONS: readonly { name: string; sql: string }[] = [
  { name: "0001_ledger.sql", sql: ledger },
  { name: "0002_proof_and_incidents.sql", sql: proofAndIncidents },
  { name: "0003_drift.sql", sql: drift },
  { name: "0004_delivery_states.sql", sql: deliveryStates },
  { name: "0005_replays.sql", sql: replays },
  { name: "0006_vault.sql", sql: vault },
  { name: "0007_in_order.sql", sql: inOrder },
  { name: "0008_evaluations.sql", sql: evaluations },
  { name: "0009_tokens.sql", sql: tokens },
  { name: "0010_audit_log.sql", sql: auditLog },
  { name: "0011_search.sql", sql: search },
  { name: "0012_table_authors.sql", sql: tableAuthors },
  { name: "0013_quarantine.sql", sql: quarantine },
  { name: "0014_sessions.sql", sql: sessions },
  { name: "0015_alerts.sql", sql: alerts },
  { name: "0016_retention.sql", sql: retention },
  { name: "0017_upstream.sql", sql: upstream },
  { name: "0018_statistics.sql", sql: statistics },
  { name: "0019_erasures.sql", sql: erasures },
  { name: "0021_last_status.sql", sql: lastStatus },
  { name: "0022_by.sql", sql: doneBy },
];

/** The table in which `wrangler d1 migrations apply` notes what it has applied. */
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

// Databases found complete. Kept for the isolate's life: migrations are only ever added by a deploy, which replaces it.
const complete = new WeakSet<D1Database>();

/**
 * Brings the database to the newest shape. Costs one read per isolate when there is nothing to do. Each migration is
 * one transaction; of two isolates racing, the slower one's is undone by the unique name and it looks again.
 *
 * @throws whatever D1 throws
 */
export async function ensureMigrated(db: D1Database): Promise<void> {
  if (complete.has(db)) return;
  let missing = await missingMigrations(db);
  if (missing.length > 0) await db.prepare(BOOKKEEPING).run();
  for (const migration of missing) {
    try {
      await apply(db, migration);
    } catch (error) {
      missing = await missingMigrations(db);
      if (missing.includes(migration)) throw error;
    }
  }
  complete.add(db);
}

async function missingMigrations(db: D1Database): Promise<(typeof MIGRATIONS)[number][]> {
  const known = await db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'").first();
  if (known === null) return [...MIGRATIONS];
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  return MIGRATIONS.filter((migration) => !applied.has(migration.name));
}

/**
 * Migrations that are in the database and not in this release: a newer one has been deployed before.
 *
 * @throws whatever D1 throws
 */
export async function newerMigrations(db: D1Database): Promise<string[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare("SELECT name FROM d1_migrations ORDER BY id").all<{ name: string }>();
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  return results.map(({ name }) => name).filter((name) => !known.has(name));
}

async function apply(db: D1Database, migration: { name: string; sql: string }): Promise<void> {
  const note = db.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(migration.name);
  await db.batch([note, ...statements(migration.sql).map((sql) => db.prepare(sql))]);
}

/** Our migrations end each statement with a semicolon at the end of a line and comment whole lines only. */
function statements(sql: string): string[] {
  return sql
    .replaceAll(/^--.*$/gm, "")
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
