// Ordered deliveries through both consumers and the cron, over storage that fails and queues that keep what they are
// sent: in order, one at a time, nobody else held up, and whatever breaks in between is found a minute later.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { recoverAll } from "../../../src/jobs/sweep.ts";
import worker from "../../../src/index.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { cancel, countHeld, discard, release } from "../../../src/ledger/holds.ts";
import { readSendoutRecord } from "../../../src/ledger/search.ts";
import { retryDelivery } from "../../../src/routing/retry-delivery.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout, type Sendout } from "../../fixtures/sendout.ts";
import { mockTarget, type Call } from "../delivery/target.ts";
import {
  brokenD1,
  createBindings,
  downD1,
  failingQueue,
  recordingQueue,
  workingD1,
  type TestBindings,
} from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, incompressible, publish } from "../payloads.ts";

const MINUTE_MS = 60_000;

/** Whether D1 is asked to give a turn; what records outcomes names the same reason. */
function givesTurn(sql: string): boolean {
  return sql.includes("SET state = 'scheduled', reason = 'next_in_order'");
}

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.useFakeTimers({ now: SENT_AT, toFake: ["Date"] });
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(orderedTable());
});

function orderedTable(targets: readonly string[] = ["crm"], target: object = {}) {
  const table = createTable(targets, { name: "{{ customer.name }}" });
  return {
    ...table,
    targets: Object.fromEntries(Object.entries(table.targets).map(([id, one]) => [id, { ...one, ...target }])),
    routes: [{ id: "all", events: ["*"], to: targets, order: { by: "customer.id" } }],
  };
}

/** A sendout about a customer, with a name that its request repeats. */
function about(customer: string, name: string): Sendout {
  return createSendout({ data: { customer: { id: customer, name } } });
}

/** Messages of sendouts that arrive one after another. */
async function arrive(...sendouts: readonly Sendout[]): Promise<TestMessage[]> {
  return Promise.all(
    sendouts.map(async (sendout, index) => {
      const message = await createIngestMessage(sendout);
      return createMessage({ ...message, receivedAt: SENT_AT + index });
    }),
  );
}

async function route(env: TestBindings, messages: readonly TestMessage[], now = SENT_AT + 1_000) {
  vi.setSystemTime(now);
  await consumeIngest(createBatch(messages), env, now);
  return fatesOf(messages);
}

/** Takes what the DELIVER queue holds; the names in it. */
function sent(env: TestBindings): DeliverMessage[] {
  return env.DELIVER.messages.splice(0) as DeliverMessage[]; // only deliveries go there
}

/** Offers messages to the Worker as the platform does. */
async function offer(env: TestBindings, messages: readonly TestMessage[], now: number) {
  vi.setSystemTime(now);
  await worker.queue({ ...createBatch(messages), queue: "signalbox-deliver" }, env);
  return fatesOf(messages);
}

/** Delivers what there is until nothing is left in the queue, each round in a batch; the names in the order of the calls. */
async function deliverAll(env: TestBindings, calls: Call[], from = SENT_AT + 2_000): Promise<string[]> {
  for (let now = from; env.DELIVER.messages.length > 0; now += 1_000) {
    await offer(
      env,
      sent(env).map((body) => createMessage(body)),
      now,
    );
  }
  return namesOf(calls);
}

function namesOf(calls: readonly Call[]): string[] {
  return calls.map(({ body }) => (JSON.parse(body) as { name: string }).name); // as the table has it
}

async function cron(env: TestBindings, now: number): Promise<void> {
  vi.setSystemTime(now);
  await runJobs(env, now);
}

/** The state and reason of each delivery by its sendout's arrival. */
async function standings(): Promise<unknown[]> {
  const rows = await rowsOf("deliveries");
  return rows
    .toSorted((a, b) => Number(a["order_at"]) - Number(b["order_at"]))
    .map(({ state, reason }) => (typeof reason === "string" ? `${String(state)}: ${reason}` : state));
}

