import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGate } from "../../../../src/delivery/gate/gate.ts";
import type { Limits } from "../../../../src/delivery/gate/policy.ts";
import { GRACE_MS, NO_SHOWS_MAX, RESERVED_MAX } from "../../../../src/delivery/gate/turns.ts";
import { ask, call, enter, LEASE_MS, mostInWindow, names, run, T0 } from "./drive.ts";

describe("a rate limit", () => {
  it("lets through what one window takes, and tells the next when there is room, each a little later", () => {
    const gate = createGate();
    const { admissions } = gate.admit(names(13), { perSecond: 10 }, LEASE_MS, T0);
    expect(admissions.slice(0, 10)).toEqual(names(10).map(() => ({ verdict: "go", lease: T0 + LEASE_MS })));
    expect(admissions.slice(10)).toEqual(
      [1_000, 1_100, 1_200].map((ms) => ({ verdict: "wait", reason: "throttled", until: T0 + ms })),
    );
  });

  it("of 10 a second has 1,000 waiting come back once each, in their order, none early and all in 100 s", () => {
    const arrivals = names(1_000).map((id) => ({ id, at: T0 }));
    const { admitted, asked, firstTurns } = run(createGate(), { limits: { perSecond: 10 }, arrivals });
    expect(admitted.map(({ id }) => id)).toEqual(names(1_000));
    expect(
      mostInWindow(
        admitted.map(({ at }) => at),
        1_000,
      ),
    ).toBe(10);
    expect(Math.max(...asked.values())).toBe(2);
    expect(admitted.slice(10).map(({ id, at }) => at - (firstTurns.get(id) ?? 0))).toEqual(names(990).map(() => 0));
    expect((admitted.at(-1)?.at ?? 0) - T0).toBeLessThanOrEqual(100_000);
  });

  it.each<[string, Limits]>([
    ["7 a second, which is no whole number of milliseconds apart", { perSecond: 7 }],
    ["600 a second, which is less than two apart", { perSecond: 600 }],
    ["20 a minute", { perMinute: 20 }],
    ["300 an hour", { perHour: 300 }],
  ])("of %s has everybody come back once", (_name, limits) => {
    const arrivals = names(700).map((id) => ({ id, at: T0 }));
    const { asked } = run(createGate(), { limits, arrivals });
    expect(Math.max(...asked.values())).toBeLessThanOrEqual(2);
  });

  it("tells one who comes early the same turn again, and keeps it", () => {
    const gate = createGate();
    const limits = { perSecond: 1 };
    enter(gate, "a", T0, limits);
    const told = { verdict: "wait", reason: "throttled", until: T0 + 1_000 };
    expect(ask(gate, "b", T0, limits)).toEqual(told);
    expect(ask(gate, "b", T0 + 400, limits)).toEqual(told);
    expect(ask(gate, "c", T0 + 999, limits)).toMatchObject({ until: T0 + 2_000 });
    enter(gate, "b", T0 + 1_000, limits);
    enter(gate, "c", T0 + 2_000, limits);
  });

  it("puts a newcomer behind those who wait, even when there is room at this moment", () => {
    const gate = createGate();
    const limits = { perSecond: 1 };
    enter(gate, "a", T0, limits);
    ask(gate, "b", T0, limits);
    ask(gate, "c", T0, limits);
    expect(ask(gate, "new", T0 + 1_000, limits)).toMatchObject({ verdict: "wait", until: T0 + 3_000 });
    enter(gate, "b", T0 + 1_000, limits);
  });

  it("lets one in who comes late, as soon as there is room, before those who come later", () => {
    const gate = createGate();
    const limits = { perSecond: 1 };
    enter(gate, "a", T0, limits);
    for (const id of ["b", "c", "d"]) ask(gate, id, T0, limits);
    enter(gate, "c", T0 + 2_000, limits);
    expect(ask(gate, "b", T0 + 2_100, limits)).toMatchObject({ verdict: "wait", until: T0 + 3_000 });
    expect(ask(gate, "d", T0 + 3_000, limits)).toMatchObject({ verdict: "wait", until: T0 + 4_000 });
    enter(gate, "b", T0 + 3_000, limits);
    enter(gate, "d", T0 + 4_000, limits);
  });

  it("forgets the turn of one who does not come within the time of grace", () => {
    const gate = createGate();
    const limits = { perSecond: 1 };
    enter(gate, "a", T0, limits);
    ask(gate, "gone", T0, limits);
    expect(gate.state(T0 + 1_000 + GRACE_MS).waiting).toBe(1);
    enter(gate, "b", T0 + 1_001 + GRACE_MS, limits);
    expect(gate.state(T0 + 1_001 + GRACE_MS).waiting).toBe(0);
  });

  it("gives up all turns when so many in a row did not come", () => {
    const gate = createGate();
    const limits = { perMinute: 1 };
    enter(gate, "a", T0, limits);
    for (const id of names(100, "gone")) ask(gate, id, T0, limits);
    const noticed = T0 + NO_SHOWS_MAX * 60_000 + GRACE_MS;
    expect(ask(gate, "early", noticed, limits)).toMatchObject({ verdict: "wait", until: T0 + 101 * 60_000 });
    expect(ask(gate, "new", noticed + 1, limits)).toMatchObject({ verdict: "go" });
  });

  it("keeps the turns of others when somebody came between those who did not", () => {
    const gate = createGate();
    const limits = { perMinute: 1 };
    enter(gate, "a", T0, limits);
    for (const id of [...names(15, "gone"), "here", ...names(25, "later")]) ask(gate, id, T0, limits);
    enter(gate, "here", T0 + 16 * 60_000, limits);
    expect(ask(gate, "new", T0 + 28 * 60_000, limits)).toMatchObject({ verdict: "wait", until: T0 + 42 * 60_000 });
  });

  it("hands on the turn of one who is said not to come", () => {
    const gate = createGate();
    const limits = { perHour: 1 };
    enter(gate, "a", T0, limits);
    for (const id of ["b", "c", "d"]) ask(gate, id, T0, limits);
    gate.report([{ id: "b", outcome: "unused", lease: 0 }], T0);
    expect(ask(gate, "new", T0, limits)).toMatchObject({ until: T0 + 3_600_000 });
    expect(ask(gate, "newer", T0, limits)).toMatchObject({ until: T0 + 4 * 3_600_000 });
  });

  it("holds all limits together", () => {
    const limits = { perSecond: 5, perMinute: 30, perHour: 100 };
    const arrivals = names(250).map((id, index) => ({ id, at: T0 + index * 7 }));
    const { admitted } = run(createGate(), { limits, arrivals });
    const times = admitted.map(({ at }) => at);
    expect(mostInWindow(times, 1_000)).toBe(5);
    expect(mostInWindow(times, 60_000)).toBe(30);
    expect(mostInWindow(times, 3_600_000)).toBe(100);
  });

  it.each<[number, string]>([
    [8, "wait"],
    [9, "go"],
  ])("counts 8 calls already made when the limit changes from 20 to %i a minute", (perMinute, verdict) => {
    const gate = createGate();
    for (const id of names(8)) enter(gate, id, T0, { perMinute: 20 });
    expect(ask(gate, "next", T0 + 1, { perMinute })).toMatchObject({ verdict });
    expect(ask(gate, "last", T0 + 2, { perMinute })).toMatchObject({ verdict: "wait" });
  });

  it("counts calls that were counted in groups one by one when the limit changes", () => {
    const gate = createGate();
    gate.admit(names(101, "before"), { perHour: 250 }, LEASE_MS, T0);
    const { admissions } = gate.admit(names(300), { perHour: 300 }, LEASE_MS, T0 + 1);
    expect(admissions.filter(({ verdict }) => verdict === "go")).toHaveLength(199);
  });

  it("keeps 20,000 turns, and tells those beyond a time without keeping it", () => {
    const gate = createGate();
    const limits = { perSecond: 1_000 };
    const { admissions } = gate.admit(names(1_000 + RESERVED_MAX + 500), limits, LEASE_MS, T0);
    expect(gate.state(T0).waiting).toBe(RESERVED_MAX);
    const beyond = admissions.slice(-500).map((admission) => (admission.verdict === "wait" ? admission.until : 0));
    expect(beyond[0]).toBeGreaterThan(T0 + 20_000);
    expect(new Set(beyond).size).toBe(500);
  });

  it("answers 10,000 who wait, and lets them all in later, in well under a second", () => {
    const gate = createGate();
    const began = performance.now();
    const arrivals = names(10_000).map((id) => ({ id, at: T0 }));
    const { admitted } = run(gate, { limits: { perSecond: 10, perHour: 100_000 }, arrivals });
    const tookMs = performance.now() - began;
    expect(admitted).toHaveLength(10_000);
    console.log(`10,000 waiting, all let in: ${tookMs.toFixed(0)} ms`);
    // Something quadratic takes a minute here.
    expect(tookMs).toBeLessThan(5_000);
  });
});

