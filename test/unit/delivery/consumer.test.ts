// Invariants 1, 3 and 4 in delivery: each message ends as acknowledged or put back, with its outcome durable first,
// whatever D1 and LATE do; and no delivery is made twice that the ledger knows to be settled.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deliveryId } from "../../../src/delivery/delivery-id.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1, failingQueue, hangingD1, recordingQueue } from "../faults.ts";
import { lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, offerAgain, SENT_AT } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { consume, PUT_BACK, recordEarlier } from "./consume.ts";
import { mockTarget } from "./target.ts";

beforeEach(startOver);

afterEach(() => {
  vi.useRealTimers();
});

describe("while D1 is down", () => {
  it("the call is made and its outcome waits in LATE", async () => {
    const calls = mockTarget(200);
    const env = createBindings({ LEDGER: downD1() });
    const delivery = createDelivery();
    expect(await consume(env, [createMessage(delivery)])).toEqual([["ack"]]);
    expect(calls).toHaveLength(1);
    expect(await lateEntries(env.LATE)).toMatchObject([
      {
        kind: "outcome",
        outcome: { sendoutId: delivery.sendoutId, target: "crm", state: "delivered", attemptsMade: 1 },
      },
    ]);
  });

  it("the attempts are counted by the queue, which never ends a round by a guess, and the row has them all", async () => {
    mockTarget(503);
    const env = createBindings({ LEDGER: downD1() });
    let message = createMessage(createDelivery());
    expect(await consume(env, [message])).toEqual([[{ delaySeconds: 10 }]]);
    message = offerAgain(message);
    expect(await consume(env, [message])).toEqual([[{ delaySeconds: 20 }]]);
    message = offerAgain(message);
    // There may have been fewer attempts than offers.
    expect(await consume(env, [message])).toEqual([[{ delaySeconds: 20 }]]);
    await consumeLate(createBatch(env.LATE.messages.map((body) => createMessage(body))), createBindings());
    const [row] = await rowsOf("deliveries");
    expect(row).toMatchObject({ state: "scheduled", reason: "target_unavailable", attempts_made: 2 });
    expect(JSON.parse(String(row?.["attempts"]))).toHaveLength(3);
  });

  it("because it hangs, the call is made after five seconds all the same", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const calls = mockTarget(200);
    const env = createBindings({ LEDGER: hangingD1() });
    expect(await consume(env, [createMessage(createDelivery())])).toEqual([["ack"]]);
    expect(calls).toHaveLength(1);
    expect(await lateEntries(env.LATE)).toMatchObject([{ kind: "outcome", outcome: { state: "delivered" } }]);
  });

  it("and LATE refuses, the message is put back and called again with the same key", async () => {
    const calls = mockTarget(200);
    const message = createMessage(createDelivery());
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    expect(await consume(env, [message])).toEqual([PUT_BACK]);
    expect(await rowsOf("deliveries")).toEqual([]);
    expect(await consume(createBindings(), [offerAgain(message)])).toEqual([["ack"]]);
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered" }]);
  });

  it("and LATE refuses one outcome, only its message is put back", async () => {
    const refused = Promise.withResolvers<void>();
    const LATE = recordingQueue((call) => {
      refused.resolve();
      return call === 1 ? "before" : undefined;
    });
    // The second target answers when the first one's outcome has been refused, so the two are not written together.
    mockTarget(async ({ url }) => {
      if (url.startsWith("https://mail.")) await refused.promise;
      return new Response("ok");
    });
    const messages = [createMessage(createDelivery()), createMessage(createDelivery({ target: "mail" }))];
    expect(await consume(createBindings({ LEDGER: downD1(), LATE }), messages)).toEqual([PUT_BACK, ["ack"]]);
    expect(await lateEntries(LATE)).toMatchObject([{ outcome: { target: "mail" } }]);
  });

  it("a stored request that cannot be fetched is put back without a call", async () => {
    const calls = mockTarget(200);
    const content = { as: "claim", id: "clm_any", size: 200_000 } as const;
    const env = createBindings({ LEDGER: downD1() });
    expect(await consume(env, [createMessage(createDelivery({ content }))])).toEqual([PUT_BACK]);
    expect(calls).toEqual([]);
  });

  it("and a stored request hangs, its message is put back and the neighbours are called", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const calls = mockTarget(200);
    const content = { as: "claim", id: "clm_any", size: 200_000 } as const;
    const env = createBindings({ LEDGER: hangingD1((sql) => sql.includes("FROM claims")) });
    const messages = [createDelivery({ content }), createDelivery({ target: "mail" })].map((body) =>
      createMessage(body),
    );
    expect(await consume(env, messages)).toEqual([PUT_BACK, ["ack"]]);
    expect(calls.map(({ url }) => url)).toEqual(["https://mail.example.com/events"]);
  });
});

