import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runLimited } from "../../../src/delivery/limited.ts";

/** Tasks named by their key and a number, each ended by hand; what has started is on record. */
class Tasks {
  readonly started: string[] = [];
  readonly #gates = new Map<string, () => void>();
  #onStart: ((name: string) => void) | undefined;

  readonly run = async (name: string): Promise<void> => {
    this.started.push(name);
    this.#onStart?.(name);
    const gate = Promise.withResolvers<void>();
    this.#gates.set(name, gate.resolve);
    await gate.promise;
  };

  end(...names: string[]): void {
    for (const name of names) this.#gates.get(name)?.();
  }

  /** Ends a task and waits for the one that starts in its place. */
  async endAndAwaitNext(name: string): Promise<string> {
    const next = Promise.withResolvers<string>();
    this.#onStart = next.resolve;
    this.end(name);
    return next.promise;
  }
}

const key = (name: string): string => name.slice(0, 1);

describe("runLimited", () => {
  it("starts as many as all keys together may have, and of one key no more than its share", () => {
    const tasks = new Tasks();
    const names = ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4", "c1"];
    void runLimited(names, { total: 6, perKey: 3, key, run: tasks.run });
    expect(tasks.started).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
  });

  it("lets others pass a key that is at its limit, and comes back to it in order", async () => {
    const tasks = new Tasks();
    const names = ["a1", "a2", "a3", "a4", "b1", "c1", "c2"];
    const all = runLimited([...names], { total: 4, perKey: 2, key, run: tasks.run });
    expect(tasks.started).toEqual(["a1", "a2", "b1", "c1"]);
    expect(await tasks.endAndAwaitNext("b1")).toBe("c2");
    expect(await tasks.endAndAwaitNext("a2")).toBe("a3");
    expect(await tasks.endAndAwaitNext("a1")).toBe("a4");
    tasks.end("a3", "a4", "c1", "c2");
    await expect(all).resolves.toBeUndefined();
    expect(tasks.started).toHaveLength(names.length);
  });

  it("leaves room unused rather than give one key more than its share", async () => {
    const tasks = new Tasks();
    const all = runLimited(["a1", "a2", "a3"], { total: 6, perKey: 1, key, run: tasks.run });
    expect(tasks.started).toEqual(["a1"]);
    expect(await tasks.endAndAwaitNext("a1")).toBe("a2");
    expect(await tasks.endAndAwaitNext("a2")).toBe("a3");
    tasks.end("a3");
    await all;
  });

  it("does not run what is taken out of the list, and ends without it", async () => {
    const tasks = new Tasks();
    const waiting = ["a1", "a2", "a3", "b1"];
    const all = runLimited(waiting, { total: 2, perKey: 1, key, run: tasks.run });
    expect(waiting).toEqual(["a2", "a3"]);
    waiting.length = 0;
    tasks.end("a1", "b1");
    await all;
    expect(tasks.started).toEqual(["a1", "b1"]);
  });

  it("does not end before the last task has", async () => {
    const tasks = new Tasks();
    const ended: string[] = [];
    const all = runLimited(["a1", "b1"], { total: 6, perKey: 3, key, run: tasks.run }).then(() => ended.push("all"));
    tasks.end("a1");
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(ended).toEqual([]);
    tasks.end("b1");
    await all;
    expect(ended).toEqual(["all"]);
  });

  it("has nothing to do for no items", async () => {
    const tasks = new Tasks();
    await runLimited([], { total: 6, perKey: 3, key, run: tasks.run });
    expect(tasks.started).toEqual([]);
  });

  it("runs every item once and keeps both limits, whatever the items and however long each takes", async () => {
    const item = fc.record({ key: fc.constantFrom("a", "b", "c"), turns: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        async (items, total, perKey) => {
          const running: string[] = [];
          const ran: unknown[] = [];
          await runLimited([...items], {
            total,
            perKey,
            key: (one) => one.key,
            run: async (one) => {
              running.push(one.key);
              ran.push(one);
              expect(running.length).toBeLessThanOrEqual(total);
              expect(running.filter((other) => other === one.key).length).toBeLessThanOrEqual(perKey);
              for (let turn = 0; turn < one.turns; turn++) await Promise.resolve();
              running.splice(running.indexOf(one.key), 1);
            },
          });
          expect(running).toEqual([]);
          expect(new Set(ran)).toEqual(new Set(items));
          expect(ran).toHaveLength(items.length);
        },
      ),
    );
  });
});