describe("ordered deliveries", () => {
  it("go one after another for each key, and all keys at once", async () => {
    const env = createBindings();
    const names = ["a1", "b1", "a2", "a3", "b2", "c1"];
    const messages = await arrive(...names.map((name) => about(`cust_${name[0]}`, name)));
    expect(await route(env, messages)).toEqual(names.map(() => ["ack"]));
    expect(await standings()).toEqual([
      "scheduled: next_in_order",
      "scheduled: next_in_order",
      "held: in_order",
      "held: in_order",
      "held: in_order",
      "scheduled: next_in_order",
    ]);
    const calls = mockTarget(200);
    const order = await deliverAll(env, calls);
    expect(order.slice(0, 3).toSorted()).toEqual(["a1", "b1", "c1"]);
    expect(order.filter((name) => name.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect(order.filter((name) => name.startsWith("b"))).toEqual(["b1", "b2"]);
    expect(await standings()).toEqual(names.map(() => "delivered"));
    expect(env.LATE.messages).toEqual([]);
  });

  it("carry what those carry that go as they come: the same request, key and policy", async () => {
    const sendout = about("cust_a", "a1");
    const arriveHere = async () => [createMessage({ ...(await createIngestMessage(sendout)), hops: 2 })];
    const ordered = createBindings();
    await route(ordered, await arriveHere());
    await reset();
    await publish({ ...orderedTable(), routes: [{ id: "all", events: ["*"], to: ["crm"] }] });
    const plain = createBindings();
    await route(plain, await arriveHere());
    const messages = sent(plain);
    expect(messages).toMatchObject([{ hops: 2 }]);
    expect(sent(ordered)).toEqual(messages);
  });

  it("keep nobody waiting whose event does not say what they are ordered by", async () => {
    const env = createBindings();
    await route(env, await arrive(createSendout({ data: { customer: { name: "x" } } }), about("cust_a", "a1")));
    expect(sent(env)).toHaveLength(2);
    expect(await rowsOf("deliveries")).toHaveLength(1);
  });

  it("of a route to two targets wait for their own target only", async () => {
    await publish(orderedTable(["crm", "mail"]));
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2")));
    expect(
      sent(env)
        .map(({ target }) => target)
        .toSorted(),
    ).toEqual(["crm", "mail"]);
    expect(await countHeld(workingD1())).toMatchObject([
      { target: "crm", route: "all", reason: "in_order", count: 1 },
      { target: "mail", route: "all", reason: "in_order", count: 1 },
    ]);
  });

  it("with requests too large for a queue message go as well", async () => {
    const name = incompressible(110_000).toHex();
    const env = createBindings();
    await route(env, await arrive(about("cust_a", name), about("cust_a", "a2")));
    expect(await deliverAll(env, mockTarget(200))).toEqual([name, "a2"]);
  });

  it("let the next one go when one has failed for good", async () => {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2")));
    const calls = mockTarget(({ body }) => new Response(null, { status: body.includes("a1") ? 400 : 200 }));
    expect(await deliverAll(env, calls)).toEqual(["a1", "a2"]);
    expect(await standings()).toEqual(["failed: target_rejected", "delivered"]);
  });

  it("wait while the one before is tried again, until its schedule has ended", async () => {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2")));
    const calls = mockTarget(({ body }) => new Response(null, { status: body.includes("a1") ? 503 : 200 }));
    let [message] = sent(env).map((body) => createMessage(body));
    for (let attempt = 1; attempt <= 3 && message !== undefined; attempt++) {
      expect(env.DELIVER.messages).toEqual([]);
      await offer(env, [message], SENT_AT + attempt * MINUTE_MS);
      message = offerAgain(message);
    }
    await deliverAll(env, calls, SENT_AT + 10 * MINUTE_MS);
    expect(namesOf(calls)).toEqual(["a1", "a1", "a1", "a2"]);
    expect(await standings()).toEqual(["failed: target_unavailable", "delivered"]);
  });

  it("that have grown too old while they waited expire when their turn comes", async () => {
    await publish(orderedTable(["crm"], { maxAgeSeconds: 600 }));
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2"), about("cust_a", "a3")));
    const calls = mockTarget(200);
    await deliverAll(env, calls, SENT_AT + 20 * MINUTE_MS);
    expect(calls).toEqual([]);
    expect(await standings()).toEqual(["expired: too_old", "expired: too_old", "expired: too_old"]);
  });

  it("cost this many rows each, and nothing where no order is asked for", async () => {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1")));
    await deliverAll(env, mockTarget(200));
    const ordered = env.LEDGER.rowsWritten;
    await publish({ ...orderedTable(), routes: [{ id: "all", events: ["*"], to: ["crm"] }] });
    const plain = createBindings();
    await route(plain, await arrive(about("cust_a", "a1")));
    await deliverAll(plain, mockTarget(200));
    expect([ordered, plain.LEDGER.rowsWritten]).toEqual([9, 3]);
    expect(plain.LEDGER.queries.flat().filter((sql) => sql.includes("order_key IS NOT NULL"))).toEqual([]);
  });
});

describe("what breaks in between", () => {
  it.each(["before", "after"] as const)(
    "is sent when its lease ends: the queue fails %s it took the next one",
    async (fault) => {
      const env = createBindings({ DELIVER: recordingQueue((call) => (call === 1 ? fault : undefined)) });
      expect(await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2")))).toEqual([["ack"], ["ack"]]);
      expect(await standings()).toEqual(["scheduled: next_in_order", "held: in_order"]);
      const before = sent(env);
      await cron(env, SENT_AT + 30_000);
      expect(sent(env)).toEqual([]);
      await cron(env, SENT_AT + 2 * MINUTE_MS);
      const again = sent(env);
      expect(again).toHaveLength(1);
      env.DELIVER.messages.push(...before, ...again);
      // The queue may have had it after all: it is called once.
      expect(await deliverAll(env, mockTarget(200), SENT_AT + 3 * MINUTE_MS)).toEqual(["a1", "a2"]);
    },
  );

  it("is found by the cron: the isolate ended between an end and the next turn", async () => {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2")));
    const calls = mockTarget(200);
    const crashed = createBindings({ LEDGER: brokenD1({ when: givesTurn }) });
    const messages = sent(env).map((body) => createMessage(body));
    expect(await offer(crashed, messages, SENT_AT + 2_000)).toEqual([["ack"]]);
    expect(await standings()).toEqual(["delivered", "held: in_order"]);
    await cron(env, SENT_AT + MINUTE_MS);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 1_000)).toEqual(["a1", "a2"]);
  });

  it.each(["before", "after"] as const)("goes on when the turn itself fails %s it was given", async (fault) => {
    const LEDGER = brokenD1({ when: givesTurn, fault });
    const env = createBindings({ LEDGER });
    expect(await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2")))).toEqual([["ack"], ["ack"]]);
    expect(sent(env)).toEqual([]);
    const well = createBindings();
    const calls = mockTarget(200);
    for (let minute = 1; minute <= 3; minute++) {
      await cron(well, SENT_AT + minute * MINUTE_MS);
      await deliverAll(well, calls, SENT_AT + minute * MINUTE_MS + 1_000);
    }
    expect(namesOf(calls)).toEqual(["a1", "a2"]);
  });

  it("waits for the LATE queue while D1 is down, and goes in order then", async () => {
    const down = createBindings({ LEDGER: downD1() });
    const messages = await arrive(about("cust_a", "a1"), about("cust_a", "a2"));
    const afterGrace = SENT_AT + 5 * MINUTE_MS;
    expect(await route(down, messages, afterGrace)).toEqual([["ack"], ["ack"]]);
    expect(sent(down)).toEqual([]);
    const late = down.LATE.messages.map((body) => createMessage(body));
    const env = createBindings();
    await consumeLate(createBatch(late.toReversed()), env);
    expect(fatesOf(late)).toEqual(late.map(() => ["ack"]));
    expect(await standings()).toEqual(["held: in_order", "held: in_order"]);
    await cron(env, afterGrace + MINUTE_MS);
    const calls = mockTarget(200);
    expect(await deliverAll(env, calls, afterGrace + MINUTE_MS + 1_000)).toEqual(["a1", "a2"]);
  });

  it("is taken for an orphan in its order when only the sendout's row came out of the LATE queue", async () => {
    const down = createBindings({ LEDGER: downD1() });
    await route(down, await arrive(about("cust_a", "a1"), about("cust_a", "a2")), SENT_AT + 5 * MINUTE_MS);
    const env = createBindings();
    const late = down.LATE.messages.map((body) => createMessage(body));
    // Sendout and delivery alternate, as routing wrote them down.
    await consumeLate(createBatch(late.filter((_, index) => index % 2 === 0)), env);
    expect(await rowsOf("sendouts")).toHaveLength(2);
    expect(await standings()).toEqual([]);
    await cron(env, SENT_AT + 12 * MINUTE_MS);
    expect(await standings()).toEqual(["scheduled: next_in_order", "held: in_order"]);
    const before = await rowsOf("deliveries");
    await consumeLate(createBatch(late.filter((_, index) => index % 2 === 1)), env);
    expect(await rowsOf("deliveries")).toEqual(before);
    expect(await deliverAll(env, mockTarget(200), SENT_AT + 13 * MINUTE_MS)).toEqual(["a1", "a2"]);
  });

  it.each(["before", "after"] as const)(
    "is recorded with its sendout or not at all, and sent once: D1 fails %s it has written them",
    async (fault) => {
      const LEDGER = brokenD1({ when: (sql) => sql.includes("INSERT OR IGNORE INTO deliveries"), fault });
      const env = createBindings({ LEDGER, LATE: failingQueue() });
      const messages = await arrive(about("cust_a", "a1"));
      expect(await route(env, messages)).toEqual([[{ delaySeconds: 5 }]]);
      const written = fault === "after" ? 1 : 0;
      expect(await rowsOf("sendouts")).toHaveLength(written);
      expect(await rowsOf("deliveries")).toHaveLength(written);
      const early = sent(env);
      expect(early).toHaveLength(written);
      const well = createBindings();
      expect(await route(well, messages.map(offerAgain), SENT_AT + 6_000)).toEqual([["ack"]]);
      well.DELIVER.messages.push(...early);
      expect(await deliverAll(well, mockTarget(200), SENT_AT + 7_000)).toEqual(["a1"]);
    },
  );

  it("is sent at once when a router starts again that has forgotten its queues", async () => {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2"), about("cust_b", "b1")));
    env.DELIVER.messages.length = 0;
    vi.setSystemTime(SENT_AT + 3_000);
    await recoverAll(env, SENT_AT + 3_000);
    const calls = mockTarget(200);
    const order = await deliverAll(env, calls, SENT_AT + 4_000);
    expect(order.filter((name) => name !== "b1")).toEqual(["a1", "a2"]);
    expect(order).toContain("b1");
  });

  it("gives up what has no target any more, one turn after another", async () => {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2"), about("cust_a", "a3")));
    const calls = mockTarget(200);
    await publish(createTable(["mail"]));
    await deliverAll(env, calls);
    await cron(env, SENT_AT + MINUTE_MS);
    expect(namesOf(calls)).toEqual(["a1"]);
    expect(await standings()).toEqual([
      "delivered",
      "cancelled: target_gone_from_table",
      "cancelled: target_gone_from_table",
    ]);
  });
});

describe("a repeat of an ordered sendout", () => {
  async function repeat(env: TestBindings, sendout: Sendout, now: number) {
    const message = createMessage({ ...(await createIngestMessage(sendout)), receivedAt: now });
    return route(env, [message], now);
  }

  it("leaves alone what waits for its turn", async () => {
    const env = createBindings();
    const second = about("cust_a", "a2");
    await route(env, await arrive(about("cust_a", "a1"), second));
    sent(env);
    const before = await rowsOf("deliveries");
    expect(await repeat(env, second, SENT_AT + MINUTE_MS)).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toEqual(before);
    expect(sent(env)).toEqual([]);
  });

  it("has what failed wait for its turn, which comes before those that arrived later", async () => {
    const env = createBindings();
    const first = about("cust_a", "a1");
    await route(env, await arrive(first, about("cust_a", "a2"), about("cust_a", "a3")));
    let refuse = true;
    const calls = mockTarget(({ body }) => new Response(null, { status: refuse && body.includes("a1") ? 400 : 200 }));
    await offer(
      env,
      sent(env).map((body) => createMessage(body)),
      SENT_AT + 2_000,
    );
    refuse = false;
    const [second] = sent(env);
    await repeat(env, first, SENT_AT + MINUTE_MS);
    expect(await standings()).toEqual(["held: in_order", "scheduled: next_in_order", "held: in_order"]);
    env.DELIVER.messages.push(second);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 1_000)).toEqual(["a1", "a2", "a1", "a3"]);
    expect(await rowsOf("deliveries")).toMatchObject(Array.from({ length: 3 }, () => ({ state: "delivered" })));
  });
});

