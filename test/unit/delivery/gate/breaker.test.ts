import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ending } from "../../../../src/delivery/gate/admission.ts";
import { FAILURES_IN_A_ROW, PROBES } from "../../../../src/delivery/gate/breaker.ts";
import { createGate, type Gate } from "../../../../src/delivery/gate/gate.ts";
import { GRACE_MS } from "../../../../src/delivery/gate/turns.ts";
import { ask, call, enter, LEASE_MS, names, openGate, T0, Timeline } from "./drive.ts";

const HALF_OPEN = T0 + 30_000;

/** Makes calls that end like this, `everyMs` apart. */
function callAll(gate: Gate, endings: readonly Ending[], everyMs = 0): void {
  for (const [index, outcome] of endings.entries()) call(gate, `x${index}`, T0 + index * everyMs, { outcome });
}

function times(count: number, ...endings: Ending[]): Ending[] {
  return Array.from({ length: count }, () => endings).flat();
}

/** Lets the probes through, which all succeed, at one moment. */
function close(gate: Gate, now: number): void {
  for (const id of names(PROBES, `probe${now}-`)) call(gate, id, now);
}

describe("a closed breaker", () => {
  it.each<[string, Ending[], number, string]>([
    ["10 failures in a row", times(FAILURES_IN_A_ROW, "failed"), 0, "open"],
    ["9 failures in a row", times(FAILURES_IN_A_ROW - 1, "failed"), 0, "closed"],
    ["9 failures, a success and 9 failures", [...times(9, "failed"), "delivered", ...times(9, "failed")], 0, "closed"],
    ["9 failures, a refusal and 9 failures", [...times(9, "failed"), "refused", ...times(9, "failed")], 0, "closed"],
    ["100 refusals", times(100, "refused"), 0, "closed"],
    ["half of 100 failing", times(50, "delivered", "failed"), 0, "open"],
    ["half of 98 failing", times(49, "delivered", "failed"), 0, "closed"],
    ["two of five failing, of 100", times(20, "failed", "delivered", "failed", "delivered", "delivered"), 0, "closed"],
    ["half of 100 failing, over four minutes", times(50, "delivered", "failed"), 2_400, "open"],
    ["half failing, of 90 in any five minutes", times(100, "delivered", "failed"), 3_333, "closed"],
  ])("after %s", (_name, endings, everyMs, standing) => {
    const gate = createGate();
    callAll(gate, endings, everyMs);
    expect(gate.state(T0 + endings.length * everyMs).breaker).toBe(standing);
  });
});

