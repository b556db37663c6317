import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { createGate, DELIVERED_MAX } from "../../../../src/delivery/gate/gate.ts";
import { LimitsSchema } from "../../../../src/delivery/gate/policy.ts";
import { ask, call, enter, LEASE_MS, names, T0 } from "./drive.ts";

describe("two copies of a delivery", () => {
  it("are let in one at a time: the second waits until the first is reported or its lease ends", () => {
    const gate = createGate();
    const lease = enter(gate, "a", T0);
    expect(lease).toBe(T0 + LEASE_MS);
    const inFlight = { verdict: "wait", reason: "in_flight", until: lease };
    expect(ask(gate, "a", T0)).toEqual(inFlight);
    expect(ask(gate, "a", lease - 1)).toEqual(inFlight);
    expect(ask(gate, "a", lease)).toEqual({ verdict: "go", lease: lease + LEASE_MS });
  });

  it("are told apart in one question too", () => {
    const { admissions } = createGate().admit(["a", "a", "b"], {}, LEASE_MS, T0);
    expect(admissions.map(({ verdict }) => verdict)).toEqual(["go", "wait", "go"]);
  });

  it.each<["refused" | "failed", string]>([
    ["refused", "go"],
    ["failed", "go"],
  ])("may both be called when the first was %s", (outcome, verdict) => {
    const gate = createGate();
    call(gate, "a", T0, { outcome });
    expect(ask(gate, "a", T0)).toMatchObject({ verdict });
  });

  it("are done when one was delivered, even if its lease had ended or the report comes twice", () => {
    const gate = createGate();
    const lease = enter(gate, "a", T0);
    const report = { id: "a", outcome: "delivered", lease, ms: 70_000 } as const;
    gate.report([report, report], lease + 10_000);
    expect(ask(gate, "a", lease + 10_000)).toEqual({ verdict: "done" });
  });

  it("keep their own leases: a late report of the first does not end the second's", () => {
    const gate = createGate();
    const first = enter(gate, "a", T0);
    enter(gate, "a", first + 5);
    gate.report([{ id: "a", outcome: "failed", lease: first, ms: 60_005 }], first + 6);
    expect(ask(gate, "a", first + 7)).toMatchObject({ verdict: "wait", reason: "in_flight" });
    expect(gate.state(first + 7).inFlight).toBe(1);
  });

  it("are recognised among the last 5,000 delivered, and no longer after that", () => {
    const gate = createGate();
    for (const id of names(DELIVERED_MAX + 1)) call(gate, id, T0);
    expect(ask(gate, "d1", T0)).toEqual({ verdict: "done" });
    expect(ask(gate, "d0", T0)).toMatchObject({ verdict: "go" });
  });
});

describe("a gate's clock", () => {
  it("stands still when a caller's goes back", () => {
    const gate = createGate();
    enter(gate, "a", T0, { perSecond: 1 });
    expect(ask(gate, "b", T0 - 60_000, { perSecond: 1 })).toMatchObject({ verdict: "wait", until: T0 + 1_000 });
  });
});

describe("a target's lane", () => {
  it("is fast while nothing is known of it", () => {
    const gate = createGate();
    expect(gate.state(T0)).toMatchObject({ lane: "fast", p95Ms: null });
    expect(gate.admit(["a"], {}, LEASE_MS, T0).lane).toBe("fast");
  });

  it.each<[string, number[], string]>([
    ["50 quick calls", Array(50).fill(2_000), "fast"],
    ["2 slow calls among 50", [...Array(48).fill(100), 2_001, 2_001], "fast"],
    ["3 slow calls among 50", [...Array(47).fill(100), 2_001, 2_001, 2_001], "slow"],
    ["3 slow calls, then 49 quick ones", [2_001, 2_001, 2_001, ...Array(49).fill(100)], "slow"],
    ["3 slow calls, then 50 quick ones", [2_001, 2_001, 2_001, ...Array(50).fill(100)], "fast"],
    ["slow calls with 49 quick ones between", [2_001, ...Array(49).fill(100), 2_001, ...Array(49).fill(100)], "slow"],
    ["a first call that is slow", [2_001], "slow"],
  ])("after %s", (_name, durations, lane) => {
    const gate = createGate();
    for (const [index, ms] of durations.entries()) call(gate, `d${index}`, T0, { ms });
    expect(gate.state(T0).lane).toBe(lane);
  });

  it("is slow as soon as a call has been under way for over 2 s, whoever asks, and stays so until 50 are quick", () => {
    const gate = createGate();
    for (const id of names(30, "before")) call(gate, id, T0);
    const lease = enter(gate, "hanging", T0);
    enter(gate, "other", T0 + 1_000);
    expect(gate.state(T0 + 2_000).lane).toBe("fast");
    expect(gate.admit(["a"], {}, LEASE_MS, T0 + 2_001).lane).toBe("slow");
    gate.report([{ id: "hanging", outcome: "delivered", lease, ms: 1_900 }], T0 + 2_002);
    gate.report([{ id: "other", outcome: "unused", lease: T0 + 1_000 + LEASE_MS }], T0 + 2_002);
    for (const id of names(48, "quick")) call(gate, id, T0 + 2_002);
    expect(gate.state(T0 + 2_002).lane).toBe("slow");
    expect(gate.report([{ id: "a", outcome: "delivered", lease: T0 + 2_001 + LEASE_MS, ms: 1 }], T0 + 2_002)).toBe(
      "fast",
    );
  });
});