const limitsArbitrary = fc
  .record(
    {
      perSecond: fc.integer({ min: 1, max: 300 }),
      perMinute: fc.integer({ min: 1, max: 300 }),
      perHour: fc.integer({ min: 1, max: 300 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: [] },
  )
  .map((limits): Limits => limits);

describe("any crowd under any limits", () => {
  it("never has more calls in a window than allowed, nor under way, and everybody is let in", () => {
    fc.assert(
      fc.property(
        limitsArbitrary,
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 400, size: "max" }),
        fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 3_000 }),
        (limits, arrivesMs, latesMs, callMs) => {
          const arrivals = arrivesMs.map((ms, index) => ({ id: `d${index}`, at: T0 + ms }));
          const lateMs = (id: string) => latesMs[Number(id.slice(1)) % latesMs.length] ?? 0;
          const { admitted, mostUnderWay } = run(createGate(), { limits, arrivals, lateMs, callMs });
          const times = admitted.map(({ at }) => at);
          expect(new Set(admitted.map(({ id }) => id)).size).toBe(arrivals.length);
          expect(mostInWindow(times, 1_000)).toBeLessThanOrEqual(limits.perSecond ?? arrivals.length);
          expect(mostInWindow(times, 60_000)).toBeLessThanOrEqual(limits.perMinute ?? arrivals.length);
          expect(mostInWindow(times, 3_600_000)).toBeLessThanOrEqual(limits.perHour ?? arrivals.length);
          expect(mostUnderWay).toBeLessThanOrEqual(limits.concurrency ?? arrivals.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps its limits and its leases whatever is asked and reported, early, late, twice or never", () => {
    const outcome = fc.constantFrom("delivered", "refused", "failed", "unused", "lost", "late", "twice");
    const step = fc.record({
      id: fc.integer({ min: 0, max: 30 }),
      afterMs: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 40_000 })),
      outcome,
    });
    fc.assert(
      fc.property(
        limitsArbitrary,
        fc.array(step, { minLength: 1, maxLength: 300, size: "max" }),
        fc.integer({ min: 1, max: 30_000 }),
        (limits, steps, leaseMs) => {
          const gate = createGate();
          const admitted: number[] = [];
          const leases = new Map<string, number>();
          let now = T0;
          let latest = T0;
          for (const { id: number, afterMs, outcome: ending } of steps) {
            now += afterMs;
            latest = Math.max(latest, now);
            const id = `d${number}`;
            const before = leases.get(id);
            const [admission] = gate.admit([id], limits, leaseMs, now).admissions;
            if (admission?.verdict !== "go") continue;
            expect(before === undefined || before <= latest).toBe(true);
            admitted.push(latest);
            leases.set(id, admission.lease);
            const underWay = [...leases.values()].filter((until) => until > latest).length;
            expect(underWay).toBeLessThanOrEqual(limits.concurrency ?? underWay);
            if (ending === "lost") continue;
            const kind = ending === "late" || ending === "twice" ? "failed" : ending;
            const report = { id, outcome: kind, lease: admission.lease, ms: 10 };
            if (ending === "late") gate.report([{ ...report, lease: before ?? 0 }], now);
            else {
              gate.report(ending === "twice" ? [report, report] : [report], now);
              leases.delete(id);
            }
          }
          expect(mostInWindow(admitted, 1_000)).toBeLessThanOrEqual(limits.perSecond ?? admitted.length);
          expect(mostInWindow(admitted, 60_000)).toBeLessThanOrEqual(limits.perMinute ?? admitted.length);
          expect(mostInWindow(admitted, 3_600_000)).toBeLessThanOrEqual(limits.perHour ?? admitted.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("lets those who come when told in, in the order of their turns", () => {
    fc.assert(
      fc.property(
        fc.record({ perSecond: fc.integer({ min: 1, max: 20 }) }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 400, size: "max" }),
        (limits, arrivesMs) => {
          const arrivals = arrivesMs.map((ms, index) => ({ id: `d${index}`, at: T0 + ms }));
          const { admitted, asked, firstTurns } = run(createGate(), { limits, arrivals });
          for (const { id, at } of admitted) expect(at).toBe(firstTurns.get(id) ?? at);
          expect(Math.max(...asked.values())).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a limit on calls under way", () => {
  it("lets no more in than may be under way, and the next when one has ended", () => {
    const gate = createGate();
    const limits = { concurrency: 2 };
    const lease = enter(gate, "a", T0, limits);
    enter(gate, "b", T0, limits);
    const told = ask(gate, "c", T0, limits);
    expect(told).toEqual({ verdict: "wait", reason: "busy", until: T0 + 500 });
    gate.report([{ id: "a", outcome: "delivered", lease, ms: 500 }], T0 + 500);
    enter(gate, "c", T0 + 500, limits);
    expect(gate.state(T0 + 500).inFlight).toBe(2);
  });

  it("spreads those who wait by how fast places become free", () => {
    const gate = createGate();
    for (const id of names(50, "before")) call(gate, id, T0, { ms: 400 });
    const { admissions } = gate.admit(names(6), { concurrency: 2 }, LEASE_MS, T0);
    expect(admissions.slice(2)).toEqual(
      [200, 400, 600, 800].map((ms) => ({ verdict: "wait", reason: "busy", until: T0 + ms })),
    );
  });

  it("takes a call whose lease has ended as over", () => {
    const gate = createGate();
    enter(gate, "lost", T0, { concurrency: 1 });
    expect(ask(gate, "b", T0 + LEASE_MS - 1, { concurrency: 1 })).toMatchObject({ verdict: "wait" });
    enter(gate, "c", T0 + LEASE_MS + 2_000, { concurrency: 1 });
  });
});
