// A target that stops answering, refuses our token, or is gone: nothing is called any more, everything is held, and one
// probe or one person lets it all go again.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { probeTargets, sweepDue } from "../../../src/jobs/sweep.ts";
import { discard, resume } from "../../../src/ledger/holds.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { insertPause, listPauses, type Pause } from "../../../src/ledger/pauses.ts";
import { mockTarget } from "../delivery/target.ts";
import { createBindings, downD1, failingQueue, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, offerAgain, SENT_AT, type Fate } from "../messages.ts";
import { createDelivery, createTable, publish } from "../payloads.ts";
import { replayed } from "../replay/stage.ts";

const MINUTE = 60_000;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(createTable(["crm", "mail"]));
});

async function consume(env: TestBindings, bodies: readonly unknown[], now: number): Promise<Fate[]> {
  const messages = bodies.map((body) => createMessage(body));
  await consumeDeliver(createBatch(messages), env, { now: () => now, random: () => 0.5, lane: "fast" });
  return fatesOf(messages).flat();
}

function deliveries(count: number): ReturnType<typeof createDelivery>[] {
  return Array.from({ length: count }, () => createDelivery());
}

/** What was sent to the queue since the last time this was asked. */
function taken(env: TestBindings): unknown[] {
  return env.DELIVER.messages.splice(0);
}

/** How many deliveries there are of each state and reason. */
async function tally(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state, reason } of await rowsOf("deliveries")) {
    const key = `${String(state)} ${String(reason)}`.replace(" null", "");
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function pauseNow(): Promise<Pause | undefined> {
  return (await listPauses(workingD1()))[0];
}

/** Ten failures, and two deliveries that are held after them; when the target is tried next. */
async function breakDown(env: TestBindings): Promise<number> {
  mockTarget(503);
  await consume(env, deliveries(10), SENT_AT);
  await consume(env, deliveries(2), SENT_AT + 1_000);
  return (await pauseNow())?.until ?? Number.NaN;
}

describe("a target that does not answer", () => {
  it("is not called after ten failures; what comes then is held at no cost", async () => {
    const env = createBindings();
    const calls = mockTarget(503);
    await consume(env, deliveries(10), SENT_AT);
    expect(calls).toHaveLength(10);
    expect(await consume(env, deliveries(2), SENT_AT + 1_000)).toEqual(["ack", "ack"]);
    // Another isolate, which has seen nothing of it, goes by the ledger.
    expect(await consume(createBindings(), deliveries(3), SENT_AT + 2_000)).toEqual(["ack", "ack", "ack"]);
    expect(calls).toHaveLength(10);
    expect(await tally()).toEqual({ "scheduled target_unavailable": 10, "held breaker_open": 5 });
    expect(await listPauses(workingD1())).toMatchObject([
      { subject: "target:crm", reason: "breaker", mode: "hold", since: SENT_AT + 1_000 },
    ]);
    const held = (await rowsOf("deliveries")).filter(({ state }) => state === "held");
    expect(held.map((row) => [row["attempts_made"], row["due_at"], row["sweep_at"]])).toEqual(
      held.map(() => [0, null, null]),
    );
  });

  it("does not hold up another target", async () => {
    const env = createBindings();
    await breakDown(env);
    const calls = mockTarget(200);
    await consume(env, [createDelivery({ target: "mail" })], SENT_AT + 2_000);
    expect(calls).toHaveLength(1);
  });

  it("is tried with one delivery when its time has come, not before", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await probeTargets(env, until - 1);
    expect(taken(env)).toEqual([]);
    await probeTargets(env, until);
    expect(taken(env)).toMatchObject([{ target: "crm", probe: true, trigger: "automatic" }]);
    expect(await pauseNow()).toMatchObject({ reason: "breaker", until: until + MINUTE });
    await probeTargets(env, until + MINUTE - 1);
    expect(taken(env)).toEqual([]);
  });

  it("that answers the probe gets everything else", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await probeTargets(env, until);
    const calls = mockTarget(200);
    await consume(env, taken(env), until);
    expect(calls).toHaveLength(1);
    expect(await tally()).toEqual({ "scheduled target_unavailable": 10, delivered: 1, "scheduled resumed": 1 });
    expect(await pauseNow()).toBeUndefined();
    await sweepDue(env, until + 1_000);
    expect(await consume(createBindings(), taken(env), until + 1_000)).toEqual(["ack"]);
    expect(await tally()).toEqual({ "scheduled target_unavailable": 10, delivered: 2 });
  });

  it("that answers the probe is not taken for silent again while its gate lets one after the other through", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await consume(env, deliveries(20), SENT_AT + 2_000);
    await probeTargets(env, until);
    mockTarget(200);
    await consume(env, taken(env), until);
    await sweepDue(env, until);
    let waiting = taken(env).map((body) => createMessage(body));
    expect(waiting).toHaveLength(21);
    for (let at = until + 1_000; waiting.length > 0 && at < until + 60_000; at += 2_000) {
      await consumeDeliver(createBatch(waiting), env, { now: () => at, random: () => 0.5, lane: "fast" });
      expect(await pauseNow()).toBeUndefined();
      waiting = waiting.filter(({ fates }) => fates[0] !== "ack").map(offerAgain);
    }
    expect(await tally()).toEqual({ "scheduled target_unavailable": 10, delivered: 22 });
  });

  it("that refuses the probe answers, too", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await probeTargets(env, until);
    mockTarget(400);
    await consume(env, taken(env), until);
    expect(await tally()).toMatchObject({ "failed target_rejected": 1, "scheduled resumed": 1 });
    expect(await pauseNow()).toBeUndefined();
  });

  it("that fails the probe stays paused, and is tried ever less often", async () => {
    const env = createBindings();
    let until = await breakDown(env);
    const since = SENT_AT + 1_000;
    mockTarget(503);
    await consume(env, deliveries(60), SENT_AT + 2_000);
    const gaps: number[] = [];
    for (let probes = 0; probes < 12; probes++) {
      await probeTargets(env, until);
      await consume(createBindings(), taken(env), until);
      const next = (await pauseNow())?.until ?? Number.NaN;
      gaps.push(next - until);
      expect(next - until).toBe(Math.round(Math.min(Math.max((until - since) / 2, MINUTE), 15 * MINUTE)));
      until = next;
    }
    expect(gaps.at(-1)).toBe(15 * MINUTE);
    expect(await pauseNow()).toMatchObject({ reason: "breaker", since });
    expect(await tally()).toMatchObject({ "scheduled target_unavailable": 22, "held breaker_open": 50 });
  });

  it("whose probe is lost is tried with the same delivery again", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await expect(probeTargets({ ...env, DELIVER: failingQueue() }, until)).rejects.toThrow("Queue sendBatch failed");
    await probeTargets(env, until + MINUTE);
    expect(taken(env)).toHaveLength(1);
    expect(await tally()).toMatchObject({ "held breaker_open": 2 });
  });

  it("for which nothing waits any more is paused no more", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await discard({ LEDGER: workingD1() }, "target:crm", until - 1);
    await probeTargets(env, until);
    expect(taken(env)).toEqual([]);
    expect(await pauseNow()).toBeUndefined();
  });

  it("and is gone from the table has its deliveries given up, one after the other", async () => {
    const env = createBindings();
    let until = await breakDown(env);
    await publish(createTable(["mail"]));
    for (; (await pauseNow()) !== undefined; until += 2 * MINUTE) await probeTargets(env, until);
    expect(taken(env)).toEqual([]);
    expect(await tally()).toMatchObject({ "cancelled target_gone_from_table": 2 });
  });

  it("that a person has paused meanwhile stays paused, though the probe succeeds", async () => {
    const env = createBindings();
    const until = await breakDown(env);
    await probeTargets(env, until);
    const byHand = {
      subject: "target:crm",
      reason: "by_hand",
      mode: "hold",
      since: until,
      until: null,
      note: null,
    } as const;
    mockTarget(async () => {
      const db = workingD1();
      await db.batch(insertPause(db, byHand));
      return new Response("ok");
    });
    await consume(env, taken(env), until);
    expect(await listPauses(workingD1())).toEqual([byHand]);
    expect(await tally()).toEqual({ "scheduled target_unavailable": 10, delivered: 1, "held breaker_open": 1 });
    await probeTargets(env, until + 60 * MINUTE);
    expect(taken(env)).toEqual([]);
    expect(await resume({ LEDGER: workingD1() }, "target:crm", until + MINUTE, 10)).toBe(1);
  });
});

