// A step of a replay is cut off at each of its awaits, or loses an answer there, or is made twice at once. What follows
// is what follows in production: the cron, the sweeper, the queue. Nothing is lost and no delivery has two rounds.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { brokenD1, createBindings, recordingQueue, workingD1, type TestBindings } from "../faults.ts";
import { createTable, publish } from "../payloads.ts";
import { ASKED_AT, call, deliver, deliveries, everything, plan, replayed, routeAndDeliver, step } from "./stage.ts";
import { startReplay } from "./start.ts";

const COUNT = 3;

beforeEach(startReplay);

afterEach(() => {
  vi.useRealTimers();
});

/** An isolate in which one call to a binding, counted from 1, goes wrong. */
interface Doomed {
  env: TestBindings;
  /** How many calls there were. */
  calls: () => number;
  /** Resolves when the isolate is gone. */
  gone: Promise<string>;
}

/**
 * An isolate that is gone before its `n`th call to a binding (`before`: the call is never made and nothing goes on), or
 * to which the answer of that call is lost (`after`).
 */
async function createDoomed(n: number, fault: "before" | "after"): Promise<Doomed> {
  let calls = 0;
  const { promise: gone, resolve } = Promise.withResolvers<string>();
  const LEDGER = brokenD1({
    when: () => armed && ++calls === n,
    fault: fault === "before" ? "hang" : "after",
    onHang: () => resolve("gone"),
  });
  const DELIVER = recordingQueue(() => (calls === n && fault === "after" ? "after" : undefined));
  const sendBatch = DELIVER.sendBatch.bind(DELIVER);
  DELIVER.sendBatch = async (messages) => {
    calls++;
    if (calls !== n || fault === "after") return sendBatch(messages);
    resolve("gone");
    return new Promise<never>(() => {});
  };
  let armed = false;
  await ensureMigrated(LEDGER);
  armed = true;
  return { env: createBindings({ LEDGER, DELIVER }), calls: () => calls, gone };
}

/** Plans and begins a replay without making a step: its first one ends before it has done anything. */
async function begin(mode: string): Promise<string> {
  const { id } = await plan(everything(mode, { state: ["failed", "delivered"] }));
  const LEDGER = brokenD1({ when: (sql) => sql.includes("ORDER BY s.received_at") });
  await call("POST", `/${id}/run`, undefined, createBindings({ LEDGER }));
  expect(await step(createBindings({ LEDGER }), id, ASKED_AT).catch(() => "failed")).toBe("failed");
  return id;
}

/** What the cron and the queue do after the isolate is gone: until nothing is left to do. */
async function recover(id: string, lost: TestBindings): Promise<{ keys: string[]; rounds: Set<string> }> {
  const keys: string[] = [];
  const rounds = new Set<string>();
  const settle = async (env: TestBindings, now: number) => {
    const messages = replayed(env);
    for (const { sendoutId, copy, round } of messages) rounds.add(`${sendoutId}~${copy}#${round}`);
    const calls = await deliver(messages, 200, now);
    keys.push(...calls.map(({ headers }) => headers["idempotency-key"] ?? ""));
  };
  await settle(lost, ASKED_AT + 5_000);
  for (const minute of [1, 2, 7, 20]) {
    const env = createBindings();
    await runJobs(env, ASKED_AT + minute * 60_000);
    await settle(env, ASKED_AT + minute * 60_000 + 5_000);
  }
  vi.setSystemTime(ASKED_AT + 30 * 60_000);
  expect((await call("GET", `/${id}`)).json).toMatchObject({
    state: "done",
    progress: { selected: COUNT, sent: COUNT, states: { delivered: COUNT }, left: 0, skipped: {} },
  });
  return { keys, rounds };
}

const MODES = ["as then", "as now", "as new"] as const;

