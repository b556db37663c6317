// The Worker must come up on an empty database, beside wrangler's own migrations and beside itself.

import { env as simulator } from "cloudflare:workers";
import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { brokenD1, workingD1 } from "../faults.ts";

beforeEach(async () => {
  await reset();
});

/** The names of the ledger's tables and indexes that exist. */
async function schema(): Promise<string[]> {
  const { results } = await simulator.LEDGER.prepare(
    "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' ORDER BY name",
  ).all<{ name: string }>();
  return results.map(({ name }) => name);
}

async function applied(): Promise<string[]> {
  const { results } = await simulator.LEDGER.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  return results.map(({ name }) => name);
}

const SCHEMA = [
  "alerts",
  "alerts_by_time",
  "alerts_to_send",
  "audit_log",
  "audit_log_is_final",
  "claims",
  "d1_migrations",
  "deliveries",
  "deliveries_held",
  "deliveries_in_turn",
  "deliveries_to_sweep",
  "deliveries_unsettled",
  "deliveries_waiting",
  "drift",
  "erasures",
  "erasures_running",
  "erasures_waiting",
  "evaluations",
  "incidents",
  "incidents_open",
  "incidents_untold",
  "inlet_slots",
  "jobs",
  "pauses",
  "purge_later",
  "repeats",
  "repeats_by_sendout",
  "replayed",
  "replayed_requests",
  "replays",
  "replays_running",
  "search_blocks",
  "search_blocks_stale",
  "search_terms",
  "sendouts",
  "sendouts_by_time",
  "sendouts_discarded",
  "sendouts_not_routed",
  "sessions",
  "sizes",
  "slow_targets",
  "statistics",
  "statistics_open",
  "table_versions",
  "tokens",
  "tokens_by_hash",
  "upstream",
  "vault_secrets",
  "webhook_gaps",
];

/** Every migration there is, in order. */
const APPLIED = [
  "0001_ledger.sql",
  "0002_proof_and_incidents.sql",
  "0003_drift.sql",
  "0004_delivery_states.sql",
  "0005_replays.sql",
  "0006_vault.sql",
  "0007_in_order.sql",
  "0008_evaluations.sql",
  "0009_tokens.sql",
  "0010_audit_log.sql",
  "0011_search.sql",
  "0012_table_authors.sql",
  "0013_quarantine.sql",
  "0014_sessions.sql",
  "0015_alerts.sql",
  "0016_retention.sql",
  "0017_upstream.sql",
  "0018_statistics.sql",
  "0019_erasures.sql",
  "0021_last_status.sql",
  "0022_by.sql",
];

