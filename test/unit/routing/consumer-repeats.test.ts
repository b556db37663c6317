// A sendout that comes more than once, from Voucherify or from the queue, and messages that cannot be read: each is
// settled on its own and its neighbours do not notice.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { fromColumn, unpack } from "../../../src/ledger/content.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1, failingQueue, hangingD1, type TestBindings } from "../faults.ts";
import { findRecord, lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, incompressible, publish } from "../payloads.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(createTable(["crm"]));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function consume(env: TestBindings, messages: TestMessage[], now = SENT_AT + 1_000) {
  await consumeIngest(createBatch(messages), env, now);
  return fatesOf(messages);
}

function targetsOf(env: TestBindings): string[] {
  return (env.DELIVER.messages as DeliverMessage[]).map(({ target }) => target); // only routing sends there
}

describe("a message that comes again", () => {
  it("is acknowledged without a second fan-out once its sendout is recorded", async () => {
    const message = createMessage(await createIngestMessage());
    await consume(createBindings(), [message]);
    const env = createBindings();
    expect(await consume(env, [offerAgain(message)])).toEqual([["ack"]]);
    expect(env.DELIVER.calls).toBe(0);
    expect(await rowsOf("sendouts")).toHaveLength(1);
    expect(await rowsOf("repeats")).toEqual([]);
  });

  it("twice in one batch is fanned out once and is no repeat", async () => {
    const message = createMessage(await createIngestMessage());
    const env = createBindings();
    expect(await consume(env, [message, offerAgain(message)])).toEqual([["ack"], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);
    expect(await rowsOf("repeats")).toEqual([]);
  });
});

describe("a sendout that Voucherify sends again", () => {
  const sendout = createSendout();
  const changed = { ...sendout, data: { ...sendout.data, corrected: true } };

  it.each([
    ["in the same batch", false],
    ["in a later batch", true],
  ])("is fanned out once and kept as a repeat, its body only when it differs: %s", async (_name, later) => {
    const [first, same, other] = await Promise.all(
      [sendout, sendout, changed].map(async (one) => createIngestMessage(one)),
    );
    if (first === undefined || same === undefined || other === undefined) throw new Error("three were made");
    const [head, ...tail] = [first, same, other].map((body) => createMessage(body));
    if (head === undefined) throw new Error("three were made");
    const env = createBindings();
    if (later) {
      expect(await consume(env, [head])).toEqual([["ack"]]);
      expect(await consume(env, tail)).toEqual([["ack"], ["ack"]]);
    } else expect(await consume(env, [head, ...tail])).toEqual([["ack"], ["ack"], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);

    const record = await findRecord(other.acceptedId);
    expect(record?.sendout.accepted_id).toBe(first.acceptedId);
    expect(new Map(record?.repeats.map((repeat) => [repeat.acceptedId, repeat.same]))).toEqual(
      new Map([
        [same.acceptedId, true],
        [other.acceptedId, false],
      ]),
    );
    const kept = (await rowsOf("repeats")).find((row) => row["accepted_id"] === other.acceptedId);
    const body = await unpack(fromColumn(String(kept?.["body"])), env);
    expect(body).toEqual(bytes(JSON.stringify(changed)));
  });

  it("is another sendout at another inlet", async () => {
    const [here, there] = await Promise.all([createIngestMessage(sendout), createIngestMessage(sendout)]);
    const env = createBindings();
    const messages = [createMessage(here), createMessage({ ...there, inlet: "shop" })];
    expect(await consume(env, messages)).toEqual([["ack"], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm", "crm"]);
    expect(await rowsOf("sendouts")).toHaveLength(2);
  });

  it("waits as a repeat in LATE while D1 is down, its first arrival offered again", async () => {
    const messages = [
      createMessage(await createIngestMessage(sendout)),
      createMessage(await createIngestMessage(sendout)),
    ];
    const env = createBindings({ LEDGER: downD1() });
    expect(await consume(env, messages)).toEqual([[{ delaySeconds: 5 }], ["ack"]]);
    expect(await lateEntries(env.LATE)).toMatchObject([{ kind: "repeat", row: { body: null } }]);
  });

  it("is offered again while neither D1 nor LATE takes it", async () => {
    const messages = [
      createMessage(await createIngestMessage(sendout)),
      createMessage(await createIngestMessage(sendout)),
    ];
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    expect(await consume(env, messages)).toEqual([[{ delaySeconds: 5 }], [{ delaySeconds: 5 }]]);
  });
});

describe("a message that cannot be read", () => {
  it.each([
    ["a text", "hello"],
    ["nothing at all", undefined],
    ["null", null],
    ["an object of another kind", { v: 1, kind: "deliver" }],
    ["bytes", new Uint8Array([1, 2, 3])],
    ["the next version", { v: 2, kind: "ingest", content: { as: "raw", bytes: new Uint8Array([1]) } }],
  ])("is quarantined and its neighbours are routed: %s", async (_name, body) => {
    const before = createMessage(await createIngestMessage());
    const unreadable = createMessage(body);
    const after = createMessage(await createIngestMessage());
    const env = createBindings();
    expect(await consume(env, [before, unreadable, after])).toEqual([["ack"], ["ack"], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm", "crm"]);
    const rows = await rowsOf("sendouts");
    expect(rows).toHaveLength(3);
    expect(rows.filter((row) => row["state"] === "quarantined")).toMatchObject([
      { accepted_id: `msg_${unreadable.id}`, inlet: "ingest", reason: "message_unreadable", received_at: SENT_AT },
    ]);
  });

  it("keeps the bytes of another version's message, so that it can be replayed", async () => {
    const content = { as: "raw", bytes: bytes('{"id":"whs_1"}') };
    await consume(createBindings(), [createMessage({ v: 2, kind: "ingest", content })]);
    const [row] = await rowsOf("sendouts");
    const kept = await unpack(fromColumn(String(row?.["body"])), createBindings());
    const text = new TextDecoder().decode(kept);
    expect(JSON.parse(text)).toEqual({ v: 2, kind: "ingest", content: { as: "raw", bytes: content.bytes.toBase64() } });
  });

  it("is offered again while it can be quarantined nowhere", async () => {
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    expect(await consume(env, [createMessage("hello")])).toEqual([[{ delaySeconds: 5 }]]);
  });
});

describe("a payload that cannot be written as UTF-8", () => {
  it("is routed with what can, and so are its neighbours", async () => {
    const target = { request: { url: "https://crm.example.com/{{ name }}?n={{ name }}", query: { q: "{{ name }}" } } };
    await publish({ ...createTable(["crm"]), targets: { crm: target } });
    const sendouts = ["Zoë", "half a \ud83d", "Zoë"].map((name) => createSendout({ data: { name } }));
    const messages = await Promise.all(sendouts.map(async (one) => createMessage(await createIngestMessage(one))));
    const env = createBindings();
    expect(await consume(env, messages)).toEqual([["ack"], ["ack"], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm", "crm", "crm"]);
  });
});

describe("a sendout that makes our own code throw", () => {
  it("is offered again, and its neighbours are routed", async () => {
    // Writing a row's body as text is the one thing in routing a sendout that a test can make fail from outside.
    vi.spyOn(Uint8Array.prototype, "toBase64").mockImplementationOnce(() => {
      throw new Error("out of memory");
    });
    const messages = [createMessage(await createIngestMessage()), createMessage(await createIngestMessage())];
    const env = createBindings();
    expect(await consume(env, messages)).toEqual([[{ delaySeconds: 5 }], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);
    expect(await rowsOf("sendouts")).toHaveLength(1);
  });
});

describe("an authentic sendout that is not understood", () => {
  it.each([
    ["body_empty", ""],
    ["body_not_json", '{"id":'],
    ["body_not_object", "[]"],
    ["envelope_missing", '{"voucher":{"code":"A"}}'],
    ["envelope_invalid", '{"event":{},"source":{}}'],
  ])("is quarantined as %s with its bytes", async (reason, text) => {
    const message = await createIngestMessage(bytes(text));
    expect(await consume(createBindings(), [createMessage(message)])).toEqual([["ack"]]);
    const record = await findRecord(message.acceptedId);
    expect(record?.sendout).toMatchObject({ state: "quarantined", reason });
    const kept = await unpack(fromColumn(record?.sendout.body ?? ""), createBindings());
    expect(kept).toEqual(bytes(text));
  });
});

describe("a sendout whose stored body is gone", () => {
  const CLAIM = { as: "claim", id: "clm_gone", size: 100_000 } as const;

  it("is offered again five times and quarantined at the sixth", async () => {
    const body = { ...(await createIngestMessage()), content: CLAIM };
    for (const [index, delaySeconds] of [5, 10, 20, 40, 80].entries()) {
      const message = createMessage(body, { attempts: index + 1 });
      expect(await consume(createBindings(), [message])).toEqual([[{ delaySeconds }]]);
    }
    expect(await rowsOf("sendouts")).toEqual([]);
    const last = createMessage(body, { attempts: 6 });
    expect(await consume(createBindings(), [last])).toEqual([["ack"]]);
    expect(await rowsOf("sendouts")).toMatchObject([
      { state: "quarantined", reason: "body_missing", detail: `the stored body of ${body.acceptedId} is gone` },
    ]);
  });

  it("is offered again however often while D1 cannot be asked for it", async () => {
    const message = createMessage({ ...(await createIngestMessage()), content: CLAIM }, { attempts: 50 });
    expect(await consume(createBindings({ LEDGER: downD1() }), [message])).toEqual([[{ delaySeconds: 900 }]]);
    expect(await rowsOf("sendouts")).toEqual([]);
  });

  it("is quarantined at the sixth time on an empty database too", async () => {
    await reset();
    const last = createMessage({ ...(await createIngestMessage()), content: CLAIM }, { attempts: 6 });
    expect(await consume(createBindings(), [last])).toEqual([["ack"]]);
    expect(await rowsOf("sendouts")).toMatchObject([{ state: "quarantined", reason: "body_missing" }]);
  });

  it("does not keep its neighbours from being routed when D1 hangs over it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hanging = createMessage({ ...(await createIngestMessage()), content: CLAIM });
    const neighbour = createMessage(await createIngestMessage());
    const env = createBindings({ LEDGER: hangingD1((sql) => sql.includes("FROM claims")) });
    expect(await consume(env, [hanging, neighbour])).toEqual([[{ delaySeconds: 5 }], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);
  });

  it("does not keep its neighbours from being routed", async () => {
    const gone = createMessage({ ...(await createIngestMessage()), content: CLAIM });
    const neighbour = createMessage(await createIngestMessage());
    const env = createBindings();
    expect(await consume(env, [gone, neighbour])).toEqual([[{ delaySeconds: 5 }], ["ack"]]);
    expect(targetsOf(env)).toEqual(["crm"]);
  });

  it("is routed with its bytes when they are there after all", async () => {
    const body = incompressible(100_000);
    const stored = await createIngestMessage(body);
    expect(stored.content.as).toBe("claim");
    expect(await consume(createBindings(), [createMessage(stored)])).toEqual([["ack"]]);
    const record = await findRecord(stored.acceptedId);
    expect(record?.sendout).toMatchObject({ state: "quarantined", reason: "body_not_utf8", body_bytes: 100_000 });
  });
});
