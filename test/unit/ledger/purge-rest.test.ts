// What is purged with its sendouts, or by its own age: blocks of the search, and statistics.

import { beforeEach, describe, expect, it } from "vitest";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { purgeRest } from "../../../src/ledger/purge-rest.ts";
import { workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { createSendoutRow } from "./rows.ts";

const DAY_MS = 86_400_000;
const RETENTION = { bodyDays: 14, metadataDays: 90, auditDays: 365 };
const LATE = SENT_AT + 91 * DAY_MS;

beforeEach(async () => {
  await startOver();
  const db = workingD1();
  await ensureMigrated(db);
  const blocks = Array.from({ length: 20 }, (_, index) => [SENT_AT + index * 100, SENT_AT + index * 100 + 100]);
  await db.batch([
    db
      .prepare(
        "INSERT INTO search_blocks (from_at, to_at, seen) SELECT value ->> 0, value ->> 1, 'whole' FROM json_each(?1)",
      )
      .bind(JSON.stringify([...blocks, [LATE - 100, LATE]])),
    db
      .prepare("INSERT INTO search_terms (first, from_at, terms) SELECT 'a', value ->> 0, 'bcde' FROM json_each(?1)")
      .bind(JSON.stringify([...blocks, [LATE - 100, LATE]])),
  ]);
});

async function count(table: "search_blocks" | "search_terms" | "statistics"): Promise<number | null> {
  return workingD1().prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n");
}

describe("purgeRest", () => {
  it("deletes blocks whose time is over, some at a time, and says that there are more", async () => {
    expect(await purgeRest(workingD1(), RETENTION, LATE)).toBe(true);
    expect([await count("search_blocks"), await count("search_terms")]).toEqual([6, 6]);
    expect(await purgeRest(workingD1(), RETENTION, LATE)).toBe(false);
    expect([await count("search_blocks"), await count("search_terms")]).toEqual([1, 1]);
  });

  it("keeps a block of which a sendout is left", async () => {
    const row = createSendoutRow({ id: "so_1", received_at: SENT_AT + 350 });
    await writeEntries(workingD1(), [{ kind: "sendout", row }]);
    await purgeRest(workingD1(), RETENTION, LATE);
    await purgeRest(workingD1(), RETENTION, LATE);
    const { results } = await workingD1().prepare("SELECT from_at FROM search_blocks ORDER BY from_at").all();
    expect(results).toEqual([{ from_at: SENT_AT + 300 }, { from_at: LATE - 100 }]);
  });

  it("deletes statistics after 400 days, and never their sum", async () => {
    const db = workingD1();
    const insert = db.prepare("INSERT INTO statistics (from_at, counts, open, counted_at) VALUES (?1, '[]', 0, 1)");
    await db.batch([insert.bind(SENT_AT), insert.bind(SENT_AT + DAY_MS)]);
    await purgeRest(db, RETENTION, SENT_AT + 400 * DAY_MS + 1);
    expect(await count("statistics")).toBe(2);
  });
});