describe("what a gate has to save", () => {
  it("is nothing as long as nothing happens that must not be forgotten", () => {
    const gate = createGate();
    for (const id of names(100)) call(gate, id, T0, {}, { perSecond: 200, concurrency: 5 });
    gate.report([{ id: "unknown", outcome: "failed", lease: 1, ms: 5 }], T0);
    expect(gate.unsaved).toBe("nothing");
  });

  it("is each transition once", () => {
    const gate = createGate();
    call(gate, "a", T0, { outcome: "failed", heldUntil: T0 + 60_000 });
    expect(gate.unsaved).toBe("transition");
    expect(gate.save()).toMatchObject({ heldUntil: T0 + 60_000 });
    call(gate, "b", T0 + 60_000, { outcome: "failed", heldUntil: T0 + 60_500 });
    expect(gate.unsaved).toBe("nothing");
    for (const id of names(8)) call(gate, id, T0 + 60_500, { outcome: "failed" });
    expect(gate.unsaved).toBe("transition");
    expect(gate.save()).toMatchObject({ breaker: { opensAt: T0 + 90_500 } });
    expect(gate.unsaved).toBe("nothing");
  });

  it.each([7, 30, 128, 250, 1_000, 60_000])("are the calls counted under a limit of %i an hour", (perHour) => {
    for (const before of [0, 1, 6, Math.floor(perHour / 2), perHour]) {
      const gate = createGate();
      gate.admit(names(before, "before"), { perHour }, LEASE_MS, T0);
      expect(gate.unsaved).toBe(before === 0 ? "nothing" : "calls");
      const next = createGate(structuredClone(gate.save()));
      expect(gate.unsaved).toBe("nothing");
      const { admissions } = next.admit(names(perHour + 1), { perHour }, LEASE_MS, T0 + 1_000);
      expect(before + admissions.filter(({ verdict }) => verdict === "go").length).toBe(perHour);
    }
  });

  it("keeps what it continues from, also when it is never asked about a limit again", () => {
    const gate = createGate();
    enter(gate, "a", T0, { perHour: 1 });
    const next = createGate(createGate(gate.save()).save());
    expect(ask(next, "b", T0 + 1, { perHour: 1 })).toMatchObject({ verdict: "wait", until: T0 + 3_600_000 });
  });
});

describe("LimitsSchema", () => {
  it.each<[string, unknown, boolean]>([
    ["no limits", {}, true],
    ["all of them", { perSecond: 10, perMinute: 100, perHour: 1_000, concurrency: 5 }, true],
    ["the highest", { perSecond: 1_000, perMinute: 60_000, perHour: 1_000_000, concurrency: 1_000 }, true],
    ["none a second", { perSecond: 0 }, false],
    ["half a call a minute", { perMinute: 0.5 }, false],
    ["too many an hour", { perHour: 1_000_001 }, false],
    ["text", { concurrency: "5" }, false],
    ["a limit it does not know", { perDay: 5 }, false],
  ])("takes or refuses %s", (_name, limits, accepted) => {
    expect(v.safeParse(LimitsSchema, limits).success).toBe(accepted);
  });
});