describe("an open breaker", () => {
  it("lets nothing in for 30 s, and has those who wait come back one after the other, ever faster", () => {
    const gate = openGate();
    expect(gate.state(T0)).toMatchObject({ breaker: "open", opensAt: HALF_OPEN });
    const { admissions } = gate.admit(names(300), {}, LEASE_MS, T0);
    const untils = admissions.map((admission) => {
      expect(admission).toMatchObject({ verdict: "wait", reason: "breaker_open" });
      return admission.verdict === "wait" ? admission.until - HALF_OPEN : -1;
    });
    expect(untils.slice(0, 9)).toEqual([0, 2_000, 3_000, 4_000, 4_500, 5_000, 5_500, 6_000, 6_250]);
    expect(untils.slice(-2)).toEqual([untils[298], (untils[298] ?? 0) + 20]);
    expect(ask(gate, "late", HALF_OPEN - 1)).toMatchObject({ verdict: "wait", reason: "breaker_open" });
  });

  it("lets one probe in when its time has come, and no other while that is under way", () => {
    const gate = openGate();
    enter(gate, "probe", HALF_OPEN);
    expect(gate.state(HALF_OPEN).breaker).toBe("half_open");
    const told = { verdict: "wait", reason: "busy", until: HALF_OPEN + 1_000 };
    expect(ask(gate, "a", HALF_OPEN)).toEqual(told);
    expect(ask(gate, "a", HALF_OPEN + 500)).toEqual(told);
    expect(ask(gate, "a", HALF_OPEN + 1_000)).toMatchObject({ verdict: "wait", reason: "busy" });
  });

  it("takes a probe that is never reported as lost when its lease has ended", () => {
    const gate = openGate();
    enter(gate, "probe", HALF_OPEN);
    expect(ask(gate, "a", HALF_OPEN + LEASE_MS - 1)).toMatchObject({ verdict: "wait" });
    enter(gate, "b", HALF_OPEN + 2 * LEASE_MS);
  });

  it("takes a probe for which no call was made as none", () => {
    const gate = openGate();
    const lease = enter(gate, "probe", HALF_OPEN);
    gate.report([{ id: "probe", outcome: "unused", lease }], HALF_OPEN);
    expect(gate.state(HALF_OPEN).breaker).toBe("half_open");
    enter(gate, "another", HALF_OPEN);
  });

  it("opens again after a failed probe, each time for twice as long, up to 15 minutes", () => {
    const gate = openGate();
    const waits = [];
    let now = T0;
    for (let round = 0; round < 8; round++) {
      const opensAt = gate.state(now).opensAt ?? 0;
      waits.push((opensAt - now) / 1_000);
      now = opensAt;
      call(gate, `probe${round}`, now, { outcome: "failed" });
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it("learns nothing from calls that were made before it opened", () => {
    const gate = createGate();
    const leases = names(6, "slow").map((id) => ({ id, lease: enter(gate, id, T0) }));
    for (const id of names(10, "failing")) call(gate, id, T0, { outcome: "failed" });
    const late = leases.map(({ id, lease }) => ({ id, lease, outcome: "delivered", ms: 40_000 }) as const);
    gate.report(late.slice(0, 1), T0 + 1_000);
    expect(gate.state(T0 + 1_000).breaker).toBe("open");
    expect(gate.state(HALF_OPEN).breaker).toBe("half_open");
    gate.report(late.slice(1), HALF_OPEN);
    expect(gate.state(HALF_OPEN).breaker).toBe("half_open");
    expect(ask(gate, "slow1", HALF_OPEN)).toEqual({ verdict: "done" });
  });

  it("opens at once when a person says so, and forgets all turns", () => {
    const limited = createGate();
    enter(limited, "a", T0, { perSecond: 1 });
    for (const id of ["b", "c"]) ask(limited, id, T0, { perSecond: 1 });
    limited.reset();
    expect(ask(limited, "early", T0 + 999, { perSecond: 1 })).toMatchObject({ verdict: "wait", until: T0 + 1_000 });
    limited.reset();
    enter(limited, "new", T0 + 1_000, { perSecond: 1 });

    const gate = openGate();
    ask(gate, "a", T0);
    gate.reset();
    expect(gate.state(T0)).toMatchObject({ breaker: "closed", waiting: 0 });
    enter(gate, "a", T0);
  });
});

describe("a breaker that closes", () => {
  it("does so after three successful probes, then allows 2, 4, 8 … calls at the same time", () => {
    const gate = openGate();
    close(gate, HALF_OPEN);
    expect(gate.state(HALF_OPEN).breaker).toBe("ramping");
    const widths = [];
    for (let round = 0; round < 6; round++) {
      const { admissions } = gate.admit(names(100, `r${round}-`), {}, LEASE_MS, HALF_OPEN + round * 600_000);
      const going = admissions.flatMap((admission, index) =>
        admission.verdict === "go" ? [{ id: `r${round}-${index}`, lease: admission.lease }] : [],
      );
      widths.push(going.length);
      const reports = going.map((one) => ({ ...one, outcome: "delivered", ms: 1 }) as const);
      gate.report(reports, HALF_OPEN + round * 600_000);
    }
    expect(widths).toEqual([2, 4, 8, 16, 32, 64]);
    expect(gate.state(HALF_OPEN + 3_600_000).breaker).toBe("closed");
  });

  it("stays open longer when it opens again before that is over, and as at first after it", () => {
    const gate = openGate();
    close(gate, HALF_OPEN);
    for (const id of names(10, "again")) call(gate, id, HALF_OPEN, { outcome: "failed" });
    expect(gate.state(HALF_OPEN).opensAt).toBe(HALF_OPEN + 60_000);
    close(gate, HALF_OPEN + 60_000);
    for (const id of names(126, "fine")) call(gate, id, HALF_OPEN + 60_000);
    for (const id of names(10, "new")) call(gate, id, HALF_OPEN + 60_000, { outcome: "failed" });
    expect(gate.state(HALF_OPEN + 60_000).opensAt).toBe(HALF_OPEN + 90_000);
  });

  it("does not count again what failed before it opened", () => {
    const gate = openGate();
    close(gate, HALF_OPEN);
    for (const [index, id] of names(12, "mixed").entries()) {
      call(gate, id, HALF_OPEN, { outcome: index % 2 === 0 ? "failed" : "delivered" });
    }
    expect(gate.state(HALF_OPEN).breaker).toBe("ramping");
  });

  it("is remembered as open, half-open or ramping by the gate that continues", () => {
    const open = createGate(openGate().save());
    expect(open.state(T0)).toMatchObject({ breaker: "open", opensAt: HALF_OPEN });
    call(open, "probe", HALF_OPEN, { outcome: "failed" });
    const again = createGate(open.save());
    expect(again.state(HALF_OPEN).opensAt).toBe(HALF_OPEN + 60_000);
    close(again, HALF_OPEN + 60_000);
    expect(createGate(again.save()).state(HALF_OPEN + 60_000).breaker).toBe("ramping");
  });
});

/** More often than this nobody asks who gets through at all. */
const ASKS_MAX = 200_000;

/** A target that is down from T0 for so long, and a crowd that wants to reach it all the time. */
function outage({ ms, crowd, lateMs }: { ms: number; crowd: number; lateMs: (asked: number) => number }) {
  const gate = openGate();
  const waiting = new Timeline<string>();
  for (const id of names(crowd)) waiting.add(T0, id);
  const calls: { at: number; id: string; probe: boolean }[] = [];
  let asks = 0;
  for (let next = waiting.take(); next !== undefined; next = waiting.take()) {
    const { at: now, item: id } = next;
    const probe = gate.state(now).breaker === "half_open";
    const admission = ask(gate, id, now);
    if (++asks > ASKS_MAX) throw new Error("they ask without end");
    if (admission.verdict === "wait") waiting.add(admission.until + lateMs(asks), id);
    if (admission.verdict !== "go") continue;
    calls.push({ at: now, id, probe });
    const isUp = now >= T0 + ms;
    gate.report([{ id, outcome: isUp ? "delivered" : "failed", lease: admission.lease, ms: 10 }], now);
    if (!isUp) waiting.add(now + 1_000, id);
  }
  return { calls, asks, ended: calls.at(-1)?.at ?? 0 };
}

describe("a target that is down for a day", () => {
  it("is called by probes only, and then gets everything in order and over time", () => {
    const DAY_MS = 86_400_000;
    const { calls, asks, ended } = outage({ ms: DAY_MS, crowd: 1_000, lateMs: () => 0 });
    const during = calls.filter(({ at }) => at < T0 + DAY_MS);
    const after = calls.filter(({ at }) => at >= T0 + DAY_MS);
    expect(during.every(({ probe }) => probe)).toBe(true);
    // 31 minutes of doubling, then every 15 minutes.
    expect(during.length).toBeLessThan(105);
    expect(after).toHaveLength(1_000);
    const perSecond = Map.groupBy(after, ({ at }) => Math.floor(at / 1_000));
    const busiest = Math.max(...[...perSecond.values()].map((inSecond) => inSecond.length));
    expect(busiest).toBeLessThanOrEqual(51);
    console.log(
      `a day's outage, 1,000 waiting: ${during.length} calls while down, ${(asks / 1_000).toFixed(1)} questions each, ` +
        `all delivered ${((ended - T0 - DAY_MS) / 60_000).toFixed(1)} min after it was back, ${busiest} a second at most`,
    );
  });

  // Who is later than the grace loses the turn. One that is so each second time can wait for ever behind others like it.
  it("is called by probes only, however late those who wait come back within their grace", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60_000, max: 7_200_000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: GRACE_MS - 1_000 }), { minLength: 1, maxLength: 20 }),
        (ms, crowd, lates) => {
          const { calls } = outage({ ms, crowd, lateMs: (asked) => lates[asked % lates.length] ?? 0 });
          expect(calls.filter(({ at, probe }) => at < T0 + ms && !probe)).toEqual([]);
          expect(new Set(calls.map(({ id }) => id)).size).toBe(crowd);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("a pause the target asks for", () => {
  it("holds everybody until then, and has them come back over time", () => {
    const gate = createGate();
    call(gate, "a", T0, { outcome: "failed", heldUntil: T0 + 120_000 });
    expect(gate.state(T0)).toMatchObject({ breaker: "closed", heldUntil: T0 + 120_000 });
    const { admissions } = gate.admit(["b", "c"], {}, LEASE_MS, T0 + 1);
    expect(admissions).toEqual(
      [120_000, 122_000].map((ms) => ({ verdict: "wait", reason: "throttled", until: T0 + ms })),
    );
    enter(gate, "b", T0 + 120_000);
    expect(gate.state(T0 + 120_000).heldUntil).toBeNull();
  });

  it("is the longest of those asked for, and never over 12 hours", () => {
    const gate = createGate();
    call(gate, "a", T0, { outcome: "failed", heldUntil: T0 + 60_000 });
    const second = createGate();
    call(second, "a", T0, { outcome: "failed", heldUntil: T0 + 30 * 86_400_000 });
    expect(gate.state(T0).heldUntil).toBe(T0 + 60_000);
    expect(second.state(T0).heldUntil).toBe(T0 + 43_200_000);
  });

  it("outlasts a breaker that would half-open before, and is outlasted by one that opens after", () => {
    const gate = openGate();
    expect(ask(gate, "a", T0)).toMatchObject({ reason: "breaker_open" });
    const held = createGate();
    for (const id of names(9, "failing")) call(held, id, T0, { outcome: "failed" });
    call(held, "last", T0, { outcome: "failed", heldUntil: T0 + 45_000 });
    expect(ask(held, "a", T0)).toEqual({ verdict: "wait", reason: "throttled", until: T0 + 45_000 });
    enter(held, "probe", T0 + 45_000);
    expect(held.state(T0 + 45_000).breaker).toBe("half_open");
  });

  it("moves the turn of one who comes before it", () => {
    const gate = createGate();
    const lease = enter(gate, "a", T0, { perSecond: 1 });
    ask(gate, "b", T0, { perSecond: 1 });
    gate.report([{ id: "a", outcome: "failed", lease, ms: 5, heldUntil: T0 + 60_000 }], T0);
    expect(ask(gate, "b", T0 + 500, { perSecond: 1 })).toMatchObject({ until: T0 + 60_000 });
  });
});

describe("a quota the target names", () => {
  it("lets in what is left, less what is under way, and the rest when it is renewed", () => {
    const gate = createGate();
    enter(gate, "under way", T0);
    call(gate, "a", T0, { quota: { remaining: 3, until: T0 + 10_000 } });
    enter(gate, "b", T0 + 1);
    enter(gate, "c", T0 + 2);
    expect(ask(gate, "d", T0 + 3)).toEqual({ verdict: "wait", reason: "throttled", until: T0 + 10_000 });
    enter(gate, "d", T0 + 10_000);
    enter(gate, "e", T0 + 10_001);
  });

  it("holds everybody when nothing is left", () => {
    const gate = createGate();
    call(gate, "a", T0, { quota: { remaining: 0, until: T0 + 5_000 } });
    expect(gate.state(T0).heldUntil).toBe(T0 + 5_000);
  });

  it("is not raised by an answer that was given earlier and arrives later", () => {
    const gate = createGate();
    call(gate, "a", T0, { quota: { remaining: 1, until: T0 + 10_000 } });
    const lease = enter(gate, "b", T0);
    gate.report([{ id: "b", outcome: "delivered", lease, ms: 9, quota: { remaining: 5, until: T0 + 9_500 } }], T0);
    expect(ask(gate, "c", T0)).toMatchObject({ verdict: "wait" });
  });

  it("ends with its time, and the next begins anew", () => {
    const gate = createGate();
    call(gate, "a", T0, { quota: { remaining: 1, until: T0 + 1_000 } });
    const lease = enter(gate, "b", T0);
    gate.report(
      [{ id: "b", outcome: "delivered", lease, ms: 9, quota: { remaining: 5, until: T0 + 2_000 } }],
      T0 + 1_000,
    );
    enter(gate, "c", T0 + 1_000);
  });

  it("that has passed already says nothing", () => {
    const gate = createGate();
    call(gate, "a", T0, { quota: { remaining: 0, until: T0 } });
    enter(gate, "b", T0);
  });
});
