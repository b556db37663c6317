// The LATE consumer: a row that D1 did not take at first is written once, in any order, or goes on waiting.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { lookAtD1 } from "../../../src/jobs/look-at-storage.ts";
import { encodeUtf8, gzip } from "../../../src/ledger/content.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { recordEntries, type Entry } from "../../../src/ledger/record.ts";
import { brokenD1, createBindings, downD1, failingQueue, workingD1, type TestBindings } from "../faults.ts";
import { lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const LATER = [{ delaySeconds: 30 }];

function createOutcome(overrides: Partial<Outcome>): Entry {
  const outcome: Outcome = {
    sendoutId: "so_00000000000000000000000000000001",
    target: "crm",
    copy: 0,
    route: "all",
    round: 0,
    attemptsBefore: 0,
    sweepAt: null,
    state: "scheduled",
    reason: "target_unavailable",
    attemptsMade: 1,
    updatedAt: SENT_AT,
    dueAt: SENT_AT + 10_000,
    attempt: { at: SENT_AT, ms: 12, status: 503 },
    request: "raw:",
    ...overrides,
  };
  return { kind: "outcome", outcome };
}

const SCHEDULED = createOutcome({});
const DELIVERED = createOutcome({
  state: "delivered",
  reason: null,
  attemptsMade: 2,
  dueAt: null,
  attempt: { at: SENT_AT + 10_000, ms: 9, status: 200 },
});

/** Entries as they wait in the LATE queue after D1 did not take them. */
async function late(...entries: Entry[]): Promise<TestMessage[]> {
  const env = createBindings({ LEDGER: downD1() });
  await recordEntries(env, entries);
  return env.LATE.messages.map((body) => createMessage(body));
}

async function consume(env: TestBindings, messages: TestMessage[]) {
  await consumeLate(createBatch(messages), env);
  return fatesOf(messages);
}

describe("entries that waited", () => {
  it("are written and acknowledged as soon as D1 takes them, on an empty database too", async () => {
    expect(await consume(createBindings(), await late(SCHEDULED))).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "scheduled", attempts_made: 1 }]);
  });

  it("make D1 count as unwell until it has taken everything at once for 15 minutes", async () => {
    vi.useFakeTimers({ now: SENT_AT, toFake: ["Date"] });
    expect((await lookAtD1({ LEDGER: workingD1() }, SENT_AT)).found).toEqual([]);
    await consume(createBindings({ LEDGER: downD1() }), await late(SCHEDULED));
    expect((await lookAtD1({ LEDGER: workingD1() }, SENT_AT)).found).toEqual([]);
    await consume(createBindings(), await late(SCHEDULED));
    expect((await lookAtD1({ LEDGER: workingD1() }, SENT_AT + 15 * 60_000 - 1)).found).toMatchObject([
      { subject: "ledger" },
    ]);
    expect((await lookAtD1({ LEDGER: workingD1() }, SENT_AT + 15 * 60_000)).found).toEqual([]);
    vi.useRealTimers();
  });

  it("go on waiting while D1 is down, however often", async () => {
    const [message] = await late(SCHEDULED);
    if (message === undefined) throw new Error("one was sent");
    const env = createBindings({ LEDGER: downD1() });
    expect(await consume(env, [message])).toEqual([LATER]);
    expect(await consume(env, [offerAgain(message)])).toEqual([LATER]);
    expect(env.LATE.calls).toBe(0);
  });

  it("are written once though D1's answer was lost", async () => {
    const [message] = await late(SCHEDULED);
    if (message === undefined) throw new Error("one was sent");
    const LEDGER = brokenD1({ when: (sql) => sql.includes("INTO deliveries"), fault: "after" });
    expect(await consume(createBindings({ LEDGER }), [message])).toEqual([LATER]);
    const before = await rowsOf("deliveries");
    expect(await consume(createBindings(), [offerAgain(message)])).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it.each([
    ["in the order they happened", [SCHEDULED, DELIVERED]],
    ["the other way round", [DELIVERED, SCHEDULED]],
    ["each twice", [SCHEDULED, DELIVERED, SCHEDULED, DELIVERED]],
  ])("leave the same state when they come %s", async (_name, entries) => {
    expect(new Set((await consume(createBindings(), await late(...entries))).flat())).toEqual(new Set(["ack"]));
    expect(await rowsOf("deliveries")).toMatchObject([
      { state: "delivered", reason: null, attempts_made: 2, due_at: null },
    ]);
  });

  it.each([
    ["in the order they happened", [SCHEDULED, DELIVERED]],
    ["the other way round", [DELIVERED, SCHEDULED]],
  ])("leave the same state when they come in two batches %s", async (_name, entries) => {
    for (const message of await late(...entries)) await consume(createBindings(), [message]);
    expect(await rowsOf("deliveries")).toMatchObject([
      { state: "delivered", reason: null, attempts_made: 2, due_at: null },
    ]);
  });
});

it("a sendout that an older release left is written, without what proved it", async () => {
  const down = createBindings({ LEDGER: downD1() });
  await consumeLate(createBatch([createMessage("unreadable")]), down); // becomes a quarantined sendout
  const [entry] = await lateEntries(down.LATE);
  if (entry?.kind !== "sendout") throw new Error("it is one");
  const { signature_secret: _, signature_form: __, ...row } = entry.row;
  const json = JSON.stringify({ kind: "sendout", row });
  const message = createMessage({ v: 1, kind: "late", entry: gzip(encodeUtf8(json)) });
  expect(await consume(createBindings(), [message])).toEqual([["ack"]]);
  expect(await rowsOf("sendouts")).toMatchObject([{ id: row.id, signature_secret: null, signature_form: null }]);
});

describe("a message that cannot be read", () => {
  const UNREADABLE: [string, () => Promise<unknown>][] = [
    ["a text", async () => "hello"],
    ["another version", async () => ({ v: 2, kind: "late", entry: new Uint8Array(1) })],
    ["bytes that are not compressed", async () => ({ v: 1, kind: "late", entry: new Uint8Array([1, 2, 3]) })],
    ["JSON that is no entry", async () => ({ v: 1, kind: "late", entry: gzip(encodeUtf8('{"kind":"gossip"}')) })],
  ];

  it.each(UNREADABLE)("is quarantined and its neighbours are written: %s", async (_name, body) => {
    const messages = [createMessage(await body()), ...(await late(SCHEDULED))];
    expect(await consume(createBindings(), messages)).toEqual([["ack"], ["ack"]]);
    expect(await rowsOf("deliveries")).toHaveLength(1);
    expect(await rowsOf("sendouts")).toMatchObject([
      { state: "quarantined", inlet: "late", reason: "message_unreadable", accepted_id: `msg_${messages[0]?.id}` },
    ]);
  });

  it("waits as a quarantined row in LATE while D1 is down", async () => {
    const env = createBindings({ LEDGER: downD1() });
    expect(await consume(env, [createMessage("hello")])).toEqual([["ack"]]);
    expect(await lateEntries(env.LATE)).toMatchObject([{ kind: "sendout", row: { state: "quarantined" } }]);
  });

  it("is offered again while neither D1 nor LATE takes it", async () => {
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    expect(await consume(env, [createMessage("hello")])).toEqual([LATER]);
  });
});
