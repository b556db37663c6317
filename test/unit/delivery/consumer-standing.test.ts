// What a delivery has behind it decides what is done with a message: settled deliveries are called no more, the others
// not before their time, and a retry by hand is taken once.

import { beforeEach, describe, expect, it } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { packForQueue } from "../../../src/ledger/content.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createMessage, offerAgain, SENT_AT, type TestMessage } from "../messages.ts";
import { createDelivery, incompressible } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { consume, PUT_BACK, recordEarlier } from "./consume.ts";
import { mockTarget } from "./target.ts";

beforeEach(startOver);

describe("a delivery that is settled", () => {
  it.each([
    ["delivered", 1],
    ["failed", 3],
  ] as const)("is acknowledged without a call: %s", async (state, attemptsMade) => {
    const calls = mockTarget(200);
    const delivery = createDelivery();
    await recordEarlier(delivery, { state, attemptsMade });
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(calls).toEqual([]);
  });

  it("is called once when its message comes twice in a batch, and the second message ends without a call", async () => {
    const calls = mockTarget(200);
    const delivery = createDelivery();
    const [first, second] = [createMessage(delivery), createMessage(delivery)];
    expect(await consume(createBindings(), [first, second])).toEqual([["ack"], PUT_BACK]);
    expect(await consume(createBindings(), [offerAgain(second)])).toEqual([["ack"]]);
    expect(calls).toHaveLength(1);
  });

  it("is called once when its message comes again in a later batch", async () => {
    const calls = mockTarget(200);
    const delivery = createDelivery();
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(calls).toHaveLength(1);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", attempts_made: 1 }]);
  });
});

/** A message of the delivery that the queue offers so many milliseconds after `SENT_AT`. */
function messageAfter(delivery: DeliverMessage, ms: number): TestMessage {
  return { ...createMessage(delivery), offeredAt: SENT_AT + ms };
}

describe("a delivery that waits for its next attempt", () => {
  it("is not called before its time, and its message waits until then", async () => {
    const calls = mockTarget(503);
    const delivery = createDelivery({ retry: "standard" });
    await consume(createBindings(), [createMessage(delivery)]);
    const [row] = await rowsOf("deliveries");
    expect(row).toMatchObject({ state: "scheduled", due_at: SENT_AT + 5_000 });
    const early = messageAfter(delivery, 3_999);
    await consume(createBindings(), [early]);
    expect(calls).toHaveLength(1);
    expect(await rowsOf("deliveries")).toEqual([row]);
    expect(early.fates).toEqual([{ delaySeconds: 2 }]);
  });

  it.each([4_000, 5_000, 60_000])("is called when its message comes after %d ms, due after 5,000", async (ms) => {
    const calls = mockTarget(503);
    const delivery = createDelivery({ retry: "standard" });
    await consume(createBindings(), [createMessage(delivery)]);
    const message = messageAfter(delivery, ms);
    await consume(createBindings(), [message]);
    expect(calls).toHaveLength(2);
    expect(message.fates).toEqual([{ delaySeconds: 300 }]);
  });

  it("waits for the schedule with a duplicate of its batch too", async () => {
    const calls = mockTarget(503);
    const delivery = createDelivery();
    const [first, second] = [createMessage(delivery), createMessage(delivery)];
    expect(await consume(createBindings(), [first, second])).toEqual([[{ delaySeconds: 10 }], PUT_BACK]);
    expect(await consume(createBindings(), [offerAgain(second)])).toEqual([[{ delaySeconds: 5 }]]);
    expect(calls).toHaveLength(1);
  });

  it("is called as often as its schedule says though its message is there twice", async () => {
    const calls = mockTarget(503);
    const delivery = createDelivery({ retry: [10, 20] });
    const waiting = [createMessage(delivery), createMessage(delivery)];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await consume(createBindings(), [next]);
      if (next.fates[0] !== "ack") waiting.push(offerAgain(next));
      waiting.sort((a, b) => a.offeredAt - b.offeredAt);
    }
    expect(calls).toHaveLength(3);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", attempts_made: 3 }]);
  });

  it("has not spent attempts while D1 kept its request from it", async () => {
    mockTarget(503);
    const request = {
      method: "POST",
      url: ["https://crm.example.com/"],
      headers: [],
      body: [incompressible(90_000).toBase64()],
    };
    const content = await packForQueue(bytes(JSON.stringify(request)), createBindings());
    expect(content.as).toBe("claim");
    let message = createMessage(createDelivery({ content }));
    for (let offered = 1; offered <= 5; offered++) {
      await consume(createBindings({ LEDGER: downD1() }), [message]);
      message = offerAgain(message);
    }
    expect(await consume(createBindings(), [message])).toEqual([[{ delaySeconds: 10 }]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "scheduled", attempts_made: 1 }]);
  });
});

describe("a retry by hand", () => {
  it("is called once though it was asked for twice", async () => {
    const calls = mockTarget(400);
    const delivery = createDelivery({ round: 1, attemptsBefore: 8, trigger: "manual" });
    await recordEarlier(delivery, { state: "failed", attemptsMade: 8 });
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(calls).toHaveLength(1);
    expect(await rowsOf("deliveries")).toMatchObject([
      { state: "failed", reason: "target_rejected", attempts_made: 9 },
    ]);
  });

  it("starts the schedule anew and goes on counting", async () => {
    mockTarget(503);
    const delivery = createDelivery({ round: 1, attemptsBefore: 8, trigger: "manual" });
    await recordEarlier(delivery, { state: "failed", attemptsMade: 8 });
    let message = createMessage(delivery);
    for (const fate of [{ delaySeconds: 10 }, { delaySeconds: 20 }, "ack"]) {
      expect(await consume(createBindings(), [message])).toEqual([[fate]]);
      message = offerAgain(message);
    }
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", attempts_made: 11 }]);
  });

  it("is called once at a time though it was asked for twice", async () => {
    const calls = mockTarget(503);
    const delivery = createDelivery({ round: 1, attemptsBefore: 8, trigger: "manual" });
    await recordEarlier(delivery, { state: "failed", attemptsMade: 8 });
    const [first, second] = [createMessage(delivery), createMessage(delivery)];
    expect(await consume(createBindings(), [first])).toEqual([[{ delaySeconds: 10 }]]);
    expect(await consume(createBindings(), [second])).toEqual([[{ delaySeconds: 10 }]]);
    expect(calls).toHaveLength(1);
    expect(await consume(createBindings(), [offerAgain(first)])).toEqual([[{ delaySeconds: 20 }]]);
    expect(await consume(createBindings(), [offerAgain(second)])).toEqual([[{ delaySeconds: 20 }]]);
    expect(calls).toHaveLength(2);
  });

  it("of a delivery that has succeeded meanwhile is acknowledged without a call", async () => {
    const calls = mockTarget(200);
    const delivery = createDelivery({ round: 1, attemptsBefore: 8, trigger: "manual" });
    await recordEarlier(delivery, { state: "delivered", attemptsMade: 9 });
    expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
    expect(calls).toEqual([]);
  });
});
