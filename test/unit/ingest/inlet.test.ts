// Invariant 1 at the front door: a 202 means that the bytes are durable, and nothing else answers 202.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { unpack } from "../../../src/ledger/content.ts";
import type { IngestMessage } from "../../../src/routing/message.ts";
import { bytes } from "../bytes.ts";
import {
  createBindings,
  downD1,
  failingQueue,
  hangingD1,
  recordingQueue,
  SECRETS,
  type RecordingQueue,
  type TestBindings,
} from "../faults.ts";
import { createTable, incompressible, publish } from "../payloads.ts";
import { ask, createRequest, post } from "./post.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
});

const NOT_DURABLE = { status: 503, retryAfter: "30", code: "not_durable" };

function ingestMessages(env: TestBindings): IngestMessage[] {
  return env.INGEST.messages as IngestMessage[]; // only ingest sends there
}

describe("when the queue is unwell", () => {
  it("answers 202 for a sendout that the queue takes at its second try", async () => {
    const env = createBindings({ INGEST: recordingQueue((call) => (call === 1 ? "before" : undefined)) });
    const answer = await post(env);
    expect(answer).toEqual({ status: 202, retryAfter: null, id: ingestMessages(env)[0]?.acceptedId });
    expect(env.INGEST.calls).toBe(2);
    expect(env.INGEST.messages).toHaveLength(1);
  });

  it("answers 503 and has accepted nothing when the queue refuses twice", async () => {
    const env = createBindings({ INGEST: failingQueue() });
    expect(await post(env)).toEqual(NOT_DURABLE);
    expect(env.INGEST.calls).toBe(2);
    expect(env.INGEST.messages).toEqual([]);
  });

  it("sends a sendout again under the same id when the queue took it without saying so", async () => {
    const env = createBindings({ INGEST: recordingQueue((call) => (call === 1 ? "after" : undefined)) });
    const { status, id } = await post(env);
    expect(status).toBe(202);
    expect(ingestMessages(env).map(({ acceptedId }) => acceptedId)).toEqual([id, id]);
    expect(env.INGEST.messages[1]).toEqual(env.INGEST.messages[0]);
  });

  it("says nothing to the sender before the queue has decided", async () => {
    // What the queue decides last decides the answer, so one given any earlier would be the wrong one.
    const { queue, asked, decide } = undecidedQueue(recordingQueue(() => "before"));
    const order: string[] = [];
    const answer = post(createBindings({ INGEST: queue }), { onAnswer: () => order.push("answered") });
    for (const call of [0, 1]) {
      await asked[call]?.promise;
      order.push(`refused ${call + 1}`);
      decide[call]?.resolve();
    }
    expect(await answer).toEqual(NOT_DURABLE);
    expect(order).toEqual(["refused 1", "refused 2", "answered"]);
  });

  it("says 202 after the queue has taken the sendout and not while it is at it", async () => {
    const { queue, asked, decide } = undecidedQueue(recordingQueue());
    const env = createBindings({ INGEST: queue });
    const takenAtAnswer: number[] = [];
    const answer = post(env, { onAnswer: () => takenAtAnswer.push(queue.messages.length) });
    await asked[0]?.promise;
    await env.TABLE.get("anything"); // a round trip through the simulator: time enough for an answer given too early
    expect(takenAtAnswer).toEqual([]);
    decide[0]?.resolve();
    expect(await answer).toMatchObject({ status: 202 });
    expect(takenAtAnswer).toEqual([1]);
  });
});

/** A queue that does nothing with its first two calls before it is told to. */
function undecidedQueue(inner: RecordingQueue) {
  const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const decide = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  const send: Queue["send"] = async (body) => {
    const call = calls++;
    asked[call]?.resolve();
    await decide[call]?.promise;
    return inner.send(body);
  };
  const queue: RecordingQueue = { ...inner, send };
  return { queue, asked, decide };
}

