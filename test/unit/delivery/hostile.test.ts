// What queues and crashes do to a delivery: cases 62 and 63 of the list of hostile inputs, each with its fault put in, and
// what happened printed as a table. Cases 64 and 65 take a whole Signalbox: test/unit/faults/hostile.test.ts.

import { evictDurableObject } from "cloudflare:test";
import { env as simulator } from "cloudflare:workers";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TargetGate } from "../../../src/delivery/gate/target-gate.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { brokenD1, createBindings, recordingQueue, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createMessage, fatesOf, offerAgain, type TestMessage } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { consume } from "./consume.ts";
import { mockTarget, type Call } from "./target.ts";

const happened: string[] = [];

function tell(number: number, what: string, line: string): void {
  happened.push(`${number} | ${what} | ${line}`);
}

beforeEach(startOver);
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  console.log(["case | what was done | what happened", ...happened].join("\n"));
});

type GateNamespace = DurableObjectNamespace<TargetGate>;

/** A delivery whose gate no other test has. */
function createOwnDelivery(): DeliverMessage {
  return createDelivery({ account: crypto.randomUUID() });
}

function gateOf({ account = "" }: DeliverMessage): DurableObjectStub<TargetGate> {
  return simulator.TARGET_GATE.getByName(account);
}

/** The real gates, or none that answers, behind a fresh object: each stands for the one an isolate has. */
function gates(changed: Partial<Pick<TargetGate, "admit" | "report">> = {}): { TARGET_GATE: GateNamespace } {
  const getByName = (name: string) => {
    const real = simulator.TARGET_GATE.getByName(name);
    return {
      admit: async (...args: Parameters<TargetGate["admit"]>) => (changed.admit ?? real.admit)(...args),
      report: async (...args: Parameters<TargetGate["report"]>) => (changed.report ?? real.report)(...args),
    };
  };
  return { TARGET_GATE: { getByName } as unknown as GateNamespace }; // of it, `src` calls nothing else
}

const GATE_GONE = () => {
  throw new Error("Durable Object reset because its code was updated.");
};

/** Offers a message until it is acknowledged, each time to another isolate. Returns how often it was offered. */
async function offerUntilDone(message: TestMessage, isolate: () => TestBindings): Promise<number> {
  for (let offers = 1, next = message; offers <= 10; offers++, next = offerAgain(next)) {
    if ((await consume(isolate(), [next]))[0]?.[0] === "ack") return offers;
  }
  throw new Error("the message does not end");
}

/** What the target saw of one delivery, and what its row says, in a line. */
async function lineOf(calls: readonly Call[]): Promise<string> {
  const keys = new Set(calls.map(({ headers }) => headers["idempotency-key"]));
  const bodies = new Set(calls.map(({ body }) => body));
  const [row] = await rowsOf("deliveries");
  const made = `${calls.length} ${calls.length === 1 ? "call" : "calls"}`;
  return `${made}, ${keys.size} key, ${bodies.size} body → ${String(row?.["state"])} after ${String(row?.["attempts_made"])}`;
}

describe("case 62: a message that two invocations have at the same time", () => {
  /** Offers the same message to as many isolates at once; the target answers when all but those that call it are done. */
  async function offerAtOnce(count: number, calling: number, isolate: () => TestBindings) {
    const others = Promise.withResolvers<void>();
    let [called, done] = [0, 0];
    const goOn = () => {
      if (called === calling && done === count - calling) others.resolve();
    };
    const calls = mockTarget(async () => {
      called++;
      goOn();
      await others.promise;
      return new Response(null, { status: 200 });
    });
    const delivery = createOwnDelivery();
    const messages = Array.from({ length: count }, () => createMessage(delivery));
    const consuming = messages.map(async (message) => {
      await consume(isolate(), [message]);
      done++;
      goOn();
    });
    await Promise.all(consuming);
    return { calls, messages };
  }

  it.each([2, 10])(
    "is called for once, by one of %d isolates; the others wait until it must have ended",
    async (count) => {
      const isolate = () => createBindings(gates());
      const { calls, messages } = await offerAtOnce(count, 1, isolate);
      const fates = fatesOf(messages).flat();
      expect(fates.filter((fate) => fate === "ack")).toHaveLength(1);
      // The call's ten seconds and fifteen more.
      expect(fates.filter((fate) => fate !== "ack")).toEqual(
        Array.from({ length: count - 1 }, () => ({ delaySeconds: 25 })),
      );
      const waiting = messages.filter(({ fates: [fate] }) => fate !== "ack");
      for (const message of waiting) expect(await consume(isolate(), [offerAgain(message)])).toEqual([["ack"]]);
      const line = await lineOf(calls);
      tell(62, `one message, ${count} isolates at once`, line);
      expect(line).toBe("1 call, 1 key, 1 body → delivered after 1");
    },
  );

  it("is called for once in one isolate, whose own gate takes over when the target's does not answer", async () => {
    const { TARGET_GATE } = gates({ admit: GATE_GONE, report: GATE_GONE });
    const { calls } = await offerAtOnce(2, 1, () => createBindings({ TARGET_GATE }));
    const line = await lineOf(calls);
    tell(62, "the same in one isolate, and the gate does not answer", line);
    expect(line).toBe("1 call, 1 key, 1 body → delivered after 1");
  });

  it("is called for by each of two isolates when no gate answers, with one key: the target has to recognise it", async () => {
    const isolate = () => createBindings(gates({ admit: GATE_GONE, report: GATE_GONE }));
    const { calls, messages } = await offerAtOnce(2, 2, isolate);
    expect(fatesOf(messages)).toEqual([["ack"], ["ack"]]);
    const line = await lineOf(calls);
    tell(62, "the same in two isolates, and the gate does not answer", line);
    expect(line).toBe("2 calls, 1 key, 1 body → delivered after 1");
  });
});

