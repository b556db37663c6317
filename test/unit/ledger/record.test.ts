// Writing the ledger: durable or told so, and within the budget of billed rows.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { fromColumn, unpack } from "../../../src/ledger/content.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { createRecorder, recordEntries, type Entry } from "../../../src/ledger/record.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { quarantineRow, readSendout } from "../../../src/routing/route-sendout.ts";
import { createSendout, type Sendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { mockTarget } from "../delivery/target.ts";
import { brokenD1, createBindings, downD1, failingQueue, hangingD1 } from "../faults.ts";
import { findRecord, lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, incompressible, publish } from "../payloads.ts";

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
});

let made = 0;

function createOutcome(overrides: Partial<Outcome> = {}): Entry {
  const outcome: Outcome = {
    sendoutId: `so_${(++made).toString(16).padStart(32, "0")}`,
    target: "crm",
    copy: 0,
    route: "all",
    round: 0,
    attemptsBefore: 0,
    sweepAt: null,
    state: "delivered",
    reason: null,
    attemptsMade: 1,
    updatedAt: SENT_AT,
    dueAt: null,
    attempt: { at: SENT_AT, ms: 12, status: 200 },
    request: "raw:",
    ...overrides,
  };
  return { kind: "outcome", outcome };
}

async function createSendoutEntry(sendout: Sendout): Promise<{ acceptedId: string; entry: Entry }> {
  const message = await createIngestMessage(sendout);
  const read = await readSendout(message, bytes(JSON.stringify(sendout)));
  return {
    acceptedId: message.acceptedId,
    entry: { kind: "sendout", row: quarantineRow(read, "routing_gave_up", "a test") },
  };
}

describe("rows written, as D1 bills them", () => {
  it.each([
    [1, 3],
    [2, 4],
    [5, 7],
  ])("for a sendout delivered to %d targets are %d", async (fanOut, rows) => {
    await publish(createTable(Array.from({ length: fanOut }, (_, index) => `target-${index}`)));
    mockTarget(200);
    const env = createBindings();
    await ensureMigrated(env.LEDGER);
    env.LEDGER.rowsWritten = 0;
    const arrival = createMessage(await createIngestMessage());
    await consumeIngest(createBatch([arrival]), env, SENT_AT);
    const deliveries = env.DELIVER.messages.map((body) => createMessage(body));
    await consumeDeliver(createBatch(deliveries), env, { now: () => SENT_AT, random: () => 0.5, lane: "fast" });
    expect(fatesOf([arrival, ...deliveries])).toEqual(Array.from({ length: fanOut + 1 }, () => ["ack"]));
    expect(env.LEDGER.rowsWritten).toBe(rows);
    expect(rows).toBeLessThanOrEqual(2 + 2 * fanOut);
  });
});

describe("recordEntries", () => {
  it("writes all entries in one transaction", async () => {
    const env = createBindings();
    await recordEntries(env, [createOutcome(), createOutcome()]);
    expect(await rowsOf("deliveries")).toHaveLength(2);
    expect(env.LATE.calls).toBe(0);
  });

  it("splits rows that together exceed one bound value, still in one transaction", async () => {
    const env = createBindings();
    const request = `gzip:${"A".repeat(600_000)}`;
    await recordEntries(env, [createOutcome({ request }), createOutcome({ request }), createOutcome({ request })]);
    expect(await rowsOf("deliveries")).toHaveLength(3);
    expect(env.LEDGER.queries.at(-1)?.filter((sql) => sql.includes("INTO deliveries"))).toHaveLength(3);
  });

  it("leaves every entry to LATE when D1 does not take them", async () => {
    const env = createBindings({ LEDGER: downD1() });
    const entries = [createOutcome(), (await createSendoutEntry(createSendout())).entry];
    await recordEntries(env, entries);
    expect(await lateEntries(env.LATE)).toEqual(entries);
  });

  it("leaves the entries to LATE when D1 hangs for five seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const env = createBindings({ LEDGER: hangingD1() });
    const entry = createOutcome();
    await recordEntries(env, [entry]);
    expect(await lateEntries(env.LATE)).toEqual([entry]);
  });

  it("throws when neither D1 nor LATE takes them", async () => {
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    await expect(recordEntries(env, [createOutcome()])).rejects.toThrow("Too Many Requests");
  });

  it("fits the largest row that travels in a message into LATE", async () => {
    const env = createBindings({ LEDGER: downD1() });
    const request = `gzip:${incompressible(90_000).toBase64()}`;
    await recordEntries(env, [createOutcome({ request })]); // the queue refuses what production would
    expect(env.LATE.messages).toHaveLength(1);
  });
});

