// What people do to ordered deliveries: released, asked for, cancelled or discarded, and what becomes of the order then.

import { beforeEach, describe, expect, it } from "vitest";
import { cancel, discard, release } from "../../../src/ledger/holds.ts";
import { readSendoutRecord } from "../../../src/ledger/search.ts";
import { retryDelivery } from "../../../src/routing/retry-delivery.ts";
import { mockTarget } from "../delivery/target.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import {
  about,
  arrive,
  cron,
  deliverAll,
  MINUTE_MS,
  namesOf,
  route,
  sent,
  standings,
  startInOrder,
} from "./ordered.ts";

beforeEach(startInOrder);

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
    expect(await release({ LEDGER: workingD1() }, keyOf(2), SENT_AT + MINUTE_MS)).toBe(true);
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
    expect(await retryDelivery(env, { ...record, shard: 1 }, delivery, SENT_AT + MINUTE_MS)).toMatchObject({
      ok: true,
    });
    await deliverAll(env, calls, SENT_AT + MINUTE_MS);
    env.DELIVER.messages.push(first);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 5_000)).toEqual(["a3", "a1", "a2"]);
  });

  it("cancel the one whose turn it is, and the next one goes within a minute", async () => {
    const { env, calls, keyOf } = await waiting();
    const [first] = sent(env);
    expect(await cancel({ LEDGER: workingD1() }, keyOf(0), SENT_AT + 2_000)).toBe(true);
    env.DELIVER.messages.push(first);
    expect(await deliverAll(env, calls)).toEqual([]);
    await cron(env, SENT_AT + MINUTE_MS);
    expect(await deliverAll(env, calls, SENT_AT + MINUTE_MS + 1_000)).toEqual(["a2", "a3"]);
  });

  it("discard what a pause holds, with all that waits behind it, and nothing where there is no pause", async () => {
    const { env, calls } = await waiting();
    expect(await discard({ LEDGER: workingD1() }, "target:crm", SENT_AT + 2_000)).toBe(0);
    await workingD1()
      .prepare("INSERT INTO pauses (subject, reason, mode, since) VALUES ('target:crm', 'by_hand', 'hold', ?1)")
      .bind(SENT_AT)
      .run();
    await deliverAll(env, calls);
    expect(await standings()).toEqual(["held: target_paused", "held: in_order", "held: in_order"]);
    expect(await discard({ LEDGER: workingD1() }, "target:other", SENT_AT + 3_000)).toBe(0);
    expect(await discard({ LEDGER: workingD1() }, "target:crm", SENT_AT + 3_000)).toBe(3);
    expect(calls).toEqual([]);
  });
});
