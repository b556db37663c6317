// The DEAD consumer: what a queue gave up ends as a row that people see, with its bytes, and takes nothing back.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fromColumn, unpack } from "../../../src/ledger/content.ts";
import { recordEntries, writeEntries, type Entry } from "../../../src/ledger/record.ts";
import { consumeDead } from "../../../src/jobs/dead-letters.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1, failingQueue, hangingD1, type TestBindings } from "../faults.ts";
import { findRecord, lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT, type TestMessage } from "../messages.ts";
import { createDelivery, createIngestMessage, createTable, publish } from "../payloads.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

/** Bytes that are not what they say they are. */
const DAMAGED = { as: "gzip" as const, bytes: new Uint8Array([1, 2, 3, 4]) };

const NOW = SENT_AT + 86_400_000;

async function consume(env: TestBindings, messages: TestMessage[]) {
  await consumeDead(createBatch(messages), env, NOW);
  return fatesOf(messages);
}

function outcomeOf(
  delivery: ReturnType<typeof createDelivery>,
  state: "scheduled" | "delivered",
  attemptsMade: number,
): Entry {
  const { sendoutId, target, copy, route, round, attemptsBefore } = delivery;
  const key = { sendoutId, target, copy, route, round, attemptsBefore };
  const rest = { reason: null, updatedAt: SENT_AT, dueAt: null, sweepAt: null, request: "raw:" };
  return { kind: "outcome", outcome: { ...key, state, attemptsMade, ...rest } };
}

describe("a dead INGEST message", () => {
  it("ends as a quarantined row with the bytes that were posted", async () => {
    const sendout = createSendout();
    const message = await createIngestMessage(sendout);
    expect(await consume(createBindings(), [createMessage(message)])).toEqual([["ack"]]);
    const record = await findRecord(message.acceptedId);
    expect(record?.sendout).toMatchObject({
      state: "quarantined",
      reason: "routing_gave_up",
      inlet: "voucherify",
      event_type: "redemption.succeeded",
      sendout_ref: sendout.id,
    });
    const body = await unpack(fromColumn(record?.sendout.body ?? ""), createBindings());
    expect(body).toEqual(bytes(JSON.stringify(sendout)));
  });

  it("leaves a row alone that routing did write", async () => {
    await publish(createTable(["crm"]));
    const message = await createIngestMessage();
    await consumeIngest(createBatch([createMessage(message)]), createBindings(), SENT_AT);
    expect(await consume(createBindings(), [createMessage(message)])).toEqual([["ack"]]);
    expect(await rowsOf("sendouts")).toMatchObject([{ state: "routed" }]);
    expect(await rowsOf("repeats")).toEqual([]);
  });

  it("whose stored body is gone ends as a quarantined row all the same", async () => {
    const content = { as: "claim", id: "clm_gone", size: 100_000 } as const;
    const message = createMessage({ ...(await createIngestMessage()), content });
    await publish(createTable([]));
    expect(await consume(createBindings(), [message])).toEqual([["ack"]]);
    expect(await rowsOf("sendouts")).toMatchObject([
      { state: "quarantined", inlet: "dead", accepted_id: `msg_${message.id}` },
    ]);
  });
});

describe("a dead DELIVER message", () => {
  it("ends as a failed delivery with its request", async () => {
    const delivery = createDelivery();
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    const [row] = await rowsOf("deliveries");
    expect(row).toMatchObject({
      sendout_id: delivery.sendoutId,
      target: "crm",
      state: "failed",
      reason: "delivery_gave_up",
      updated_at: NOW,
      due_at: null,
    });
    const request = await unpack(fromColumn(String(row?.["request"])), createBindings());
    expect(request).toEqual(await unpack(delivery.content, createBindings()));
  });

  it.each([1, 101, 500])("leaves a delivery delivered that had succeeded with %d attempts", async (attemptsMade) => {
    const delivery = createDelivery();
    await writeEntries(createBindings().LEDGER, [outcomeOf(delivery, "delivered", attemptsMade)]);
    const before = await rowsOf("deliveries");
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toEqual(before);
  });

  it("fails a delivery that was still scheduled, however many attempts had been counted", async () => {
    const delivery = createDelivery({ attemptsBefore: 8 });
    await writeEntries(createBindings().LEDGER, [outcomeOf(delivery, "scheduled", 108)]);
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "delivery_gave_up" }]);
  });
});