describe("createRecorder", () => {
  it("resolves each call after its own entry is durable and gathers what comes meanwhile", async () => {
    const env = createBindings();
    await ensureMigrated(env.LEDGER);
    const record = createRecorder(env);
    const batches = () => env.LEDGER.queries.filter(([sql]) => sql?.startsWith("INSERT INTO deliveries")).length;
    const before = batches();
    const durable = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const entry = createOutcome({ target: `target-${index}` });
        await record(entry);
        return (await rowsOf("deliveries")).some((row) => row["target"] === `target-${index}`);
      }),
    );
    expect(durable).toEqual(durable.map(() => true));
    expect(batches() - before).toBe(1);
  });

  it("does not resolve a call that came during a transaction with that transaction", async () => {
    const writing = Promise.withResolvers<void>();
    const writes: string[] = [];
    const env = createBindings({
      LEDGER: brokenD1({
        when: (sql) => {
          if (sql.includes("INTO deliveries\n")) {
            writes.push(sql);
            writing.resolve();
          }
          return writes.length === 2;
        },
      }),
      LATE: failingQueue(),
    });
    const record = createRecorder(env);
    const first = record(createOutcome({ target: "first" }));
    await writing.promise; // the first transaction is under way; the second one will fail
    const second = record(createOutcome({ target: "second" }));
    await expect(first).resolves.toBeUndefined();
    await expect(second).rejects.toThrow("Too Many Requests");
    expect((await rowsOf("deliveries")).map((row) => row["target"])).toEqual(["first"]);
  });

  it("goes on after a transaction that failed", async () => {
    let down = true;
    const env = createBindings({ LEDGER: brokenD1({ when: () => down }), LATE: failingQueue() });
    const record = createRecorder(env);
    await expect(record(createOutcome())).rejects.toThrow("Too Many Requests");
    down = false;
    await record(createOutcome({ target: "next" }));
    expect((await rowsOf("deliveries")).map((row) => row["target"])).toEqual(["next"]);
  });
});

describe("two arrivals of one sendout", () => {
  it.each([
    ["in one transaction", true],
    ["in two", false],
  ])("recorded %s are one row, and the second is kept as its repeat", async (_name, together) => {
    const sendout = createSendout();
    const [first, second] = [await createSendoutEntry(sendout), await createSendoutEntry(sendout)];
    const env = createBindings();
    if (together) await recordEntries(env, [first.entry, second.entry]);
    else {
      await recordEntries(env, [first.entry]);
      await recordEntries(env, [second.entry]);
    }
    expect(await rowsOf("sendouts")).toHaveLength(1);
    for (const { acceptedId } of [first, second]) {
      const record = await findRecord(acceptedId);
      expect(record?.sendout.accepted_id).toBe(first.acceptedId);
      expect(record?.repeats).toEqual([{ acceptedId: second.acceptedId, receivedAt: SENT_AT, same: true }]);
    }
  });

  it("that differ are both kept with their bytes", async () => {
    const sendout = createSendout();
    const changed = { ...sendout, data: { ...sendout.data, corrected: true } };
    const [first, second] = [await createSendoutEntry(sendout), await createSendoutEntry(changed)];
    const env = createBindings();
    await recordEntries(env, [first.entry]);
    await recordEntries(env, [second.entry]);
    const record = await findRecord(second.acceptedId);
    expect(record?.repeats).toEqual([{ acceptedId: second.acceptedId, receivedAt: SENT_AT, same: false }]);
    const [repeat] = await rowsOf("repeats");
    expect(await unpack(fromColumn(String(repeat?.["body"])), env)).toEqual(bytes(JSON.stringify(changed)));
  });

  it("written again change nothing", async () => {
    const sendout = createSendout();
    const [first, second] = [await createSendoutEntry(sendout), await createSendoutEntry(sendout)];
    const env = createBindings();
    for (const { entry } of [first, second, first, second, first]) await recordEntries(env, [entry]);
    expect(await rowsOf("sendouts")).toHaveLength(1);
    expect(await rowsOf("repeats")).toHaveLength(1);
  });
});