describe("people", () => {
  async function waiting() {
    const env = createBindings();
    await route(env, await arrive(about("cust_a", "a1"), about("cust_a", "a2"), about("cust_a", "a3")));
    const rows = (await rowsOf("deliveries")).toSorted((a, b) => Number(a["order_at"]) - Number(b["order_at"]));
    const keyOf = (index: number) => ({ sendoutId: String(rows[index]?.["sendout_id"]), target: "crm", copy: 0 });
    return { env, calls: mockTarget(200), keyOf };
  }

  it("release one that waits, and it goes at once", async () => {
    const { env, calls, keyOf } = await waiting();
    expect(await release(workingD1(), keyOf(2), SENT_AT + MINUTE_MS)).toBe(true);
    const [first] = sent(env);
    await cron(env, SENT_AT + MINUTE_MS);
    await deliverAll(env, calls, SENT_AT + MINUTE_MS + 1_000);
    expect(namesOf(calls)).toEqual(["a3"]);
    env.DELIVER.messages.push(first);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 5_000)).toEqual(["a3", "a1", "a2"]);
  });

  it("ask for one that waits, and it goes at once and once", async () => {
    const { env, calls, keyOf } = await waiting();
    const [first] = sent(env);
    const record = await readSendoutRecord(workingD1(), keyOf(2).sendoutId);
    const [delivery] = record?.deliveries ?? [];
    if (record === undefined || delivery === undefined) throw new Error("the sendout is not in the ledger");
    expect(await retryDelivery(env, record, delivery, SENT_AT + MINUTE_MS)).toMatchObject({ ok: true });
    await deliverAll(env, calls, SENT_AT + MINUTE_MS);
    env.DELIVER.messages.push(first);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 5_000)).toEqual(["a3", "a1", "a2"]);
  });

  it("cancel the one whose turn it is, and the next one goes within a minute", async () => {
    const { env, calls, keyOf } = await waiting();
    const [first] = sent(env);
    expect(await cancel(workingD1(), keyOf(0), SENT_AT + 2_000)).toBe(true);
    env.DELIVER.messages.push(first);
    expect(await deliverAll(env, calls)).toEqual([]);
    await cron(env, SENT_AT + MINUTE_MS);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 1_000)).toEqual(["a2", "a3"]);
  });

  it("discard what a pause holds, with all that waits behind it, and nothing where there is no pause", async () => {
    const { env, calls } = await waiting();
    expect(await discard(workingD1(), "target:crm", SENT_AT + 2_000)).toBe(0);
    await workingD1()
      .prepare("INSERT INTO pauses (subject, reason, mode, since) VALUES ('target:crm', 'by_hand', 'hold', ?1)")
      .bind(SENT_AT)
      .run();
    await deliverAll(env, calls);
    expect(await standings()).toEqual(["held: target_paused", "held: in_order", "held: in_order"]);
    expect(await discard(workingD1(), "target:other", SENT_AT + 3_000)).toBe(0);
    expect(await discard(workingD1(), "target:crm", SENT_AT + 3_000)).toBe(3);
    expect(calls).toEqual([]);
  });
});
