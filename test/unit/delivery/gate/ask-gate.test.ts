import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  askGate,
  GATE_BUDGET_MS,
  GATE_PAUSE_MS,
  tellGate,
  type GateBindings,
} from "../../../../src/delivery/gate/ask-gate.ts";
import type { TargetGate } from "../../../../src/delivery/gate/target-gate.ts";
import { LEASE_MS, names, T0 } from "./drive.ts";

type Fault = "fails" | "hangs" | undefined;

/** Real objects behind a fresh binding, which fail as long as `fault` says so. `asked` has each account asked. */
function bindings(fault: (account: string) => Fault): { TARGET_GATE: GateNamespace; asked: string[] } {
  const asked: string[] = [];
  const getByName = (account: string) => {
    asked.push(account);
    const real = env.TARGET_GATE.getByName(account);
    return {
      admit: async (...args: Parameters<TargetGate["admit"]>) => (await failing(fault(account))) ?? real.admit(...args),
      report: async (...args: Parameters<TargetGate["report"]>) =>
        (await failing(fault(account))) ?? real.report(...args),
    };
  };
  // A namespace with what is used of it here.
  return { TARGET_GATE: { getByName } as unknown as GateNamespace, asked };
}

type GateNamespace = DurableObjectNamespace<TargetGate>;

async function failing(fault: Fault): Promise<undefined> {
  if (fault === "fails") throw new Error("Durable Object reset because its code was updated.");
  return fault === "hangs" ? new Promise<never>(() => {}) : undefined;
}

/** Lets the time pass that an object is given, once it has been asked. */
async function outlast<T>(work: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(GATE_BUDGET_MS);
  return work;
}

let accounts = 0;
let logged: string[];

function newAccount(): string {
  return `asked-${++accounts}`;
}

