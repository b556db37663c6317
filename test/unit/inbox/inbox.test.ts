// The Inbox: a sendout is never told to Voucherify as accepted and then lost. It takes what the INGEST queue refuses, keeps
// all of it where the journal is on, sends on what it has, and forgets what routing has recorded.

import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env as simulator } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepSendout, readInbox, releaseSendouts, sendAllKept, wakeInbox } from "../../../src/inbox/ask-inbox.ts";
import { JOURNAL_GRACE_MS } from "../../../src/inbox/inbox.ts";
import { createAcceptedId, storeSendout } from "../../../src/ingest/store.ts";
import { unpack, type Content } from "../../../src/ledger/content.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import type { IngestMessage } from "../../../src/routing/message.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1, failingQueue, recordingQueue, workingD1, type TestBindings } from "../faults.ts";
import { post } from "../ingest/post.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf } from "../messages.ts";
import { createTable, incompressible, publish } from "../payloads.ts";

/** So late that the simulator rings no alarm by itself: every alarm here is rung by its test. */
const NOW = Date.UTC(2100, 0, 1);

/** Every object; a reset makes them others. */
function inboxes() {
  return Array.from({ length: 16 }, (_, shard) => simulator.INBOX.getByName(`inbox-${shard}`));
}

beforeEach(async () => {
  vi.restoreAllMocks();
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  vi.spyOn(console, "error").mockImplementation(() => {});
  await reset();
  await publish(createTable(["crm"]));
});

afterEach(() => {
  vi.useRealTimers();
});

/** Bindings with every Inbox, whose objects have these bindings as well. */
async function createInboxBindings(overrides: object = {}): Promise<TestBindings> {
  const env = createBindings({ INBOX: simulator.INBOX, ...overrides });
  await useBindings(env);
  return env;
}

/** Has every object work with these bindings from now on. */
async function useBindings(env: TestBindings): Promise<void> {
  for (const inbox of inboxes()) await runInDurableObject(inbox, (object) => void Reflect.set(object, "env", env));
}

/** Rings every alarm that is due by a time. Returns how many there were. */
async function ringAlarms(now: number): Promise<number> {
  vi.setSystemTime(now);
  let rung = 0;
  for (const inbox of inboxes()) {
    const at = await runInDurableObject(inbox, async (_object, { storage }) => storage.getAlarm());
    if (at !== null && at <= now && (await runDurableObjectAlarm(inbox))) rung++;
  }
  return rung;
}

/** A sendout that the Inbox keeps, in the object with this number. */
function createKept(shard = 3, body = bytes(JSON.stringify(createSendout()))): IngestMessage {
  const acceptedId = createAcceptedId(NOW).slice(0, -1) + shard.toString(16);
  const content: Content = { as: "raw", bytes: body };
  return { v: 1, kind: "ingest", acceptedId, inlet: "voucherify", receivedAt: NOW, journal: true, content };
}

/** What is in the INGEST queue, taken out of it. */
function queued(env: TestBindings): IngestMessage[] {
  return env.INGEST.messages.splice(0) as IngestMessage[]; // only ingest and the Inbox send there
}

async function routeAll(env: TestBindings, messages: readonly IngestMessage[]) {
  const offered = messages.map((message) => createMessage(message));
  await consumeIngest(createBatch(offered), env, Date.now());
  return fatesOf(offered).flat();
}