describe("when D1 is down", () => {
  it.each([
    ["a small body", bytes('{"id":"whs_1"}'), "raw"],
    ["an incompressible body that just fits uncompressed", incompressible(60_000), "raw"],
    ["a megabyte that compresses well", bytes(`{"text":"${"voucher ".repeat(130_000)}"}`), "gzip"],
  ])("takes in %s", async (_name, body, as) => {
    const env = createBindings({ LEDGER: downD1() });
    expect(await post(env, { body })).toMatchObject({ status: 202 });
    expect(ingestMessages(env).map(({ content }) => content.as)).toEqual([as]);
  });

  it("answers 503 for a body that needs the claim check, and has accepted nothing", async () => {
    const env = createBindings({ LEDGER: downD1() });
    expect(await post(env, { body: incompressible(100_000) })).toEqual(NOT_DURABLE);
    expect(env.INGEST.calls).toBe(0);
  });
});

describe("when D1 hangs", () => {
  it("answers 503 for a body that needs the claim check, after five seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await publish(createTable([]));
    const env = createBindings({ LEDGER: hangingD1() });
    expect(await post(env, { body: incompressible(100_000) })).toEqual(NOT_DURABLE);
    expect(env.INGEST.calls).toBe(0);
  });
});

describe("what is accepted", () => {
  it.each([
    ["one byte", new Uint8Array([0x7b]), "raw"],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0x00, 0xfe, 0x0d, 0x0a, 0x80]), "raw"],
    ["a byte order mark and odd whitespace", bytes('\uFEFF{ "a" :\t1.0 ,\r\n"a": 2 }\n'), "raw"],
    ["100 KB that compress", bytes(" ".repeat(100_000)), "gzip"],
    ["2 MiB that do not", incompressible(2 * 1024 * 1024), "claim"],
  ])("is byte for byte what was posted: %s", async (_name, body, as) => {
    const env = createBindings();
    expect(await post(env, { body })).toMatchObject({ status: 202 });
    const [message] = ingestMessages(env);
    expect(message?.content.as).toBe(as);
    const kept = message === undefined ? undefined : await unpack(message.content, env);
    expect(kept?.toHex() === body.toHex()).toBe(true); // compared first: a diff of 4 MB of text helps nobody
  });

  it("carries no secret and no header but the content encoding", async () => {
    const env = createBindings();
    await post(env, {
      headers: {
        authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}`,
        cookie: `session=${SECRETS.CRM_TOKEN}`,
        "x-secret": SECRETS.VOUCHERIFY_SECRET,
        "content-encoding": "identity",
      },
    });
    const [message] = ingestMessages(env);
    expect(Object.keys(message ?? {}).toSorted()).toEqual(
      ["acceptedId", "content", "contentEncoding", "inlet", "kind", "receivedAt", "signature", "v"].toSorted(),
    );
    const text = JSON.stringify(message, (_key, value: unknown) =>
      value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value,
    );
    expect(text).toContain("redemption.succeeded");
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  });
});

describe("a client that goes away", () => {
  // Right in form: what could not be authentic is refused before its body.
  const signature = { "x-voucherify-signature": "a".repeat(64) };

  it("in the middle of its body has nothing accepted", async () => {
    const env = createBindings();
    const { readable, writable } = new IdentityTransformStream();
    const client = writable.getWriter();
    const answer = ask(env, createRequest(readable, signature));
    await client.write(bytes('{"id":"whs_1",'));
    await client.abort(new Error("connection reset"));
    expect(await answer).toMatchObject({ status: 500, code: "internal_error" });
    expect(env.INGEST.calls).toBe(0);
  });

  it("before as many bytes came as it announced has nothing accepted", async () => {
    const env = createBindings();
    const { readable, writable } = new FixedLengthStream(1_000);
    const client = writable.getWriter();
    const answer = ask(env, createRequest(readable, { ...signature, "content-length": "1000" }));
    await client.write(bytes("{}"));
    await client.close();
    expect(await answer).toMatchObject({ status: 500, code: "internal_error" });
    expect(env.INGEST.calls).toBe(0);
  });
});
