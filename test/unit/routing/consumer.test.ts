// Invariants 1 and 3 in routing: whatever fails between the queue and the ledger, a sendout is fanned out and recorded,
// or offered again; never lost, never recorded twice.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { TABLE_KEY } from "../../../src/routing/table-store.ts";
import {
  brokenD1,
  brokenKv,
  createBindings,
  downD1,
  emptyKv,
  failingQueue,
  hangingD1,
  recordingQueue,
  staleKv,
  type TestBindings,
} from "../faults.ts";
import { lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, publish, publishToLedgerOnly } from "../payloads.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
});

/** How long a sendout waits for D1: three minutes. */
const GRACE_MS = 180_000;

const PUT_BACK = [{ delaySeconds: 5 }];

async function consume(env: TestBindings, messages: TestMessage[], now = SENT_AT + 1_000) {
  await consumeIngest(createBatch(messages), env, now);
  return fatesOf(messages);
}

function targetsOf(env: TestBindings): string[] {
  return (env.DELIVER.messages as DeliverMessage[]).map(({ target }) => target); // only routing sends there
}

function writesSendouts(sql: string): boolean {
  return sql.includes("INTO sendouts");
}

describe("a crash between the fan-out and the ledger row", () => {
  it("repeats the same fan-out and leaves exactly one row", async () => {
    await publish(createTable(["crm", "mail"]));
    const message = createMessage(await createIngestMessage());
    const crashing = createBindings({ LEDGER: brokenD1({ when: writesSendouts }), LATE: failingQueue() });
    expect(await consume(crashing, [message])).toEqual([PUT_BACK]);
    expect(targetsOf(crashing)).toEqual(["crm", "mail"]);
    expect(await rowsOf("sendouts")).toEqual([]);

    const healthy = createBindings();
    expect(await consume(healthy, [offerAgain(message)])).toEqual([["ack"]]);
    expect(healthy.DELIVER.messages).toEqual(crashing.DELIVER.messages);
    expect(await rowsOf("sendouts")).toHaveLength(1);
    expect(await rowsOf("repeats")).toEqual([]);
  });

  it("repeats nothing when only D1's answer was lost", async () => {
    await publish(createTable(["crm"]));
    const message = createMessage(await createIngestMessage());
    const LEDGER = brokenD1({ when: writesSendouts, fault: "after" });
    const crashing = createBindings({ LEDGER, LATE: failingQueue() });
    expect(await consume(crashing, [message])).toEqual([PUT_BACK]);

    const healthy = createBindings();
    expect(await consume(healthy, [offerAgain(message)])).toEqual([["ack"]]);
    expect(healthy.DELIVER.calls).toBe(0);
    expect(await rowsOf("sendouts")).toHaveLength(1);
  });

  it("leaves the row to LATE when that takes it, and writes it once even if D1 had it", async () => {
    await publish(createTable(["crm"]));
    const message = createMessage(await createIngestMessage());
    const env = createBindings({ LEDGER: brokenD1({ when: writesSendouts, fault: "after" }) });
    expect(await consume(env, [message])).toEqual([["ack"]]);
    const late = env.LATE.messages.map((body) => createMessage(body));
    await consumeLate(createBatch(late), createBindings());
    expect(fatesOf(late)).toEqual([["ack"]]);
    expect(await rowsOf("sendouts")).toHaveLength(1);
    expect(await rowsOf("repeats")).toEqual([]);
  });
});

