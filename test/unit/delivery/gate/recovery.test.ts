// A crowd that comes back to a target which answers again: at a measured pace, whenever each of them asks.

import { describe, expect, it } from "vitest";
import { ask, call, enter, mostInWindow, names, openGate, run, T0 } from "./drive.ts";

/** When the breaker of `openGate` lets the first probe through. */
const HALF_OPEN = T0 + 30_000;

/** Fifty a second, and one on either side of it. */
const MOST_IN_A_SECOND = 51;

describe("those who come while a target is tried again", () => {
  // Only those who came during a probe were told different times. All who came between two got the same one.
  it("between two probes are told times of their own", () => {
    const gate = openGate();
    const lease = enter(gate, "probe", HALF_OPEN);
    expect(ask(gate, "first", HALF_OPEN)).toMatchObject({ verdict: "wait", until: HALF_OPEN + 1_000 });
    gate.report([{ id: "probe", outcome: "delivered", lease, ms: 5 }], HALF_OPEN + 5);
    const admissions = names(200).map((id) => ask(gate, id, HALF_OPEN + 10));
    const times = admissions.flatMap((admission) => (admission.verdict === "wait" ? [admission.until] : []));
    expect(times).toHaveLength(200);
    expect(mostInWindow(times, 1_000)).toBeLessThanOrEqual(MOST_IN_A_SECOND);
  });

  it("once it is well enough for sixteen at a time are told times of their own", () => {
    const gate = openGate();
    for (const id of names(3 + 2 + 4 + 8, "fine")) call(gate, id, HALF_OPEN, { ms: 5 });
    expect(gate.state(HALF_OPEN).breaker).toBe("ramping");
    for (const id of names(16, "under way")) enter(gate, id, HALF_OPEN + 1);
    const admissions = names(200).map((id) => ask(gate, id, HALF_OPEN + 2));
    const times = admissions.flatMap((admission) => (admission.verdict === "wait" ? [admission.until] : []));
    expect(times).toHaveLength(200);
    expect(mostInWindow(times, 1_000)).toBeLessThanOrEqual(MOST_IN_A_SECOND);
  });

  it.each([3, 50])("all get through, fifty a second at most, when calls take %d ms", (callMs) => {
    const gate = openGate();
    const arrivals = names(1_000).map((id, index) => ({ id, at: HALF_OPEN + index }));
    const { admitted } = run(gate, { limits: {}, arrivals, callMs });
    expect(new Set(admitted.map(({ id }) => id)).size).toBe(1_000);
    const times = admitted.map(({ at }) => at);
    expect(mostInWindow(times, 1_000)).toBeLessThanOrEqual(MOST_IN_A_SECOND);
  });
});