describe("when the INGEST queue refuses", () => {
  it("Voucherify is told 202, and the alarm sends the sendout on until routing has it", async () => {
    const env = await createInboxBindings({ INGEST: failingQueue() });
    const { status, id } = await post(env);
    expect(status).toBe(202);
    expect(await readInbox(env)).toEqual({ count: 1, oldest: NOW });

    const well = await createInboxBindings();
    expect(await ringAlarms(NOW)).toBe(1);
    const messages = queued(well);
    expect(messages).toMatchObject([{ acceptedId: id, inlet: "voucherify", receivedAt: NOW, journal: true }]);
    expect(await readInbox(well)).toMatchObject({ count: 1 });
    expect(await routeAll(well, messages)).toEqual(["ack"]);
    expect(await readInbox(well)).toEqual({ count: 0, oldest: null });
    expect(await rowsOf("sendouts")).toMatchObject([{ accepted_id: id, state: "routed" }]);
    expect(well.DELIVER.messages).toHaveLength(1);
  });

  it("still, the alarm tries again until it takes them, within half a minute of its being well", async () => {
    const env = await createInboxBindings({ INGEST: failingQueue() });
    for (const message of [createKept(), createKept(), createKept()]) await keepSendout(env, message, false, NOW);
    expect(await ringAlarms(NOW)).toBe(1);
    expect(await ringAlarms(NOW + 20_000)).toBe(1);
    const well = await createInboxBindings();
    expect(await ringAlarms(NOW + 40_000)).toBe(1);
    expect(well.INGEST.messages).toHaveLength(3);
  });

  it("in the middle, what it took is given time and the rest is sent", async () => {
    const kept = [createKept(), createKept(), createKept()];
    const env = await createInboxBindings({ INGEST: recordingQueue((call) => (call === 2 ? "before" : undefined)) });
    for (const message of kept) await keepSendout(env, message, false, NOW);
    await ringAlarms(NOW);
    expect(queued(env)).toHaveLength(1);
    await ringAlarms(NOW + 20_000);
    expect(queued(env)).toHaveLength(2);
    expect(await ringAlarms(NOW + 60_000)).toBe(0);
    expect(await ringAlarms(NOW + JOURNAL_GRACE_MS)).toBe(1);
  });

  it.each([
    ["there is no Inbox", undefined],
    ["the Inbox is gone", brokenInbox()],
  ])("and %s, Voucherify is told to come again", async (_name, INBOX) => {
    const env = createBindings({ INGEST: failingQueue(), INBOX });
    expect(await post(env)).toMatchObject({ status: 503, code: "not_durable" });
    const { content: _, v: __, kind: ___, journal: ____, ...accepted } = createKept();
    expect(await storeSendout(env, { ...accepted, body: bytes("{}") })).toBe(false);
  });

  it("100 copies of one sendout are kept and told 202, and delivered once", async () => {
    const env = await createInboxBindings({ INGEST: failingQueue() });
    const body = bytes(JSON.stringify(createSendout()));
    const answers = await Promise.all(Array.from({ length: 100 }, async () => post(env, { body })));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(100);
    expect(await readInbox(env)).toMatchObject({ count: 100 });

    const well = await createInboxBindings();
    await ringAlarms(NOW);
    const messages = queued(well);
    expect(messages).toHaveLength(100);
    expect(await routeAll(well, messages.slice(0, 50))).toHaveLength(50);
    expect(await routeAll(well, messages.slice(50))).toHaveLength(50);
    expect(well.DELIVER.messages).toHaveLength(1);
    expect(await rowsOf("repeats")).toHaveLength(99);
    expect(await readInbox(well)).toMatchObject({ count: 0 });
  }, 60_000);
});

describe("2 MiB that do not compress", () => {
  const body = incompressible(2 * 1024 * 1024);

  it("are kept byte for byte while D1 is down, and sent on when it is up; smaller ones do not wait", async () => {
    const env = await createInboxBindings({ LEDGER: downD1() });
    const { content: _, v: __, kind: ___, journal: ____, ...accepted } = createKept();
    expect(await storeSendout(env, { ...accepted, body })).toBe(true);
    expect(env.INGEST.messages).toEqual([]);
    const small = { ...createKept(), acceptedId: `${createAcceptedId(NOW + 1).slice(0, -1)}3` };
    await keepSendout(env, small, false, NOW);
    await ringAlarms(NOW);
    expect(queued(env)).toMatchObject([{ acceptedId: small.acceptedId }]);

    const well = await createInboxBindings();
    await ringAlarms(NOW + 20_000);
    const [message] = queued(well);
    expect(message).toMatchObject({ acceptedId: accepted.acceptedId, content: { as: "claim", size: body.length } });
    const sent = message && (await unpack(message.content, { LEDGER: workingD1() }));
    expect(await sha256(sent ?? bytes(""))).toBe(await sha256(body));
  }, 30_000);
});