describe("case 63: an isolate that ends between the target's 200 and its row", () => {
  /**
   * Has an isolate call the target and end before anything was written: neither D1 nor LATE ever comes to answer, and no
   * timer of it goes off any more.
   */
  async function crashAfterCall(message: TestMessage, isToldToGate: boolean): Promise<void> {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const writing = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const real = simulator.TARGET_GATE.getByName(String((message.body as DeliverMessage).account)); // made by us
    const report: TargetGate["report"] = (...args) => {
      const answer = isToldToGate ? real.report(...args) : new Promise<never>(() => {});
      void Promise.resolve(isToldToGate ? answer : undefined).then(() => told.resolve());
      return answer as never; // the consumer awaits it
    };
    const env = createBindings({
      ...gates({ report }),
      LEDGER: brokenD1({
        when: (sql) => sql.includes("excluded.attempts_made"),
        fault: "hang",
        onHang: () => writing.resolve(),
      }),
      LATE: { ...recordingQueue(), send: async () => new Promise<never>(() => {}) },
    });
    void consume(env, [message]);
    await Promise.all([writing.promise, told.promise]);
    expect([message.fates, await rowsOf("deliveries")]).toEqual([[], []]);
  }

  /** The message as the queue offers it again: nothing was said of it. */
  function redelivered(delivery: DeliverMessage): TestMessage {
    return createMessage(delivery, { attempts: 2 });
  }

  it("is not called again where the gate remembers, and is written down by the next", async () => {
    const calls = mockTarget(200);
    const delivery = createOwnDelivery();
    await crashAfterCall(createMessage(delivery), true);
    expect(await offerUntilDone(redelivered(delivery), () => createBindings(gates()))).toBe(2);
    const line = await lineOf(calls);
    tell(63, "the gate knows of the success", line);
    expect(line).toBe("1 call, 1 key, 1 body → delivered after 1");
    const [row] = await rowsOf("deliveries");
    expect(String(row?.["attempts"])).toContain("the target took it; what it answered was not written down in time");
  });

  it("is called again with its key when its lease has run out, where the gate was not told", async () => {
    const calls = mockTarget(200);
    const delivery = createOwnDelivery();
    await crashAfterCall(createMessage(delivery), false);
    const again = redelivered(delivery);
    expect(await consume(createBindings(gates()), [again])).toEqual([[{ delaySeconds: 25 }]]);
    expect(calls).toHaveLength(1);
    expect(await offerUntilDone(offerAgain(again), () => createBindings(gates()))).toBe(1);
    const line = await lineOf(calls);
    tell(63, "the gate was not told", `${line}, the second call 25 s later`);
    expect(line).toBe("2 calls, 1 key, 1 body → delivered after 1");
  });

  it.each([
    ["has been moved and forgotten it", async (d: DeliverMessage) => evictDurableObject(gateOf(d)), gates],
    ["does not answer", async () => undefined, () => gates({ admit: GATE_GONE, report: GATE_GONE })],
  ])("is called again with its key where the gate %s", async (what, lose, gatesThen) => {
    const calls = mockTarget(200);
    const delivery = createOwnDelivery();
    await crashAfterCall(createMessage(delivery), true);
    await lose(delivery);
    expect(await offerUntilDone(redelivered(delivery), () => createBindings(gatesThen()))).toBe(1);
    const line = await lineOf(calls);
    tell(63, `the gate ${what}`, line);
    expect(line).toBe("2 calls, 1 key, 1 body → delivered after 1");
  });
});
