// The rig's own queue has the limits of production, or it would prove less than it seems to.

import { describe, expect, it } from "vitest";
import { FaultQueue } from "../../faults/queue.ts";
import { createRandom } from "../../faults/random.ts";

const NOW = Date.UTC(2040, 0, 2);
const HOUR_MS = 3_600_000;

function createQueue(): FaultQueue {
  return new FaultQueue("signalbox-deliver", { batchMax: 20, deadLetter: "DEAD" });
}

describe("the rig's queue", () => {
  it.each([
    ["a message over 128,000 bytes", [new Uint8Array(128_000)], 0],
    ["101 messages", Array.from({ length: 101 }, () => "x"), 0],
    ["more than 256,000 bytes together", [1, 2, 3].map(() => new Uint8Array(100_000)), 0],
    ["a delay over 12 hours", ["x"], 43_201],
  ])("takes nothing of %s", (_name, bodies, delaySeconds) => {
    const queue = createQueue();
    expect(() => queue.send(bodies, NOW, delaySeconds)).toThrow(/Queue/);
    expect(queue.size).toBe(0);
  });

  it.each([
    ["100 messages", Array.from({ length: 100 }, () => "x"), 0],
    ["a delay of 12 hours", ["x"], 43_200],
  ])("takes %s", (_name, bodies, delaySeconds) => {
    const queue = createQueue();
    queue.send(bodies, NOW, delaySeconds);
    expect(queue.size).toBe(bodies.length);
  });

  it("offers a message when its delay is over, and not before", () => {
    const queue = createQueue();
    queue.send(["x"], NOW, 30);
    expect(queue.nextAt).toBe(NOW + 30_000);
    expect(queue.take(NOW + 29_999, createRandom(1))).toEqual([]);
    expect(queue.take(NOW + 30_000, createRandom(1))).toMatchObject([{ body: "x", offered: 1 }]);
  });

  it("forgets a message after four days, however often it was put back", () => {
    const queue = createQueue();
    queue.send(["x"], NOW);
    const [message] = queue.take(NOW, createRandom(1));
    if (message === undefined) throw new Error("the message is due");
    queue.settle(message, { ack: false, delaySeconds: 0 }, NOW + 95 * HOUR_MS);
    expect(queue.take(NOW + 97 * HOUR_MS, createRandom(1))).toEqual([]);
    expect(queue.size).toBe(0);
  });

  it("gives a message up after a hundred retries", () => {
    const queue = createQueue();
    queue.send(["x"], NOW);
    let offers = 0;
    for (;;) {
      const [message] = queue.take(NOW, createRandom(1));
      if (message === undefined) throw new Error("the message is due");
      offers++;
      if (queue.settle(message, { ack: false, delaySeconds: 0 }, NOW) !== undefined) break;
    }
    expect(offers).toBe(101);
    expect(queue.size).toBe(0);
  });
});
