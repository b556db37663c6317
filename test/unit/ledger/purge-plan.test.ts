// What the purge's statements cost over a large ledger: each goes by the index by time or by keys, and none scans a table.

import { beforeEach, describe, expect, it } from "vitest";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { findEnded, purgeEnded } from "../../../src/ledger/purge-later.ts";
import { endOfStep, purgeContent, purgeRows } from "../../../src/ledger/purge.ts";
import { replayedSince } from "../../../src/ledger/replayed-since.ts";
import { workingD1, type RecordingD1 } from "../faults.ts";
import { startOver } from "../start-over.ts";

beforeEach(startOver);

/** What SQLite would scan as a whole, of tables that grow with the sendouts. */
async function scansOf(db: RecordingD1): Promise<string[]> {
  const plans = db.queries.flat().map(async (sql) => {
    const statement = workingD1().prepare(`EXPLAIN QUERY PLAN ${sql}`);
    const { results } = await statement.bind(...parametersOf(sql)).all<{ detail: string }>();
    return results.map(({ detail }) => detail);
  });
  const details = (await Promise.all(plans)).flat();
  return details.filter((detail) => /^SCAN (s|d|r|sendouts|deliveries|repeats|claims|replayed)\b/.test(detail));
}

/** As many values as a statement wants; the plan does not depend on them. */
function parametersOf(sql: string): null[] {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number));
  const count = numbered.length > 0 ? Math.max(...numbered) : sql.split("?").length - 1;
  return Array.from({ length: count }, () => null);
}

describe("the purge", () => {
  it.each<[string, (db: D1Database) => Promise<unknown>]>([
    ["looks for the end of a step", async (db) => endOfStep(db, 1, 2, 500)],
    ["takes contents away", async (db) => purgeContent(db, { job: "purge_bodies", from: 1, to: 2 }, "expired", 3)],
    ["deletes rows", async (db) => purgeRows(db, { job: "purge_metadata", from: 1, to: 2 }, 3)],
    ["looks for what has ended", async (db) => findEnded(db, 1, 100)],
    ["comes back to it", async (db) => purgeEnded(db, ["so_1"], "expired")],
    ["asks what replays need", async (db) => replayedSince(db, 1)],
  ])("%s without scanning a table", async (_name, work) => {
    const db = workingD1();
    await ensureMigrated(db);
    db.queries.length = 0;
    await work(db);
    expect(db.queries.flat().length).toBeGreaterThan(0);
    expect(await scansOf(db)).toEqual([]);
  });
});