describe.each(MODES)("a replay %s", (mode) => {
  it.each(["before", "after"] as const)(
    "survives a step that ends %s any of its calls",
    async (fault) => {
      const ends: (string | undefined)[] = [];
      for (let n = 1; ; n++) {
        await reset();
        vi.setSystemTime(ASKED_AT);
        await publish(createTable(["crm"]));
        await routeAndDeliver(COUNT, 400);
        const id = await begin(mode);
        const doomed = await createDoomed(n, fault);
        const making = step(doomed.env, id, ASKED_AT).catch(() => "threw" as const);
        const end = await Promise.race([making, doomed.gone]);
        const { keys, rounds } = await recover(id, doomed.env);
        // Each delivery was called once, with one key, in one round.
        expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
        expect(keys).toHaveLength(COUNT);
        expect(rounds.size).toBe(COUNT);
        const made = (await deliveries()).filter((row) => row["state"] === "delivered");
        expect(made.map((row) => [row["copy"], row["round"]])).toEqual(
          Array.from({ length: COUNT }, () => (mode === "as new" ? [1, 0] : [0, 1])),
        );
        if (doomed.calls() < n) break;
        ends.push(end);
      }
      // Reading the replay, its page, the sendouts where they are rendered, the transaction, the slow targets, the queue.
      const calls = mode === "as then" ? 5 : 6;
      expect(ends).toHaveLength(calls);
      const told =
        fault === "before" ? Array(calls).fill("gone") : [...Array(calls - 2).fill("threw"), "went_on", "went_on"];
      expect(ends).toEqual(told);
    },
    60_000,
  );

  it("is made once when two make its steps at the same time", async () => {
    await routeAndDeliver(COUNT, 400);
    const id = await begin(mode);
    const isolates = [1, 2, 3, 4].map(() => createBindings());
    const ends = await Promise.all(isolates.map(async (env) => step(env, id, ASKED_AT)));
    expect(ends.filter((end) => end === "went_on")).toHaveLength(1);
    const messages = isolates.flatMap((env) => replayed(env));
    expect(messages).toHaveLength(COUNT);
    const rows = await workingD1().prepare("SELECT copy, round FROM replayed").all();
    expect(rows.results).toEqual(messages.map(({ copy, round }) => ({ copy, round })));
  });
});

/** Bindings whose first transaction is preceded by something else, done by others. */
async function createPreceded(others: () => Promise<unknown>): Promise<TestBindings> {
  const LEDGER = workingD1();
  await ensureMigrated(LEDGER);
  const batch = LEDGER.batch.bind(LEDGER);
  let preceded: Promise<unknown> | undefined;
  LEDGER.batch = async <T>(statements: D1PreparedStatement[]) => {
    preceded ??= others();
    await preceded;
    return batch<T>(statements);
  };
  return createBindings({ LEDGER });
}

describe("a delivery that changes between a step's look at it and its transaction", () => {
  it.each(MODES)("is left to the replay that was faster: %s", async (mode) => {
    await routeAndDeliver(COUNT, 400);
    const [slow, fast] = [await begin(mode), await begin(mode)];
    const other = createBindings();
    const env = await createPreceded(async () => step(other, fast, ASKED_AT));
    expect(await step(env, slow, ASKED_AT)).toBe("went_on");
    expect(replayed(other)).toHaveLength(COUNT);
    expect(replayed(env)).toEqual([]);
    expect((await call("GET", `/${slow}`)).json.progress).toMatchObject({ sent: 0 });
    const rounds = (await deliveries()).map((row) => [row["copy"], row["round"]]);
    const each =
      mode === "as new"
        ? [
            [0, 0],
            [1, 0],
          ]
        : [[0, 1]];
    expect(rounds).toEqual(Array.from({ length: COUNT }, () => each).flat());
  });
});

describe("a stop", () => {
  it("beside a step that was read before it leaves nothing sent", async () => {
    await routeAndDeliver(COUNT, 400);
    const before = await deliveries();
    const id = await begin("as then");
    const env = await createPreceded(async () => call("POST", `/${id}/stop`));
    expect(await step(env, id, ASKED_AT)).toBe("overtaken");
    expect(replayed(env)).toEqual([]);
    expect(await deliveries()).toEqual(before);
  });
});
