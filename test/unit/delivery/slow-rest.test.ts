// Invariant 7 within a batch: a target that turns out to be slow keeps its own first calls waiting and nothing else.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { SLOW_MS } from "../../../src/delivery/gate/pace.ts";
import { createBindings, failingQueue, type TestBindings } from "../faults.ts";
import { createBatch, createMessage, fatesOf, SENT_AT, type TestMessage } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { rowsOf } from "../ledger-rows.ts";
import { startOver } from "../start-over.ts";
import { mockTarget, type Call } from "./target.ts";

beforeEach(startOver);

afterEach(() => {
  vi.useRealTimers();
});

const CHOICES = { now: () => Date.now(), random: () => 0.5 };

/** Messages of a target, each of a sendout of its own. */
function messagesFor(target: string, count: number): TestMessage[] {
  return Array.from({ length: count }, (_, index) =>
    createMessage(createDelivery({ target, sendoutId: `so_${index}` })),
  );
}

const isForMail = ({ url }: Call) => url.startsWith("https://mail.");

/** A CRM that keeps everybody waiting until `answer` is called, and mail that answers at once. */
function mockSlowCrm(count: number): { calls: Call[]; answer: () => void; called: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  const calls = mockTarget(async (call) => {
    if (calls.length === count) called.resolve();
    if (!isForMail(call)) await promise;
    return new Response("ok");
  });
  return { calls, answer: resolve, called: called.promise };
}

/** A batch of eight for the CRM and two for mail, until the calls that wait have waited for as long as is slow. */
async function consumeSlowly(env: TestBindings, lane: "fast" | "slow", crm: TestMessage[], mail: TestMessage[]) {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"], now: SENT_AT });
  const target = mockSlowCrm(5);
  const consumed = consumeDeliver(createBatch([...crm, ...mail]), env, { ...CHOICES, lane });
  await target.called;
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  target.answer();
  await consumed;
  return target.calls;
}

it("what is not called yet goes on in the SLOW queue, and is delivered from there", async () => {
  const env = createBindings();
  const [crm, mail] = [messagesFor("crm", 8), messagesFor("mail", 2)];
  const calls = await consumeSlowly(env, "fast", crm, mail);
  expect(calls.filter(isForMail)).toHaveLength(2);
  expect(calls).toHaveLength(5);
  expect(fatesOf([...crm, ...mail])).toEqual(Array.from({ length: 10 }, () => ["ack"]));
  expect(env.SLOW.messages).toEqual(crm.slice(3).map(({ body }) => body));
  // Their places at the gate are free: they are called now, each once.
  const rest = env.SLOW.messages.map((body) => createMessage(body));
  await consumeDeliver(createBatch(rest), env, { ...CHOICES, lane: "slow" });
  expect(fatesOf(rest)).toEqual(rest.map(() => ["ack"]));
  expect(await rowsOf("deliveries")).toHaveLength(10);
  expect(calls).toHaveLength(10);
});

it("the next sendouts take that queue from the beginning", async () => {
  await consumeSlowly(createBindings(), "fast", messagesFor("crm", 8), messagesFor("mail", 2));
  expect(await rowsOf("slow_targets")).toMatchObject([{ target: "crm" }]);
});

it("what that queue refuses is offered again", async () => {
  const env = createBindings({ SLOW: failingQueue() });
  const crm = messagesFor("crm", 8);
  await consumeSlowly(env, "fast", crm, messagesFor("mail", 2));
  expect(fatesOf(crm)).toEqual(crm.map((_, index) => (index < 3 ? ["ack"] : [{ delaySeconds: 5 }])));
});

it("in the slow lane everything is called", async () => {
  const env = createBindings();
  const [crm, mail] = [messagesFor("crm", 8), messagesFor("mail", 2)];
  const calls = await consumeSlowly(env, "slow", crm, mail);
  expect(calls).toHaveLength(10);
  expect(env.SLOW.messages).toEqual([]);
});