/** Delivers while D1 is down, a message for each answer of the target, and then writes what waits in LATE. */
async function writeLate(delivery: DeliverMessage, answers: number[]): Promise<void> {
  const env = createBindings({ LEDGER: downD1() });
  for (const [index, answer] of answers.entries()) {
    mockTarget(answer);
    await consume(env, [createMessage(delivery, { attempts: index + 1 })]);
  }
  await consumeLate(createBatch(env.LATE.messages.map((body) => createMessage(body))), createBindings());
}

describe("a late outcome", () => {
  it("never takes a delivered delivery back to scheduled", async () => {
    const delivery = createDelivery();
    await recordEarlier(delivery, { state: "delivered", attemptsMade: 1 });
    await writeLate(delivery, [503, 503]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", attempts_made: 1, due_at: null }]);
  });

  it("never takes a delivered delivery back to failed", async () => {
    const delivery = createDelivery();
    await recordEarlier(delivery, { state: "delivered", attemptsMade: 1 });
    await writeLate(delivery, [503, 400]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", reason: null }]);
  });

  it("of success is recorded though it was counted lower", async () => {
    const delivery = createDelivery();
    await recordEarlier(delivery, { state: "failed", attemptsMade: 3 });
    await writeLate(delivery, [200]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", reason: null, attempts_made: 3 }]);
  });

  it.each(["scheduled", "failed"] as const)("changes nothing that came after it but the log: %s", async (state) => {
    const delivery = createDelivery();
    await recordEarlier(delivery, { state, attemptsMade: 3, updatedAt: SENT_AT + 305_000 });
    const [before] = await rowsOf("deliveries");
    await writeLate(delivery, [503]);
    const [row] = await rowsOf("deliveries");
    // What the last attempt was answered with is read from the log.
    expect(row).toEqual({ ...before, attempts: expect.any(String), last_status: 503 });
    expect(JSON.parse(String(row?.["attempts"]))).toMatchObject([{ at: SENT_AT, status: 503 }]);
  });

  it("that is written twice counts once", async () => {
    const delivery = createDelivery();
    const env = createBindings({ LEDGER: downD1() });
    mockTarget(503);
    await consume(env, [createMessage(delivery)]);
    const late = env.LATE.messages.map((body) => createMessage(body));
    await consumeLate(createBatch([...late, ...late]), createBindings());
    const [row] = await rowsOf("deliveries");
    expect(row).toMatchObject({ state: "scheduled", attempts_made: 1 });
    expect(JSON.parse(String(row?.["attempts"]))).toHaveLength(1);
  });
});

describe("the same delivery", () => {
  it("has the same key, address, headers and bytes in every attempt", async () => {
    const calls = mockTarget(503);
    const delivery = createDelivery({ auth: { type: "bearer", secret: "CRM_TOKEN" } });
    let message = createMessage(delivery);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await consume(createBindings(), [message]);
      message = offerAgain(message);
    }
    expect(calls).toHaveLength(3);
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[2]).toEqual(calls[0]);
    expect(calls[0]?.headers["idempotency-key"]).toBe(deliveryId(delivery.sendoutId, "crm"));
  });
});

describe("a message that cannot be read", () => {
  it("is quarantined and its neighbours are delivered", async () => {
    const calls = mockTarget(200);
    const messages = [{ v: 2, kind: "deliver" }, createDelivery(), "hello"].map((body) => createMessage(body));
    expect(await consume(createBindings(), messages)).toEqual([["ack"], ["ack"], ["ack"]]);
    expect(calls).toHaveLength(1);
    const quarantined = { state: "quarantined", inlet: "deliver", reason: "message_unreadable" };
    expect(await rowsOf("sendouts")).toMatchObject([quarantined, quarantined]);
  });

  it.each(["{not json", "[]", '{"method":"POST"}', ""])(
    "because its request is none ends as failed: %j",
    async (text) => {
      const calls = mockTarget(200);
      const delivery = createDelivery({ content: { as: "raw", bytes: bytes(text) } });
      expect(await consume(createBindings(), [createMessage(delivery)])).toEqual([["ack"]]);
      expect(calls).toEqual([]);
      expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "request_invalid" }]);
    },
  );

  it("is put back while it can be quarantined nowhere", async () => {
    const env = createBindings({ LEDGER: downD1(), LATE: failingQueue() });
    expect(await consume(env, [createMessage("hello")])).toEqual([PUT_BACK]);
  });

  it("because its stored request is gone ends as failed, not as silence", async () => {
    const calls = mockTarget(200);
    const content = { as: "claim", id: "clm_gone", size: 200_000 } as const;
    expect(await consume(createBindings(), [createMessage(createDelivery({ content }))])).toEqual([["ack"]]);
    expect(calls).toEqual([]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "request_invalid" }]);
  });
});
