// Ordered deliveries over storage that fails and queues that lose: whatever breaks between an end and the next turn is
// found a minute later, and the order is kept.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { recoverAll } from "../../../src/jobs/sweep.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { mockTarget } from "../delivery/target.ts";
import { brokenD1, createBindings, downD1, failingQueue, recordingQueue } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import {
  about,
  arrive,
  cron,
  deliverAll,
  MINUTE_MS,
  namesOf,
  offer,
  route,
  sent,
  standings,
  startInOrder,
} from "./ordered.ts";

beforeEach(startInOrder);

/** Whether D1 is asked to give a turn; what records outcomes names the same reason. */
function givesTurn(sql: string): boolean {
  return sql.includes("SET state = 'scheduled', reason = 'next_in_order'");
}

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