describe("a dead LATE message", () => {
  it("is written", async () => {
    const delivery = createDelivery();
    const down = createBindings({ LEDGER: downD1() });
    await recordEntries(down, [outcomeOf(delivery, "delivered", 1)]);
    const messages = down.LATE.messages.map((body) => createMessage(body));
    expect(await consume(createBindings(), messages)).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ sendout_id: delivery.sendoutId, state: "delivered" }]);
  });
});

describe("any dead message", () => {
  it.each([
    ["a text", "hello"],
    ["another version", { v: 9, kind: "deliver" }],
    ["nothing", undefined],
  ])("of no known shape is quarantined and its neighbours are recorded: %s", async (_name, body) => {
    const unknown = createMessage(body);
    const messages = [createMessage(createDelivery()), unknown, createMessage(await createIngestMessage())];
    expect(await consume(createBindings(), messages)).toEqual([["ack"], ["ack"], ["ack"]]);
    expect(await rowsOf("deliveries")).toHaveLength(1);
    const rows = await rowsOf("sendouts");
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({
        state: "quarantined",
        inlet: "dead",
        reason: "message_unreadable",
        accepted_id: `msg_${unknown.id}`,
      }),
    );
  });

  it.each([
    ["an INGEST message", async () => ({ ...(await createIngestMessage()), content: DAMAGED })],
    ["a LATE message", async () => ({ v: 1, kind: "late", entry: DAMAGED.bytes })],
  ])("whose bytes are damaged is quarantined as it is: %s", async (_name, body) => {
    const message = createMessage(await body());
    expect(await consume(createBindings(), [message])).toEqual([["ack"]]);
    const [row] = await rowsOf("sendouts");
    expect(row).toMatchObject({ state: "quarantined", inlet: "dead", accepted_id: `msg_${message.id}` });
    const kept = await unpack(fromColumn(String(row?.["body"])), createBindings());
    expect(new TextDecoder().decode(kept)).toContain(DAMAGED.bytes.toBase64());
  });

  it("whose bytes are damaged ends as the failed delivery it is, when it is one", async () => {
    expect(await consume(createBindings(), [createMessage(createDelivery({ content: DAMAGED }))])).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "delivery_gave_up" }]);
  });

  it("whose stored body D1 does not hand out in time is offered again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const content = { as: "claim", id: "clm_any", size: 200_000 } as const;
    const message = createMessage({ ...(await createIngestMessage()), content });
    const env = createBindings({ LEDGER: hangingD1((sql) => sql.includes("FROM claims")) });
    expect(await consume(env, [message])).toEqual([[{ delaySeconds: 5 }]]);
    vi.useRealTimers();
  });

  it("waits in LATE while D1 is down", async () => {
    const env = createBindings({ LEDGER: downD1() });
    expect(await consume(env, [createMessage(createDelivery()), createMessage("hello")])).toEqual([["ack"], ["ack"]]);
    expect(new Set((await lateEntries(env.LATE)).map(({ kind }) => kind))).toEqual(new Set(["outcome", "sendout"]));
  });

  it("is offered again while neither D1 nor LATE takes it, later each time", async () => {
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    const messages = [1, 2, 50].map((attempts) => createMessage(createDelivery(), { attempts }));
    expect(await consume(env, messages)).toEqual([5, 10, 900].map((delaySeconds) => [{ delaySeconds }]));
  });
});
