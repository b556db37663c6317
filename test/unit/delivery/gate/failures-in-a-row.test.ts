// Calls are not told in the order in which they end: a success is told at once, a failure when it has been written down.

import { describe, expect, it } from "vitest";
import type { Ending } from "../../../../src/delivery/gate/admission.ts";
import { createGate, type Gate } from "../../../../src/delivery/gate/gate.ts";
import { call, enter, names, T0 } from "./drive.ts";

describe("failures that are told after successes that ended between them", () => {
  /** Twelve failures and as many successes, the successes told first, as a batch tells them. */
  function tellSuccessesFirst(successEndsAt: (index: number) => number): Gate {
    const gate = createGate();
    const ids = names(24);
    const leases = ids.map((id) => ({ id, lease: enter(gate, id, T0) }));
    const reportOf = (outcome: Ending, endsAt: (index: number) => number) =>
      leases.splice(0, 12).map((one, index) => ({ ...one, outcome, ms: 5, endedAt: endsAt(index) }));
    gate.report(reportOf("delivered", successEndsAt), T0 + 1_000);
    gate.report(
      reportOf("failed", (index) => T0 + 10 * index + 5),
      T0 + 1_030,
    );
    return gate;
  }

  it("are not failures in a row", () => {
    const gate = tellSuccessesFirst((index) => T0 + 10 * index);
    expect(gate.state(T0 + 1_030).breaker).toBe("closed");
  });

  it("are, where all of them ended later", () => {
    const gate = tellSuccessesFirst((index) => T0 - 10 * index);
    expect(gate.state(T0 + 1_030).breaker).toBe("open");
  });

  it("are, where the success that is told between them ended before them", () => {
    const gate = createGate();
    const leases = names(10).map((id) => ({ id, lease: enter(gate, id, T0), ms: 5 }));
    const [success, ...failures] = leases;
    if (success === undefined) throw new Error("there are ten");
    gate.report(
      failures.map((one) => ({ ...one, outcome: "failed", endedAt: T0 + 5 })),
      T0 + 6,
    );
    gate.report([{ ...success, outcome: "delivered", endedAt: T0 + 4 }], T0 + 7);
    call(gate, "last", T0 + 8, { outcome: "failed" });
    expect(gate.state(T0 + 8).breaker).toBe("open");
  });
});
