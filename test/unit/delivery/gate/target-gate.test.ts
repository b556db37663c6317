import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Admission } from "../../../../src/delivery/gate/admission.ts";
import type { Limits } from "../../../../src/delivery/gate/policy.ts";
import type { TargetGate } from "../../../../src/delivery/gate/target-gate.ts";
import { LEASE_MS, names, T0 } from "./drive.ts";

let accounts = 0;

/** The object of an account that no other test uses. */
function newGate(): DurableObjectStub<TargetGate> {
  return env.TARGET_GATE.getByName(`account-${++accounts}`);
}

async function ask(
  gate: DurableObjectStub<TargetGate>,
  id: string,
  now: number,
  limits: Limits = {},
): Promise<Admission> {
  const { admissions } = await gate.admit([id], limits, LEASE_MS, now);
  const [admission] = admissions;
  if (admission === undefined) throw new Error("the gate gave no answer");
  return admission;
}

/** Has ten calls fail, which opens the breaker. */
async function breakDown(gate: DurableObjectStub<TargetGate>, now: number): Promise<void> {
  const ids = names(10, `failing${now}-`);
  const { admissions } = await gate.admit(ids, {}, LEASE_MS, now);
  expect(admissions.map(({ verdict }) => verdict)).toEqual(ids.map(() => "go"));
  const reports = ids.map((id) => ({ id, outcome: "failed", lease: now + LEASE_MS, ms: 20 }) as const);
  await gate.report(reports, now);
}

/** The rows an object has. */
async function rows(gate: DurableObjectStub<TargetGate>): Promise<[string, unknown][]> {
  return runInDurableObject(gate, (_instance, state) => [...state.storage.kv.list()]);
}

// The first question loads the Worker.
beforeAll(async () => {
  await newGate().state(T0);
}, 60_000);

afterEach(() => {
  vi.useRealTimers();
});

describe("a target's gate as an object", () => {
  it("answers in the order it was asked, and tells the lane", async () => {
    const gate = newGate();
    const answer = await gate.admit(["a", "b"], { concurrency: 1 }, LEASE_MS, T0);
    expect(answer).toEqual({
      admissions: [
        { verdict: "go", lease: T0 + LEASE_MS },
        { verdict: "wait", reason: "busy", until: T0 + 1_000 },
      ],
      lane: "fast",
    });
    expect(await gate.report([{ id: "a", outcome: "delivered", lease: T0 + LEASE_MS, ms: 2_500 }], T0)).toBe("slow");
    expect(await ask(gate, "a", T0)).toEqual({ verdict: "done" });
  });

  it("lets one of 100 simultaneous copies through", async () => {
    const gate = newGate();
    const admissions = await Promise.all(Array.from({ length: 100 }, async () => ask(gate, "same", T0)));
    expect(admissions.filter(({ verdict }) => verdict === "go")).toHaveLength(1);
    expect(admissions.filter(({ verdict }) => verdict === "wait")).toHaveLength(99);
  });

  it("is another for another account", async () => {
    await breakDown(newGate(), T0);
    expect(await ask(newGate(), "a", T0)).toMatchObject({ verdict: "go" });
  });

  it("is still open after it was evicted, and has forgotten what may be forgotten", async () => {
    const gate = newGate();
    await breakDown(gate, T0);
    const before = await gate.state(T0 + 1_000);
    await evictDurableObject(gate);
    expect(await gate.state(T0 + 1_000)).toMatchObject({ breaker: "open", opensAt: before.opensAt, p95Ms: null });
    expect(await ask(gate, "a", T0 + 1_000)).toMatchObject({ verdict: "wait", reason: "breaker_open" });
    expect(await ask(gate, "probe", T0 + 30_000)).toMatchObject({ verdict: "go" });
  });

  it("still waits as the target asked after it was evicted", async () => {
    const gate = newGate();
    const report = { id: "a", outcome: "failed", lease: 0, ms: 20, heldUntil: T0 + 600_000 } as const;
    await gate.report([report], T0);
    await evictDurableObject(gate);
    expect(await ask(gate, "b", T0 + 1)).toEqual({ verdict: "wait", reason: "throttled", until: T0 + 600_000 });
  });

  it("is open again after a reset, also when it is evicted then", async () => {
    const gate = newGate();
    await breakDown(gate, T0);
    await gate.reset();
    expect(await ask(gate, "a", T0)).toMatchObject({ verdict: "go" });
    await evictDurableObject(gate);
    expect(await ask(gate, "b", T0)).toMatchObject({ verdict: "go" });
  });

  it("writes nothing for calls that end well, whatever their number", async () => {
    const gate = newGate();
    const ids = names(500);
    await gate.admit(ids, { perSecond: 1_000, concurrency: 500 }, LEASE_MS, T0);
    const reports = ids.map((id) => ({ id, outcome: "delivered", lease: T0 + LEASE_MS, ms: 20 }) as const);
    await gate.report(reports, T0);
    expect(await rows(gate)).toEqual([]);
  });

  it("writes one row for all transitions", async () => {
    const gate = newGate();
    await breakDown(gate, T0);
    await ask(gate, "probe", T0 + 30_000);
    await gate.report([{ id: "probe", outcome: "failed", lease: T0 + 30_000 + LEASE_MS, ms: 20 }], T0 + 30_000);
    expect(await rows(gate)).toEqual([
      ["gate-1", { breaker: { timesOpened: 2, opensAt: T0 + 90_000 }, heldUntil: 0, windows: {} }],
    ]);
  });

  it("keeps count of an hour's calls when it is evicted, with one row for a busy moment", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const gate = newGate();
    const limits = { perHour: 3 };
    await gate.admit(["a", "b"], limits, LEASE_MS, T0);
    expect(await rows(gate)).toEqual([]);
    // The object's own timer, which only its own context may run.
    await runInDurableObject(gate, () => {
      vi.advanceTimersByTime(2_000);
    });
    expect(await rows(gate)).toHaveLength(1);
    vi.useRealTimers();
    await evictDurableObject(gate);
    expect(await ask(gate, "c", T0 + 60_000, limits)).toMatchObject({ verdict: "go" });
    expect(await ask(gate, "d", T0 + 60_001, limits)).toMatchObject({ verdict: "wait", until: T0 + 3_600_000 });
  });
});
