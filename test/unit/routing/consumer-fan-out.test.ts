// Invariant 8 in routing: the platform's limits for queue messages hold whatever the table and the payload are. The
// recording queue refuses what production would: 100 messages and 256,000 bytes a call, 128,000 bytes a message.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { unpack } from "../../../src/ledger/content.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { brokenD1, createBindings, messageBytes, type TestBindings } from "../faults.ts";
import { findRecord } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, incompressible, publish } from "../payloads.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

async function consume(env: TestBindings, messages: TestMessage[]) {
  await consumeIngest(createBatch(messages), env, SENT_AT + 1_000);
  return fatesOf(messages);
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `target-${index}`);
}

function batchLengths(env: TestBindings): number[] {
  return env.DELIVER.batches.map((batch) => batch.length);
}

/** A sendout whose note is text that does not compress below three quarters. */
function sendoutWithNote(length: number) {
  return createSendout({ data: { note: incompressible((length * 3) / 4).toBase64() } });
}

describe("the fan-out of one sendout", () => {
  it.each([
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])("to %d targets goes out in calls of at most 100 messages", async (count, lengths) => {
    await publish(createTable(names(count)));
    const env = createBindings();
    expect(await consume(env, [createMessage(await createIngestMessage())])).toEqual([["ack"]]);
    expect(batchLengths(env)).toEqual(lengths);
    const reached = (env.DELIVER.messages as DeliverMessage[]).map(({ target }) => target);
    expect(reached).toEqual(names(count));
  });

  it("goes out in calls of at most 256,000 bytes", async () => {
    await publish(createTable(names(10), { note: "{{ note }}" }));
    const env = createBindings();
    expect(await consume(env, [createMessage(await createIngestMessage(sendoutWithNote(55_000)))])).toEqual([["ack"]]);
    expect(batchLengths(env)).toEqual([4, 4, 2]);
    const sizes = env.DELIVER.batches.map((batch) => batch.reduce<number>((sum, one) => sum + messageBytes(one), 0));
    expect(sizes.every((size) => size > 100_000 && size <= 256_000)).toBe(true);
  });

  it("compresses a request of over 60,000 bytes and stores one that does not fit a message even then", async () => {
    // Repeated text that lies further apart than gzip looks back: 120 KB become about 90, 180 KB about 130.
    const note = "{{ note }}";
    const table = createTable(["twice", "thrice"]);
    const url = "https://crm.example.com/events";
    const twice = { request: { url, body: { a: note, b: note } } };
    const thrice = { request: { url, body: { a: note, b: note, c: note } } };
    await publish({ ...table, targets: { twice, thrice } });
    const env = createBindings();
    expect(await consume(env, [createMessage(await createIngestMessage(sendoutWithNote(58_000)))])).toEqual([["ack"]]);
    const deliveries = env.DELIVER.messages as DeliverMessage[];
    expect(deliveries.map(({ target, content }) => [target, content.as])).toEqual([
      ["twice", "gzip"],
      ["thrice", "claim"],
    ]);
    const stored = deliveries[1] === undefined ? undefined : await unpack(deliveries[1].content, env);
    expect(stored?.length).toBeGreaterThan(3 * 58_000);
  });

  it("waits when a request cannot be stored, and its neighbours go out", async () => {
    const table = createTable(["crm"], { a: "{{ note }}", b: "{{ note }}", c: "{{ note }}" });
    await publish(table);
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("INTO claims") }) });
    const messages = [
      createMessage(await createIngestMessage(createSendout({ data: { note: "short" } }))),
      createMessage(await createIngestMessage(sendoutWithNote(58_000))),
      createMessage(await createIngestMessage(createSendout({ data: { note: "short" } }))),
    ];
    expect(await consume(env, messages)).toEqual([["ack"], [{ delaySeconds: 5 }], ["ack"]]);
    expect(env.DELIVER.messages).toHaveLength(2);
  });
});

describe("the fan-out of several sendouts", () => {
  it("shares calls, and a sendout is never split over two without need", async () => {
    await publish(createTable(names(30)));
    const env = createBindings();
    const bodies = await Promise.all(Array.from({ length: 5 }, async () => createIngestMessage()));
    const messages = bodies.map((body) => createMessage(body));
    expect(await consume(env, messages)).toEqual(messages.map(() => ["ack"]));
    expect(batchLengths(env)).toEqual([90, 60]);
  });
});

describe("a sendout without a request to make", () => {
  it("is recorded as unrouted", async () => {
    await publish(createTable([]));
    const env = createBindings();
    const body = await createIngestMessage();
    expect(await consume(env, [createMessage(body)])).toEqual([["ack"]]);
    expect(env.DELIVER.calls).toBe(0);
    expect((await findRecord(body.acceptedId))?.sendout).toMatchObject({ state: "unrouted", reason: null });
  });

  it("has a failed delivery for each target whose request cannot be rendered, and reaches the others", async () => {
    const table = createTable(["crm", "mail"]);
    const crm = { request: { url: "https://crm.example.com/users/{{ customer.nothing }}" } };
    await publish({ ...table, targets: { ...table.targets, crm } });
    const env = createBindings();
    const body = await createIngestMessage();
    expect(await consume(env, [createMessage(body)])).toEqual([["ack"]]);
    const record = await findRecord(body.acceptedId);
    expect(record?.sendout.state).toBe("routed");
    expect(record?.deliveries).toMatchObject([
      { target: "crm", state: "failed", reason: "template_value_missing", attemptsMade: 0 },
      { target: "mail", state: "pending" },
    ]);
    expect((env.DELIVER.messages as DeliverMessage[]).map(({ target }) => target)).toEqual(["mail"]);
  });
});
