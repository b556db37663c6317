// A ledger as long traffic leaves it, written straight into the local database's file while nobody has it open.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { createRows, type Row } from "./ledger-rows.ts";

/** Sendouts written in one transaction. */
const TRANSACTION = 1_000;

/** Sendouts to be written, the oldest first, evenly over a time. Instants are milliseconds since 1970. */
export interface Filling {
  sendouts: number;
  from: number;
  to: number;
  /** Sendouts received before this have lost their contents. */
  contentFrom: number;
  /** Makes the rows of the n-th sendout; made up when left out. */
  rowsOf?: typeof createRows;
}

/** The file of the one database in a state folder whose Worker has made its tables, and is stopped. */
export function findDatabase(stateDir: string): string {
  const dir = join(stateDir, "d1", "miniflare-D1DatabaseObject");
  const file = readdirSync(dir).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  if (file === undefined) throw new Error(`there is no database in ${dir}`);
  return join(dir, file);
}

/** Writes sendouts and their deliveries; says how many deliveries that was. */
export function fillLedger(file: string, { sendouts, from, to, contentFrom, rowsOf = createRows }: Filling): number {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000");
  const insert = createInsert(database);
  let written = 0;
  for (let n = 0; n < sendouts; n++) {
    if (n % TRANSACTION === 0) database.exec(n === 0 ? "BEGIN" : "COMMIT; BEGIN");
    const receivedAt = from + Math.floor((n * (to - from)) / sendouts);
    const rows = rowsOf(n, receivedAt, receivedAt >= contentFrom);
    insert("sendouts", rows.sendout);
    for (const delivery of rows.deliveries) insert("deliveries", delivery);
    written += rows.deliveries.length;
    if (process.stderr.isTTY && n % (20 * TRANSACTION) === 0) process.stderr.write(`\r${n} of ${sendouts} `);
  }
  if (process.stderr.isTTY) process.stderr.write("\r");
  // As if the cron had always run: whatever is older has an outcome.
  database.exec(`UPDATE jobs SET position = ${to} WHERE name = 'adopt_orphans'`);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return written;
}

function createInsert(database: DatabaseSync): (table: string, row: Row) => void {
  const inserts = new Map<string, StatementSync>();
  return (table, row) => {
    const names = Object.keys(row);
    const statement =
      inserts.get(table) ??
      database.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`);
    inserts.set(table, statement);
    statement.run(...Object.values(row));
  };
}
