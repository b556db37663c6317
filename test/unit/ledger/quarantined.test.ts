// What looking into quarantine costs over a large ledger: what lies there is found by indexes of what is out of the ordinary,
// and of all the sendouts that were routed none is read.

import { beforeEach, expect, it } from "vitest";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { countQuarantined, listQuarantined, readQuarantined } from "../../../src/ledger/quarantined.ts";
import { workingD1 } from "../faults.ts";
import { startOver } from "../start-over.ts";

beforeEach(startOver);

it.each<[string, (db: D1Database) => Promise<unknown>]>([
  ["a list of what is open", async (db) => listQuarantined(db, { state: "open", limit: 50 })],
  ["a list of what was discarded", async (db) => listQuarantined(db, { state: "discarded", limit: 50 })],
  [
    "a list for one reason, from a place on",
    async (db) => listQuarantined(db, { state: "all", reason: "a", after: { receivedAt: 1, id: "so_1" }, limit: 50 }),
  ],
  ["the count", countQuarantined],
  ["a look at one", async (db) => readQuarantined(db, "so_1")],
])("%s reads by index alone what was never routed", async (_name, look) => {
  const db = workingD1();
  await ensureMigrated(db);
  db.queries.length = 0;
  await look(db);
  const [sql = ""] = db.queries.flat();
  const values = Array.from({ length: sql.includes("?4") ? 4 : sql.includes("?1") ? 1 : 0 }, () => null);
  const { results } = await workingD1()
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  const sendouts = results
    .map(({ detail }) => detail)
    .filter((detail) => /^(?:SCAN|SEARCH) (?:s|sendouts)\b/.test(detail));
  expect(sendouts.length).toBeGreaterThan(0);
  for (const detail of sendouts) expect(detail).toMatch(/sendouts_not_routed|sendouts_discarded|PRIMARY KEY/);
});
