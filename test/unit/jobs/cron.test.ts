// What happens every minute: KV gets the newest table whenever it has another, and a job that fails harms nobody.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { TABLE_KEY } from "../../../src/routing/table-store.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { brokenKv, createBindings, downD1, workingD1, workingKv } from "../faults.ts";
import { createTable, publish, publishToLedgerOnly } from "../payloads.ts";
import { SENT_AT } from "../messages.ts";

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
});

async function copyInKv(): Promise<unknown> {
  return workingKv().get(TABLE_KEY, "json");
}

const FIRST = createTable(["crm"]);
const SECOND = createTable(["mail"]);

describe("runJobs", () => {
  it("copies the table to a KV that has none", async () => {
    await publishToLedgerOnly(FIRST);
    expect(await copyInKv()).toBeNull();
    await runJobs(createBindings(), SENT_AT);
    expect(await copyInKv()).toEqual({ version: 1, document: FIRST });
  });

  it("copies the newest version to a KV that lags behind", async () => {
    await publish(FIRST);
    await publishToLedgerOnly(SECOND);
    await publishToLedgerOnly(FIRST);
    await runJobs(createBindings(), SENT_AT);
    expect(await copyInKv()).toEqual({ version: 3, document: FIRST });
  });

  it.each(["no JSON", '{"another":"shape"}', "null"])("replaces a copy that cannot be read: %s", async (copy) => {
    await publish(FIRST);
    await workingKv().put(TABLE_KEY, copy);
    await runJobs(createBindings(), SENT_AT);
    expect(await copyInKv()).toEqual({ version: 1, document: FIRST });
  });

  it("writes nothing to a KV that has the newest version", async () => {
    await publish(FIRST);
    const TABLE = workingKv();
    const put = vi.fn<KVNamespace["put"]>();
    TABLE.put = put;
    await runJobs(createBindings({ TABLE }), SENT_AT);
    expect(put).not.toHaveBeenCalled();
  });

  it("writes nothing while nothing was ever published", async () => {
    await runJobs(createBindings(), SENT_AT);
    expect(await copyInKv()).toBeNull();
  });

  it.each([
    ["D1", { LEDGER: downD1() }, "D1_ERROR: Network connection lost."],
    ["KV", { TABLE: brokenKv() }, "KV GET failed: 500 Internal Server Error"],
  ])("logs a job that fails and does not throw: %s is down", async (_name, overrides, error) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await publish(FIRST);
    await expect(runJobs(createBindings(overrides), SENT_AT)).resolves.toBeUndefined();
    expect(log.mock.calls).toContainEqual([JSON.stringify({ event: "job_failed", job: "republish_table", error })]);
  });

  it("repairs at its next run what it could not do at this one", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await publishToLedgerOnly(FIRST);
    await runJobs(createBindings({ TABLE: brokenKv() }), SENT_AT);
    await runJobs(createBindings(), SENT_AT);
    expect(await copyInKv()).toEqual({ version: 1, document: FIRST });
  });

  it("asks D1 no more than a free plan allows, in any of its turns", async () => {
    await publish(FIRST);
    const db = workingD1();
    await ensureMigrated(db);
    const counts: number[] = [];
    for (let minute = 0; minute < 10; minute++) {
      db.queries.length = 0;
      await runJobs(createBindings({ LEDGER: db }), SENT_AT + minute * 60_000);
      counts.push(db.queries.flat().length);
    }
    console.log(`queries of a cron run, minute by minute: ${counts.join(", ")}`);
    expect(Math.max(...counts)).toBeLessThanOrEqual(50);
  });
});
