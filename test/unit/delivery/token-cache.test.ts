import { describe, expect, it } from "vitest";
import {
  createTokenCache,
  type Obtained,
  type TokenOutcome,
} from "../../../src/delivery/authentication/token-cache.ts";

const START = Date.UTC(2026, 10, 24, 12);

/** A cache under a clock of the test's own, with an endpoint that gives t1, t2, … or what it is told. */
function createRig(answer: (count: number) => Obtained | Promise<Obtained> = token(3_600)) {
  const cache = createTokenCache();
  let now = START;
  let asked = 0;
  const obtain = async () => answer(++asked);
  return {
    asked: () => asked,
    pass: (ms: number) => void (now += ms),
    get: async (refused?: string, key = "crm") => cache.get(key, obtain, () => now, refused),
  };
}

function token(expiresIn: unknown) {
  return (count: number): Obtained => ({ ok: true, token: `t${count}`, expiresIn });
}

const DOWN: Obtained = { ok: false, detail: "down" };
const held = (name: string): TokenOutcome => ({ kind: "token", token: name });
const paused = (ms: number): TokenOutcome => ({ kind: "unavailable", detail: "down", readyAt: START + ms });

describe("a token", () => {
  it("is kept until a minute before its end", async () => {
    const rig = createRig();
    expect(await rig.get()).toEqual(held("t1"));
    rig.pass(3_539_999);
    expect(await rig.get()).toEqual(held("t1"));
    rig.pass(1);
    expect(await rig.get()).toEqual(held("t2"));
    expect(rig.asked()).toBe(2);
  });

  it.each<[string, unknown, number]>([
    ["text", "3600", 3_540_000],
    ["a short time, of which half is used", 30, 15_000],
    ["two minutes, of which one is used", 120, 60_000],
    ["more than a day", 1e12, 86_340_000],
    ["nothing", undefined, 240_000],
    ["null", null, 240_000],
    ["zero", 0, 240_000],
    ["less than nothing", -5, 240_000],
    ["infinity, which JSON can write", JSON.parse("1e999"), 240_000],
    ["text that is no number", "soon", 240_000],
    ["hexadecimal", "0x10", 240_000],
    ["a list", [3_600], 240_000],
  ])("has a believable life when the endpoint says %s", async (_name, expiresIn, freshMs) => {
    const rig = createRig(token(expiresIn));
    await rig.get();
    rig.pass(freshMs - 1);
    expect(await rig.get()).toEqual(held("t1"));
    rig.pass(1);
    expect(await rig.get()).toEqual(held("t2"));
  });

  it("is one per key", async () => {
    const rig = createRig();
    expect([await rig.get(undefined, "a"), await rig.get(undefined, "b"), await rig.get(undefined, "a")]).toEqual(
      ["t1", "t2", "t1"].map(held),
    );
  });

  it("is asked for once, however many want it at the same time", async () => {
    const { promise, resolve } = Promise.withResolvers<Obtained>();
    const rig = createRig(async () => promise);
    const waiting = Array.from({ length: 100 }, async () => rig.get());
    resolve({ ok: true, token: "t1", expiresIn: 3_600 });
    expect(new Set((await Promise.all(waiting)).map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify(held("t1"))]),
    );
    expect(rig.asked()).toBe(1);
  });

  it("goes on being used to its very end while the endpoint is down", async () => {
    const rig = createRig((count) => (count === 1 ? { ok: true, token: "t1", expiresIn: 3_600 } : DOWN));
    await rig.get();
    rig.pass(3_545_000);
    expect(await rig.get()).toEqual(held("t1"));
    rig.pass(55_000);
    expect(await rig.get()).toEqual(paused(3_610_000));
  });
});

describe("an endpoint that fails", () => {
  it("is left alone for five seconds, doubling to five minutes, and again after five once it has worked", async () => {
    const rig = createRig((count) => (count === 9 ? { ok: true, token: "t9", expiresIn: 10 } : DOWN));
    let elapsed = 0;
    for (const seconds of [5, 10, 20, 40, 80, 160, 300, 300]) {
      const before = rig.asked();
      expect(await rig.get()).toEqual(paused(elapsed + seconds * 1_000));
      rig.pass(seconds * 1_000 - 1);
      expect(await rig.get()).toEqual(paused(elapsed + seconds * 1_000));
      expect(rig.asked()).toBe(before + 1);
      rig.pass(1);
      elapsed += seconds * 1_000;
    }
    expect(await rig.get()).toEqual(held("t9"));
    rig.pass(10_000);
    expect(await rig.get()).toEqual(paused(elapsed + 10_000 + 5_000));
  });

  it("is asked once by a hundred at the same time, who all hear of it", async () => {
    const rig = createRig(() => DOWN);
    const outcomes = await Promise.all(Array.from({ length: 100 }, async () => rig.get()));
    expect(outcomes).toEqual(outcomes.map(() => paused(5_000)));
    expect(rig.asked()).toBe(1);
  });
});

describe("a token that a target refuses", () => {
  it("is replaced once for all who held it", async () => {
    const rig = createRig();
    await rig.get();
    const outcomes = await Promise.all(Array.from({ length: 100 }, async () => rig.get("t1")));
    expect(outcomes).toEqual(outcomes.map(() => held("t2")));
    expect(await rig.get("t1")).toEqual(held("t2"));
    expect(rig.asked()).toBe(2);
  });

  it("is not replaced again within half a minute: another would be refused too", async () => {
    const rig = createRig();
    await rig.get();
    expect(await rig.get("t1")).toEqual(held("t2"));
    rig.pass(29_999);
    expect(await rig.get("t2")).toEqual({ kind: "refused" });
    rig.pass(1);
    expect(await rig.get("t2")).toEqual(held("t3"));
    expect(rig.asked()).toBe(3);
  });

  it("is not given out again while no new one can be had", async () => {
    const rig = createRig((count) => (count === 1 ? { ok: true, token: "t1", expiresIn: 3_600 } : DOWN));
    await rig.get();
    expect(await rig.get("t1")).toEqual(paused(5_000));
    expect(await rig.get()).toEqual(paused(5_000));
    expect(rig.asked()).toBe(2);
  });
});

describe("a request whose invocation has ended", () => {
  it("holds nobody up for longer than a request takes, and the next one starts anew after the pause", async () => {
    const rig = createRig((count) =>
      count === 1 ? new Promise<Obtained>(() => undefined) : { ok: true, token: "t2", expiresIn: 3_600 },
    );
    void rig.get();
    rig.pass(10_995); // what is left of its time really passes
    const outcome = await rig.get();
    expect(outcome).toMatchObject({ kind: "unavailable", detail: "the token endpoint did not answer" });
    rig.pass(5_000);
    expect(await rig.get()).toEqual(held("t2"));
  });
});