describe("with the journal on", () => {
  const SIGNALBOX_JOURNAL = "on";

  it("a sendout is kept beside the queue until routing has recorded it", async () => {
    const env = await createInboxBindings({ SIGNALBOX_JOURNAL });
    expect(await post(env)).toMatchObject({ status: 202 });
    expect(await readInbox(env)).toMatchObject({ count: 1 });
    expect(await ringAlarms(NOW + JOURNAL_GRACE_MS - 1)).toBe(0);
    expect(await routeAll(env, queued(env))).toEqual(["ack"]);
    expect(await readInbox(env)).toEqual({ count: 0, oldest: null });
  });

  it("and the queue loses it, it is sent again after five minutes, and again, until it is recorded", async () => {
    const env = await createInboxBindings({ SIGNALBOX_JOURNAL });
    await post(env);
    queued(env);
    for (const times of [1, 2]) {
      expect(await ringAlarms(NOW + times * JOURNAL_GRACE_MS)).toBe(1);
      expect(env.INGEST.messages).toHaveLength(1);
      if (times === 1) queued(env);
    }
    await routeAll(env, queued(env));
    expect(await readInbox(env)).toMatchObject({ count: 0 });
    await ringAlarms(NOW + 3 * JOURNAL_GRACE_MS);
    expect(env.INGEST.messages).toEqual([]);
    expect(await rowsOf("sendouts")).toHaveLength(1);
  });

  it("it is kept while routing can record nothing", async () => {
    const env = await createInboxBindings({ SIGNALBOX_JOURNAL, LEDGER: downD1(), LATE: failingQueue() });
    await post(env);
    expect(await routeAll(env, queued(env))).toEqual([{ delaySeconds: 5 }]);
    expect(await readInbox(env)).toMatchObject({ count: 1 });
  });

  it("and the Inbox gone, the queue alone makes it durable", async () => {
    const env = createBindings({ SIGNALBOX_JOURNAL, INBOX: brokenInbox() });
    expect(await post(env)).toMatchObject({ status: 202 });
    expect(await routeAll(env, queued(env))).toEqual(["ack"]);
    expect(await rowsOf("sendouts")).toHaveLength(1);
  });

  it("and the queue refusing, the Inbox alone makes it durable and sends it at once", async () => {
    const env = await createInboxBindings({ SIGNALBOX_JOURNAL, INGEST: failingQueue() });
    expect(await post(env)).toMatchObject({ status: 202 });
    const well = await createInboxBindings();
    await ringAlarms(NOW);
    expect(well.INGEST.messages).toHaveLength(1);
  });
});

describe("with the journal off", () => {
  it("a sendout that the queue takes is kept nowhere else", async () => {
    const env = await createInboxBindings();
    expect(await post(env)).toMatchObject({ status: 202 });
    expect(await readInbox(env)).toEqual({ count: 0, oldest: null });
    expect(queued(env)[0]).not.toHaveProperty("journal");
  });
});

describe("what is asked of the Inbox", () => {
  it("keeping one 100 times at once keeps it once", async () => {
    const env = await createInboxBindings();
    const message = createKept();
    await Promise.all(Array.from({ length: 100 }, async () => keepSendout(env, message, false, NOW)));
    expect(await readInbox(env)).toEqual({ count: 1, oldest: NOW });
    expect(await sendAllKept(env, NOW)).toBe(1);
    expect(queued(env)).toEqual([message]);
  });

  it("its state is over all objects, with the oldest of them", async () => {
    const env = await createInboxBindings();
    for (const shard of [0, 5, 15]) await keepSendout(env, createKept(shard), true, NOW);
    const older = createAcceptedId(NOW - 77_000).slice(0, -1);
    await keepSendout(env, { ...createKept(), acceptedId: `${older}9` }, true, NOW);
    expect(await readInbox(env)).toEqual({ count: 4, oldest: NOW - 77_000 });
    await releaseSendouts(env, [`${older}9`, "acc_unknown0"]);
    expect(await readInbox(env)).toEqual({ count: 3, oldest: NOW });
  });

  it("everything is sent at once when it is asked for, over more than one page", async () => {
    const env = await createInboxBindings();
    for (let index = 0; index < 450; index++) await keepSendout(env, createKept(), true, NOW);
    expect(await sendAllKept(env, NOW)).toBe(450);
    expect(new Set(queued(env).map(({ acceptedId }) => acceptedId)).size).toBe(450);
  });

  it("an alarm that was lost is made up for within sixteen minutes", async () => {
    const env = await createInboxBindings();
    await keepSendout(env, createKept(), false, NOW);
    await runInDurableObject(simulator.INBOX.getByName("inbox-3"), async (_object, { storage }) =>
      storage.deleteAlarm(),
    );
    expect(await ringAlarms(NOW)).toBe(0);
    for (let minute = 0; minute < 16; minute++) await wakeInbox(env, NOW + minute * 60_000);
    await ringAlarms(NOW + 16 * 60_000);
    expect(env.INGEST.messages).toHaveLength(1);
  });

  it("nobody is woken where nothing is kept, and nothing fails where there is no Inbox", async () => {
    const env = await createInboxBindings();
    for (let minute = 0; minute < 16; minute++) await wakeInbox(env, NOW + minute * 60_000);
    expect(await ringAlarms(NOW + 16 * 60_000)).toBe(0);
    const without = createBindings();
    await wakeInbox(without, NOW);
    await releaseSendouts(without, ["acc_1"]);
    expect(await sendAllKept(without, NOW)).toBe(0);
    expect(await readInbox(without)).toEqual({ count: 0, oldest: null });
  });
});

/** An Inbox of which no object answers. */
function brokenInbox(): object {
  const fail = async () => Promise.reject(new Error("Durable Object storage is unwell"));
  return { getByName: () => ({ keep: fail, release: fail, state: fail, sendAll: fail, wake: fail }) };
}

async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}