// The first question loads the Worker, which needs timers of its own.
beforeAll(async () => {
  await env.TARGET_GATE.getByName("first").state(T0);
}, 60_000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  logged = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void logged.push(line));
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("askGate and tellGate", () => {
  it("ask and tell the account's object", async () => {
    const account = newAccount();
    const one = bindings(() => undefined);
    const other = bindings(() => undefined);
    expect(await askGate(one, account, ["a"], {}, LEASE_MS, T0)).toEqual({
      admissions: [{ verdict: "go", lease: T0 + LEASE_MS }],
      lane: "fast",
      local: false,
    });
    const { admissions } = await askGate(other, account, ["a"], {}, LEASE_MS, T0);
    expect(admissions).toEqual([{ verdict: "wait", reason: "in_flight", until: T0 + LEASE_MS }]);
    const report = { id: "a", outcome: "delivered", lease: T0 + LEASE_MS, ms: 3_000 } as const;
    expect(await tellGate(one, account, [report], T0)).toBe("slow");
    expect(await askGate(other, account, ["a"], {}, LEASE_MS, T0)).toMatchObject({ admissions: [{ verdict: "done" }] });
    expect(logged).toEqual([]);
  });

  it.each<["fails" | "hangs", string]>([
    ["fails", "Durable Object reset because its code was updated."],
    ["hangs", "the gate took longer than its budget"],
  ])("go on with a gate of their own when the object %s, and say so once", async (fault, error) => {
    const account = newAccount();
    const isolate = bindings(() => fault);
    const answer = await outlast(askGate(isolate, account, names(5), { perSecond: 3 }, LEASE_MS, T0));
    expect(answer.local).toBe(true);
    expect(answer.admissions.map(({ verdict }) => verdict)).toEqual(["go", "go", "go", "wait", "wait"]);
    const reports = names(3).map((id) => ({ id, outcome: "delivered", lease: T0 + LEASE_MS, ms: 3_000 }) as const);
    expect(await outlast(tellGate(isolate, account, reports, T0 + GATE_PAUSE_MS))).toBe("slow");
    const later = await outlast(askGate(isolate, account, names(2), {}, LEASE_MS, T0 + 2 * GATE_PAUSE_MS));
    expect(later).toEqual({ admissions: [{ verdict: "done" }, { verdict: "done" }], lane: "slow", local: true });
    expect(isolate.asked).toHaveLength(3);
    expect(logged.map((line) => JSON.parse(line) as unknown)).toEqual([{ event: "gate_unreachable", account, error }]);
  });

  it("do not wait for an object again that did not answer a moment ago, and come back to it", async () => {
    const account = newAccount();
    let fault: Fault = "hangs";
    const isolate = bindings(() => fault);
    await outlast(askGate(isolate, account, ["a"], {}, LEASE_MS, T0));
    await tellGate(isolate, account, [], T0 + 1);
    await askGate(isolate, account, ["b"], {}, LEASE_MS, T0 + GATE_PAUSE_MS - 1);
    expect(isolate.asked).toEqual([account]);
    fault = undefined;
    expect(await askGate(isolate, account, ["c"], {}, LEASE_MS, T0 + GATE_PAUSE_MS)).toMatchObject({ local: false });
    fault = "fails";
    await askGate(isolate, account, ["d"], {}, LEASE_MS, T0 + GATE_PAUSE_MS + 1);
    expect(logged).toHaveLength(2);
  });

  it("have a breaker of their own while the object does not answer", async () => {
    const account = newAccount();
    const isolate = bindings(() => "fails");
    await askGate(isolate, account, names(10), {}, LEASE_MS, T0);
    const reports = names(10).map((id) => ({ id, outcome: "failed", lease: T0 + LEASE_MS, ms: 20 }) as const);
    await tellGate(isolate, account, reports, T0);
    const { admissions } = await askGate(isolate, account, ["next"], {}, LEASE_MS, T0 + 1);
    expect(admissions).toEqual([{ verdict: "wait", reason: "breaker_open", until: T0 + 30_000 }]);
  });

  it("ask the objects of many targets side by side: one that hangs holds up no other", async () => {
    const [hanging = "", ...well] = Array.from({ length: 20 }, newAccount);
    const isolate = bindings((account) => (account === hanging ? "hangs" : undefined));
    const [first, ...others] = [hanging, ...well].map(async (account) =>
      askGate(isolate, account, ["a"], {}, LEASE_MS, T0),
    );
    expect(isolate.asked).toHaveLength(20);
    const answers = await Promise.all(others);
    expect(answers.map(({ local }) => local)).toEqual(well.map(() => false));
    expect(answers.every(({ admissions }) => admissions[0]?.verdict === "go")).toBe(true);
    expect(await outlast(Promise.resolve(first))).toMatchObject({ local: true, admissions: [{ verdict: "go" }] });
  });

  it("keep to the limits in each isolate where there are no objects at all, without a word", async () => {
    const isolate: GateBindings = {};
    const { local, admissions } = await askGate(isolate, "any", names(2), { concurrency: 1 }, LEASE_MS, T0);
    expect({ local, verdicts: admissions.map(({ verdict }) => verdict) }).toEqual({
      local: true,
      verdicts: ["go", "wait"],
    });
    const other = await askGate({}, "any", ["d0"], { concurrency: 1 }, LEASE_MS, T0);
    expect(other.admissions).toMatchObject([{ verdict: "go" }]);
    expect(await tellGate(isolate, "never asked", [], T0)).toBeUndefined();
    expect(logged).toEqual([]);
  });

  it("forget the local gate that was made first, of more than 500", async () => {
    const isolate: GateBindings = {};
    for (const account of names(501)) await askGate(isolate, account, ["a"], {}, LEASE_MS, T0);
    const [first, second] = await Promise.all(
      ["d0", "d2"].map(async (account) => askGate(isolate, account, ["a"], {}, LEASE_MS, T0)),
    );
    expect(first?.admissions).toMatchObject([{ verdict: "go" }]);
    expect(second?.admissions).toMatchObject([{ verdict: "wait", reason: "in_flight" }]);
  });
});
