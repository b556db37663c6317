// What a route with an order promises: one after another for each key, nobody else held up, and a repeat that keeps its
// place.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { countHeld } from "../../../src/ledger/holds.ts";
import { createSendout, type Sendout } from "../../fixtures/sendout.ts";
import { mockTarget } from "../delivery/target.ts";
import { createBindings, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createMessage, offerAgain, SENT_AT } from "../messages.ts";
import { createIngestMessage, incompressible, publish } from "../payloads.ts";
import {
  about,
  arrive,
  deliverAll,
  MINUTE_MS,
  namesOf,
  offer,
  orderedTable,
  route,
  sent,
  standings,
  startInOrder,
} from "./ordered.ts";

beforeEach(startInOrder);

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
    expect([ordered, plain.LEDGER.rowsWritten]).toEqual([11, 3]);
    expect(plain.LEDGER.queries.flat().filter((sql) => sql.includes("order_key IS NOT NULL"))).toEqual([]);
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
