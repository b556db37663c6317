// What the model check has found, each as the smallest case that shows it.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { createGate } from "../../../src/delivery/gate/gate.ts";
import { createBindings, downD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import {
  createBatch,
  createMessage,
  fatesOf,
  offerAgain,
  offeredAt,
  type Fate,
  type TestMessage,
} from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { mockTarget } from "../delivery/target.ts";

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

async function consume(env: TestBindings, messages: TestMessage[]): Promise<Fate[][]> {
  await consumeDeliver(createBatch(messages), env, { now: () => offeredAt(messages), random: () => 0.5, lane: "fast" });
  return fatesOf(messages);
}

describe("a delivery of which only its gate knows that it has succeeded", () => {
  // Whoever called the target told the gate, and ended before the outcome was written. The gate then kept every later
  // message of the delivery from the target, and nobody ever wrote it down.
  it("is not called again, and is written down as delivered when nobody else does", async () => {
    const calls = mockTarget(200);
    const delivery = createDelivery();
    const gate = createGate();
    const id = `${delivery.sendoutId}.${delivery.target}#${delivery.round}`;
    gate.report([{ id, outcome: "delivered", lease: 0, ms: 10 }], 0);
    const TARGET_GATE = { getByName: () => gate };
    let message = createMessage(delivery);
    for (let offered = 1; offered <= 2; offered++) {
      expect(await consume(createBindings({ TARGET_GATE }), [message])).toEqual([[{ delaySeconds: 5 * offered }]]);
      expect(await rowsOf("deliveries")).toEqual([]);
      message = offerAgain(message);
    }
    expect(await consume(createBindings({ TARGET_GATE }), [message])).toEqual([["ack"]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", attempts_made: 1, sweep_at: null }]);
    expect(calls).toEqual([]);
  });
});

describe("an attempt while D1 does not answer", () => {
  // How many attempts there were is then guessed from how often the queue has offered the message, which it also does
  // while the gate makes it wait. A guess took a delivery for exhausted after its first attempt.
  it("does not end a round whose schedule has more to come", async () => {
    mockTarget(503);
    const env = createBindings({ LEDGER: downD1() });
    const message = createMessage(createDelivery({ retry: [10, 20, 40] }), { attempts: 30 });
    expect(await consume(env, [message])).toEqual([[{ delaySeconds: 40 }]]);
    const late = env.LATE.messages.map((body) => createMessage(body));
    await consumeLate(createBatch(late), createBindings());
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "scheduled", reason: "target_unavailable" }]);
  });

  it("ends the round of a delivery that has one attempt", async () => {
    mockTarget(503);
    const env = createBindings({ LEDGER: downD1() });
    const message = createMessage(createDelivery({ retry: [] }));
    expect(await consume(env, [message])).toEqual([["ack"]]);
  });
});