describe("a target that refuses our credentials", () => {
  it.each([401, 403])("with %d is paused and everything held, until somebody resumes it", async (status) => {
    const env = createBindings();
    const calls = mockTarget(status);
    expect(await consume(env, deliveries(1), SENT_AT)).toEqual(["ack"]);
    expect(await listPauses(workingD1())).toEqual([
      {
        subject: "target:crm",
        reason: "credentials",
        mode: "hold",
        since: SENT_AT,
        until: null,
        note: `it answered with status ${status}`,
      },
    ]);
    await consume(env, deliveries(2), SENT_AT + 1_000);
    expect(calls).toHaveLength(1);
    expect(await tally()).toEqual({ "held target_credentials": 1, "held target_paused": 2 });
    await probeTargets(env, SENT_AT + 60 * MINUTE);
    expect(taken(env)).toEqual([]);

    mockTarget(200);
    expect(await resume({ LEDGER: workingD1() }, "target:crm", SENT_AT + MINUTE, 20)).toBe(3);
    await sweepDue(env, SENT_AT + MINUTE);
    await consume(env, taken(env), SENT_AT + MINUTE + 1_000);
    expect(await tally()).toEqual({ delivered: 3 });
    const made = (await rowsOf("deliveries")).map((row) => Number(row["attempts_made"]));
    expect(made.toSorted((a, b) => a - b)).toEqual([1, 1, 2]);
  });

  it("while D1 is down is paused as soon as that is up", async () => {
    const env = createBindings({ LEDGER: downD1() });
    mockTarget(401);
    expect(await consume(env, deliveries(1), SENT_AT)).toEqual(["ack"]);
    await consumeLate(createBatch(env.LATE.messages.map((body) => createMessage(body))), createBindings());
    expect(await pauseNow()).toMatchObject({ subject: "target:crm", reason: "credentials" });
    expect(await tally()).toEqual({ "held target_credentials": 1 });
  });
});

describe("an address that is gone", () => {
  it("pauses its route, not its target", async () => {
    const env = createBindings();
    mockTarget(410);
    await consume(env, deliveries(1), SENT_AT);
    expect(await pauseNow()).toMatchObject({
      subject: "route:all",
      reason: "gone",
      note: "it answered with status 410",
    });
    const calls = mockTarget(200);
    await consume(env, [createDelivery(), createDelivery({ route: "tiers" })], SENT_AT + 1_000);
    expect(calls).toHaveLength(1);
    expect(await tally()).toEqual({ "failed target_gone": 1, "held route_paused": 1, delivered: 1 });
    expect(await resume({ LEDGER: workingD1() }, "route:all", SENT_AT + 2_000, 20)).toBe(1);
    await sweepDue(env, SENT_AT + 3_000);
    await consume(env, replayed(env), SENT_AT + 4_000);
    expect(await tally()).toEqual({ "failed target_gone": 1, delivered: 2 });
  });
});
