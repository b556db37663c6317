// The ledger watches itself: triggers note every change of a delivery, whoever made it, so that what must never happen is
// seen even when the next write hides it.

import * as v from "valibot";
import { ensureMigrated } from "../../src/ledger/migrate.ts";

const TABLES = ["sendouts", "repeats", "deliveries", "claims", "table_versions", "incidents", "drift", "pauses"];
const ALSO = ["slow_targets", "jobs", "audit", "evaluations", "vault_secrets"];

const AFTER = "new.sendout_id || '.' || new.target || '.' || new.copy, new.state, new.reason, new.round";
const REST = "new.attempts_made, new.attempts_before, new.sweep_at, new.request";
const ORDER = "new.order_key, new.order_at";

const AUDIT = [
  `CREATE TABLE IF NOT EXISTS audit (n INTEGER PRIMARY KEY, key TEXT, state TEXT, reason TEXT, round INTEGER,
     attempts_made INTEGER, attempts_before INTEGER, sweep_at INTEGER, request TEXT, old_state TEXT, old_round INTEGER,
     old_made INTEGER, order_key TEXT, order_at INTEGER)`,
  `CREATE TRIGGER IF NOT EXISTS audit_insert AFTER INSERT ON deliveries BEGIN
     INSERT INTO audit SELECT NULL, ${AFTER}, ${REST}, NULL, NULL, NULL, ${ORDER}; END`,
  // A write that only adds an attempt to the log changes nothing.
  `CREATE TRIGGER IF NOT EXISTS audit_update AFTER UPDATE ON deliveries
     WHEN (old.state, old.reason, old.round, old.updated_at, old.sweep_at, old.attempts_made, old.order_at)
       IS NOT (new.state, new.reason, new.round, new.updated_at, new.sweep_at, new.attempts_made, new.order_at) BEGIN
     INSERT INTO audit SELECT NULL, ${AFTER}, ${REST}, old.state, old.round, old.attempts_made, ${ORDER};
     END`,
  `CREATE TRIGGER IF NOT EXISTS audit_delete AFTER DELETE ON deliveries BEGIN
     INSERT INTO audit (key, state) VALUES (old.sendout_id || '.' || old.target || '.' || old.copy, 'deleted'); END`,
];

/** Empties the ledger and has it watched. */
export async function prepareLedger(db: D1Database): Promise<void> {
  await ensureMigrated(db);
  await db.batch([
    ...AUDIT.map((sql) => db.prepare(sql)),
    ...[...TABLES, ...ALSO].map((table) => db.prepare(`DELETE FROM ${table}`)),
    db.prepare("DELETE FROM audit"), // what the deletions left there
  ]);
}

const ChangeSchema = v.object({
  n: v.number(),
  key: v.string(),
  state: v.string(),
  reason: v.nullable(v.string()),
  round: v.nullable(v.number()),
  attempts_made: v.nullable(v.number()),
  attempts_before: v.nullable(v.number()),
  sweep_at: v.nullable(v.number()),
  request: v.nullable(v.string()),
  old_state: v.nullable(v.string()),
  old_round: v.nullable(v.number()),
  old_made: v.nullable(v.number()),
  order_key: v.nullable(v.string()),
  order_at: v.nullable(v.number()),
});
/** A delivery's row after a change, and what it was before. */
export type Change = v.InferOutput<typeof ChangeSchema>;

/** Every change, in order. */
export async function readChanges(db: D1Database): Promise<Change[]> {
  const { results } = await db.prepare("SELECT * FROM audit ORDER BY n").all();
  return v.parse(v.array(ChangeSchema), results);
}

const EndSchema = v.object({
  sendouts: v.array(
    v.object({
      id: v.string(),
      accepted_id: v.string(),
      state: v.string(),
      reason: v.nullable(v.string()),
      planned: v.string(),
      received_at: v.number(),
    }),
  ),
  repeats: v.array(v.object({ accepted_id: v.string(), sendout_id: v.string() })),
  deliveries: v.array(
    v.object({
      sendout_id: v.string(),
      target: v.string(),
      copy: v.number(),
      route: v.string(),
      state: v.string(),
      reason: v.nullable(v.string()),
      round: v.number(),
      attempts_made: v.number(),
      attempts_before: v.number(),
      sweep_at: v.nullable(v.number()),
      updated_at: v.number(),
      attempts: v.pipe(v.string(), v.parseJson(), v.array(v.looseObject({ at: v.number() }))),
    }),
  ),
  pauses: v.array(v.object({ subject: v.string(), mode: v.string(), reason: v.string() })),
});
/** What the ledger holds. */
export type LedgerState = v.InferOutput<typeof EndSchema>;

/** Reads what the ledger holds. */
export async function readLedger(db: D1Database): Promise<LedgerState> {
  const names = ["sendouts", "repeats", "deliveries", "pauses"] as const;
  const results = await db.batch(names.map((name) => db.prepare(`SELECT * FROM ${name}`)));
  return v.parse(EndSchema, Object.fromEntries(names.map((name, index) => [name, results[index]?.results ?? []])));
}