/** The columns of a table, in order. */
async function columnsOf(table: string): Promise<string[]> {
  const { results } = await simulator.LEDGER.prepare("SELECT name FROM pragma_table_info(?1)")
    .bind(table)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

/** A database as the first release left it, with one sendout in it. */
async function createFirstRelease(): Promise<void> {
  // The second migration fails, so only the first is applied.
  const db = brokenD1({ when: (sql) => sql.includes("CREATE TABLE incidents") });
  await expect(ensureMigrated(db)).rejects.toThrow("D1_ERROR: Network connection lost.");
  expect(await applied()).toEqual(APPLIED.slice(0, 1));
  expect(await columnsOf("sendouts")).not.toContain("signature_secret");
  await simulator.LEDGER.prepare(
    `INSERT INTO sendouts (id, accepted_id, received_at, inlet, state, dedupe_key, body_sha256, body_bytes, body)
     VALUES ('so_1', 'acc_1', 1, 'voucherify', 'unrouted', 'k', 'h', 2, 'raw:e30=')`,
  ).run();
}

describe("ensureMigrated", () => {
  it("brings an empty database to the newest shape and notes it where wrangler does", async () => {
    await ensureMigrated(workingD1());
    expect(await schema()).toEqual(SCHEMA);
    expect(await applied()).toEqual(APPLIED);
  });

  it("runs nothing when wrangler has applied everything", async () => {
    await ensureMigrated(workingD1());
    await simulator.LEDGER.batch([
      simulator.LEDGER.prepare("DROP TABLE claims"), // so that a migration that ran all the same would show
      simulator.LEDGER.prepare("DROP TABLE sendouts"),
    ]);
    const db = workingD1();
    await ensureMigrated(db);
    expect(db.queries.flat().map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "SELECT"]);
    expect(await schema()).not.toContain("claims");
  });

  it("applies what is missing when wrangler has its bookkeeping but no migration of ours", async () => {
    await simulator.LEDGER.prepare(
      `CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
        applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    ).run();
    await ensureMigrated(workingD1());
    expect(await schema()).toEqual(SCHEMA);
    expect(await applied()).toEqual(APPLIED);
  });

  it("brings a database of the first release to the newest shape and keeps its rows", async () => {
    await createFirstRelease();
    await ensureMigrated(workingD1());
    expect(await schema()).toEqual(SCHEMA);
    expect(await applied()).toEqual(APPLIED);
    expect((await columnsOf("sendouts")).slice(-6)).toEqual([
      "body",
      "signature_secret",
      "signature_form",
      "terms",
      "discarded_at",
      "discarded_note",
    ]);
    expect(await simulator.LEDGER.prepare("SELECT * FROM sendouts").first()).toMatchObject({
      id: "so_1",
      body: "raw:e30=",
      signature_secret: null,
      signature_form: null,
    });
  });

  it("notes the last status of deliveries that an earlier release did not deliver, or with an answer that is no 2xx", async () => {
    const earlier = brokenD1({ when: (sql) => sql.includes("ADD COLUMN last_status") });
    await expect(ensureMigrated(earlier)).rejects.toThrow("D1_ERROR: Network connection lost.");
    const rows = [
      ["failed", [{ status: 500 }, { status: 503 }]],
      ["scheduled", []],
      ["delivered", [{ status: 409 }]],
      ["delivered", [{ status: 200 }]],
    ];
    await simulator.LEDGER.prepare(
      `INSERT INTO deliveries (sendout_id, target, route, state, attempts_made, updated_at, attempts, request)
       SELECT 'so_1', 't' || key, 'r', value ->> 0, 1, 1, value -> 1, '' FROM json_each(?1)`,
    )
      .bind(JSON.stringify(rows))
      .run();
    await ensureMigrated(workingD1());
    const { results } = await simulator.LEDGER.prepare("SELECT last_status FROM deliveries ORDER BY target").all();
    expect(results.map((row) => row["last_status"])).toEqual([503, null, 409, null]);
  });

  it("applies the later migrations only once when isolates race over a database of the first release", async () => {
    await createFirstRelease();
    const isolates = Array.from({ length: 5 }, () => workingD1());
    await Promise.all(isolates.map(async (db) => ensureMigrated(db)));
    expect(await schema()).toEqual(SCHEMA);
    expect(await applied()).toEqual(APPLIED);
    expect((await columnsOf("sendouts")).filter((name) => name.startsWith("signature_"))).toHaveLength(2);
  }, 30_000);

  it.each([
    ["the first migration", () => brokenD1({ when: (sql) => sql.includes("CREATE TABLE incidents") })],
    ["every migration", workingD1],
  ])("goes on when another isolate applies %s after this one has looked", async (_name, createOther) => {
    const db = workingD1();
    const batch = db.batch.bind(db);
    let other: Promise<unknown> | undefined;
    db.batch = async <T>(statements: D1PreparedStatement[]) => {
      other ??= ensureMigrated(createOther()).catch(() => undefined); // fails at what it does not apply
      await other;
      return batch<T>(statements);
    };
    await ensureMigrated(db);
    expect(other).toBeDefined();
    expect(await applied()).toEqual(APPLIED);
    expect(await schema()).toEqual(SCHEMA);
  });

  it("asks a database once for the life of the isolate", async () => {
    const db = workingD1();
    await ensureMigrated(db);
    const asked = db.queries.length;
    await ensureMigrated(db);
    expect(db.queries).toHaveLength(asked);
  });

  it("succeeds for everybody when isolates race", async () => {
    const isolates = Array.from({ length: 5 }, () => workingD1());
    await Promise.all(isolates.map(async (db) => ensureMigrated(db)));
    expect(await schema()).toEqual(SCHEMA);
    expect(await applied()).toEqual(APPLIED);
  }, 30_000);

  it("succeeds for callers of one isolate that race", async () => {
    const db = workingD1();
    await Promise.all([ensureMigrated(db), ensureMigrated(db), ensureMigrated(db)]);
    expect(await applied()).toEqual(APPLIED);
  });

  it("succeeds when only the answer to its transaction is lost", async () => {
    await ensureMigrated(brokenD1({ when: (sql) => sql.includes("CREATE TABLE sendouts"), fault: "after" }));
    expect(await schema()).toEqual(SCHEMA);
  });

  it("leaves nothing half done when it fails, and tries again", async () => {
    let down = true;
    const db = brokenD1({ when: (sql) => down && sql.includes("CREATE TABLE sendouts") });
    await expect(ensureMigrated(db)).rejects.toThrow("D1_ERROR: Network connection lost.");
    expect(await schema()).toEqual(["d1_migrations"]);
    expect(await applied()).toEqual([]);
    down = false;
    await ensureMigrated(db);
    expect(await schema()).toEqual(SCHEMA);
  });
});
