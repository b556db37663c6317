// Invariant 4 across a publication: a sendout is routed by the table that was in force when it was accepted, however often
// and however late the queue offers it.

import { beforeEach, expect, it } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { appendVersion } from "../../../src/ledger/table-versions.ts";
import { TABLE_KEY } from "../../../src/routing/table-store.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import {
  brokenD1,
  createBindings,
  downD1,
  failingQueue,
  staleKv,
  workingD1,
  workingKv,
  type TestBindings,
} from "../faults.ts";
import { findRecord, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

beforeEach(startOver);

const [EARLIER, LATER] = [createTable(["crm"], { by: "the earlier" }), createTable(["crm"], { by: "the later" })];

async function consume(env: TestBindings, messages: TestMessage[], afterMs: number) {
  await consumeIngest(createBatch(messages), env, SENT_AT + afterMs);
  return fatesOf(messages);
}

/** The bodies of what was sent on its way. */
function bodies({ DELIVER }: TestBindings): string[] {
  return (DELIVER.messages as DeliverMessage[]).map(({ content }) => {
    if (content.as !== "raw") throw new Error("it is small");
    return new TextDecoder().decode(content.bytes).match(/the earlier|the later/)?.[0] ?? "neither";
  });
}

async function publishAfter(document: unknown, afterMs: number): Promise<number> {
  return publish(document, workingKv(), SENT_AT + afterMs);
}

it("a crash between fan-out and row, with a table published meanwhile, gives the same bytes again", async () => {
  const version = await publishAfter(EARLIER, -1_000);
  const message = createMessage(await createIngestMessage());
  const crashing = createBindings({
    LEDGER: brokenD1({ fault: "before", when: (sql) => /INSERT/.test(sql) }),
    LATE: failingQueue(),
  });
  expect(await consume(crashing, [message], 500)).toEqual([[{ delaySeconds: 5 }]]);
  await publishAfter(LATER, 2_000);
  const env = createBindings();
  expect(await consume(env, [offerAgain(message)], 5_000)).toEqual([["ack"]]);
  expect(crashing.DELIVER.messages).toHaveLength(1);
  expect(env.DELIVER.messages).toEqual(crashing.DELIVER.messages);
  expect(await findRecord((await rowsOf("sendouts"))[0]?.["accepted_id"] as string)).toMatchObject({
    sendout: { table_version: version },
  });
});

it("a batch may have sendouts of several tables, and each is routed by its own", async () => {
  await publishAfter(EARLIER, 0);
  await publishAfter(LATER, 2_000);
  const arrivals = [-1, 0, 1_999, 2_000, 3_000];
  const messages = await Promise.all(
    arrivals.map(async (afterMs) => createMessage(await createIngestMessage(createSendout(), SENT_AT + afterMs))),
  );
  const env = createBindings();
  expect(await consume(env, messages, 10_000)).toEqual(messages.map(() => ["ack"]));
  expect(bodies(env)).toEqual(["the earlier", "the earlier", "the later", "the later"]);
  const states = (await rowsOf("sendouts")).map(({ received_at, state }) => [Number(received_at) - SENT_AT, state]);
  expect(new Map(states as [number, string][]).get(-1)).toBe("unrouted");
});

it("one that was accepted after the publication goes by it at once, although KV has not heard of it", async () => {
  await publishAfter(EARLIER, -1_000);
  const stale = await staleKv(TABLE_KEY);
  await publishAfter(LATER, 0);
  const env = createBindings({ TABLE: stale });
  await consume(env, [createMessage(await createIngestMessage())], 500);
  expect(bodies(env)).toEqual(["the later"]);
});

it("is by whichever table is in hand while D1 does not say", async () => {
  await publishAfter(LATER, 1_000);
  const env = createBindings({ LEDGER: downD1() });
  await consume(env, [createMessage(await createIngestMessage())], 4 * 60_000);
  expect(bodies(env)).toEqual(["the later"]);
});

it("is offered again when D1 gives the newest version's number and not the earlier table", async () => {
  await publishAfter(EARLIER, -1_000);
  await publishAfter(LATER, 1_000);
  const LEDGER = brokenD1({ fault: "before", when: (sql) => sql.includes("published_at <=") });
  const message = createMessage(await createIngestMessage());
  expect(await consume(createBindings({ LEDGER }), [message], 1_500)).toEqual([[{ delaySeconds: 5 }]]);
  const env = createBindings();
  expect(await consume(env, [offerAgain(message)], 7_000)).toEqual([["ack"]]);
  expect(bodies(env)).toEqual(["the earlier"]);
});

it("is by the newest where this release cannot read the earlier one", async () => {
  await appendVersion(workingD1(), 0, { ...EARLIER, targets: "of another release" }, SENT_AT - 1_000);
  await publishAfter(LATER, 1_000);
  const env = createBindings();
  expect(await consume(env, [createMessage(await createIngestMessage())], 1_500)).toEqual([["ack"]]);
  expect(bodies(env)).toEqual(["the later"]);
});

it("is by the newest where the clock that dated it was wrong by years", async () => {
  await publishAfter(EARLIER, -1_000);
  await publishAfter(LATER, 4 * 365 * 86_400_000);
  const env = createBindings();
  await consume(env, [createMessage(await createIngestMessage())], 500);
  expect(bodies(env)).toEqual(["the later"]);
});

it("no version is older than the one before it, whatever the clocks say", async () => {
  await publishAfter(EARLIER, 5_000);
  await publishAfter(LATER, 0);
  expect((await rowsOf("table_versions")).map(({ published_at }) => published_at)).toEqual([
    SENT_AT + 5_000,
    SENT_AT + 5_000,
  ]);
});