describe("a DELIVER queue that refuses", () => {
  it("has the sendout offered again and no row written", async () => {
    await publish(createTable(["crm"]));
    const env = createBindings({ DELIVER: failingQueue() });
    expect(await consume(env, [createMessage(await createIngestMessage())])).toEqual([PUT_BACK]);
    expect(await rowsOf("sendouts")).toEqual([]);
    expect(env.LATE.calls).toBe(0);
  });

  it("has only the sendouts of the refused batch offered again", async () => {
    // 60 messages each: two sendouts do not fit one call.
    await publish(createTable(Array.from({ length: 60 }, (_, index) => `target-${index}`)));
    const bodies = await Promise.all([createIngestMessage(), createIngestMessage(), createIngestMessage()]);
    const env = createBindings({ DELIVER: recordingQueue((call) => (call === 2 ? "before" : undefined)) });
    const messages = bodies.map((body) => createMessage(body));
    expect(await consume(env, messages)).toEqual([["ack"], PUT_BACK, ["ack"]]);
    const recorded = new Set((await rowsOf("sendouts")).map((row) => row["accepted_id"]));
    expect(recorded).toEqual(new Set([bodies[0]?.acceptedId, bodies[2]?.acceptedId]));
    expect(env.DELIVER.batches.map((batch) => batch.length)).toEqual([60, 60]);
  });

  it("has a sendout whose second batch was refused offered again as a whole", async () => {
    await publish(createTable(Array.from({ length: 150 }, (_, index) => `target-${index}`)));
    const message = createMessage(await createIngestMessage());
    const env = createBindings({ DELIVER: recordingQueue((call) => (call === 2 ? "before" : undefined)) });
    expect(await consume(env, [message])).toEqual([PUT_BACK]);
    expect(await rowsOf("sendouts")).toEqual([]);
    expect(await consume(env, [offerAgain(message)])).toEqual([["ack"]]);
    expect(env.DELIVER.batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
  });
});

describe("while D1 is down", () => {
  it.each([0, GRACE_MS])("a sendout of %d ms waits, and nothing is fanned out", async (age) => {
    await publish(createTable(["crm"]));
    const env = createBindings({ LEDGER: downD1() });
    const message = createMessage(await createIngestMessage());
    expect(await consume(env, [message], SENT_AT + age)).toEqual([PUT_BACK]);
    expect(env.DELIVER.calls).toBe(0);
    expect(env.LATE.calls).toBe(0);
  });

  it("a sendout older than three minutes is routed by KV's table, and its row is late and not deduped", async () => {
    const version = await publish(createTable(["crm"]));
    const env = createBindings({ LEDGER: downD1() });
    const body = await createIngestMessage();
    expect(await consume(env, [createMessage(body)], SENT_AT + GRACE_MS + 1)).toEqual([["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);
    expect(await lateEntries(env.LATE)).toMatchObject([
      { kind: "sendout", row: { accepted_id: body.acceptedId, state: "routed", deduped: 0, table_version: version } },
    ]);
  });

  it("a sendout older than three minutes is routed by the isolate's table while KV is down too", async () => {
    await publish(createTable(["crm"]));
    let down = false;
    const env = createBindings({ TABLE: brokenKv(() => down), LEDGER: brokenD1({ when: () => down }) });
    expect(await consume(env, [createMessage(await createIngestMessage())])).toEqual([["ack"]]);
    down = true;
    const message = createMessage(await createIngestMessage());
    expect(await consume(env, [message], SENT_AT + GRACE_MS + 1)).toEqual([["ack"]]);
    expect(targetsOf(env)).toEqual(["crm", "crm"]);
  });

  it.each([
    ["empty", emptyKv],
    ["down", brokenKv],
  ])("a sendout of any age waits as long as KV is %s and no table is at hand", async (_name, kv) => {
    await publish(createTable(["crm"]));
    const env = createBindings({ TABLE: kv(), LEDGER: downD1() });
    const message = createMessage(await createIngestMessage());
    expect(await consume(env, [message], SENT_AT + 24 * 3_600_000)).toEqual([PUT_BACK]);
    expect(env.DELIVER.calls).toBe(0);
  });

  it("waits longer each time, at most fifteen minutes", async () => {
    const delays = [1, 2, 3, 7, 8, 9, 100].map(async (attempts) => {
      const message = createMessage(await createIngestMessage(), { attempts });
      return consume(createBindings({ LEDGER: downD1() }), [message]);
    });
    expect((await Promise.all(delays)).flat(3)).toEqual(
      [5, 10, 20, 320, 640, 900, 900].map((delaySeconds) => ({ delaySeconds })),
    );
  });

  it("is given up after five seconds when it hangs", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await publish(createTable(["crm"]));
    const env = createBindings({ LEDGER: hangingD1() });
    const [young, old] = [createMessage(await createIngestMessage()), createMessage(await createIngestMessage())];
    expect(await consume(env, [young])).toEqual([PUT_BACK]);
    expect(await consume(env, [old], SENT_AT + GRACE_MS + 1)).toEqual([["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);
    expect(env.LATE.messages).toHaveLength(1);
  });

  it("is given up after five seconds when it hangs while the newest table is read", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await publish(createTable(["crm"]));
    const env = createBindings({ LEDGER: hangingD1((sql) => sql.includes("document FROM table_versions")) });
    expect(await consume(env, [createMessage(await createIngestMessage())])).toEqual([PUT_BACK]);
  });
});

describe("the table in force", () => {
  it("is D1's newest while KV has an older one", async () => {
    await publish(createTable(["old"]));
    const env = createBindings({ TABLE: await staleKv(TABLE_KEY) });
    const version = await publish(createTable(["new"]));
    expect(await consume(env, [createMessage(await createIngestMessage())])).toEqual([["ack"]]);
    expect(targetsOf(env)).toEqual(["new"]);
    expect(await rowsOf("sendouts")).toMatchObject([{ table_version: version }]);
  });

  it("changes with the first batch after a version was published, on a warm isolate", async () => {
    await publish(createTable(["old"]));
    const env = createBindings();
    await consume(env, [createMessage(await createIngestMessage())]);
    await publishToLedgerOnly(createTable(["new"]));
    await consume(env, [createMessage(await createIngestMessage())]);
    expect(targetsOf(env)).toEqual(["old", "new"]);
  });

  it("is not guessed when D1 fails between naming the newest version and giving it", async () => {
    await publish(createTable(["old"]));
    await publishToLedgerOnly(createTable(["new"]));
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("document FROM table_versions") }) });
    expect(await consume(env, [createMessage(await createIngestMessage())])).toEqual([PUT_BACK]);
    expect(env.DELIVER.calls).toBe(0);
  });
});
