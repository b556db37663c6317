// The net under everything that can be lost between two durable places: what is due is sent again with the policy of
// today, what nothing came of comes back, and neither D1 nor a queue that fails takes anything out of it.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { sweepDue } from "../../../src/jobs/sweep.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { noteLane } from "../../../src/ledger/pauses.ts";
import { brokenD1, createBindings, downD1, failingQueue, recordingQueue, workingD1 } from "../faults.ts";
import { lateEntries, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { deliver, replayed, route, textOf } from "../replay/stage.ts";
import { delayingQueue, recordDelivery } from "./due.ts";

const NOW = SENT_AT + 3_600_000;
const MINUTE = 60_000;
const LEASE_MS = 10 * MINUTE;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(createTable(["crm", "mail"]));
});

async function sweepAts(): Promise<unknown[]> {
  return (await rowsOf("deliveries")).map((row) => row["sweep_at"]);
}

describe("a delivery that is due", () => {
  it("has come through as many Signalboxes as before, so that a loop ends by this way too", async () => {
    await recordDelivery({ sweepAt: NOW, hops: 2 });
    await recordDelivery({ sweepAt: NOW });
    const env = createBindings();
    await sweepDue(env, NOW);
    const counts = env.DELIVER.messages.map((message) => (message as DeliverMessage).hops);
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 2]);
  });

  it.each([
    ["resumed", "resume"],
    ["released", "resume"],
    ["replayed", "replay"],
    ["target_unavailable", "automatic"],
  ])("because it was %s is logged as %s", async (reason, trigger) => {
    await recordDelivery({ sweepAt: NOW, reason });
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(env.DELIVER.messages).toMatchObject([{ trigger }]);
  });

  it("is sent with its bytes and the policy of today, and is leased", async () => {
    const due = await recordDelivery({ copy: 2, round: 1, attemptsMade: 3, attemptsBefore: 2, sweepAt: NOW });
    const table = createTable(["crm", "mail"]);
    await publish({
      ...table,
      targets: { ...table.targets, crm: { ...table.targets["crm"], retry: [77], timeoutMs: 4_000 } },
    });
    const env = createBindings();
    expect(await sweepDue(env, NOW)).toEqual({ sent: 1, cancelled: 0 });
    expect(env.DELIVER.messages).toEqual([
      {
        v: 1,
        kind: "deliver",
        sendoutId: due.sendoutId,
        target: "crm",
        copy: 2,
        route: "all",
        round: 1,
        attemptsBefore: 2,
        trigger: "automatic",
        hops: 0,
        tableVersion: 2,
        auth: { type: "bearer", secret: "CRM_TOKEN" },
        retry: [77],
        timeoutMs: 4_000,
        content: due.content,
      },
    ]);
    expect(await sweepAts()).toEqual([NOW + LEASE_MS]);
  });

  it("is sent once, and again when nothing was heard of it until its lease ran out", async () => {
    await recordDelivery({ sweepAt: NOW });
    expect(await sweepDue(createBindings(), NOW)).toMatchObject({ sent: 1 });
    expect(await sweepDue(createBindings(), NOW + MINUTE)).toMatchObject({ sent: 0 });
    expect(await sweepDue(createBindings(), NOW + LEASE_MS)).toMatchObject({ sent: 1 });
  });

  it("is not swept any more once its outcome is written", async () => {
    await recordDelivery({ sweepAt: NOW });
    const env = createBindings();
    await sweepDue(env, NOW);
    const calls = await deliver(replayed(env), 200, NOW);
    expect(calls).toHaveLength(1);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", attempts_made: 2, sweep_at: null }]);
    expect(await sweepDue(createBindings(), NOW + 24 * LEASE_MS)).toEqual({ sent: 0, cancelled: 0 });
  });

  it.each([
    ["before its time is kept back by the queue", { sweepAt: NOW + 30_000, dueAt: NOW + 30_000 }, [30]],
    ["within the minute to the next run is taken", { sweepAt: NOW + MINUTE, dueAt: NOW + MINUTE }, [60]],
    ["is never sent early by a part of a second", { sweepAt: NOW + 1, dueAt: NOW + 1 }, [1]],
    ["after that is left to the next run", { sweepAt: NOW + MINUTE + 1, dueAt: NOW + MINUTE + 1 }, []],
    ["and was lost by its queue goes at once", { sweepAt: NOW, dueAt: NOW - 5 * MINUTE }, [0]],
    ["and has no time of its own goes at once", { sweepAt: NOW, dueAt: null }, [0]],
    ["for a person is not taken", { sweepAt: null, dueAt: null }, []],
  ])("%s", async (_name, times, delays) => {
    await recordDelivery(times);
    const DELIVER = delayingQueue();
    await sweepDue(createBindings({ DELIVER }), NOW);
    expect(DELIVER.delays).toEqual(delays);
  });

  it("and was held goes on where it was", async () => {
    await recordDelivery({ state: "held", reason: "throttled", sweepAt: NOW, dueAt: NOW });
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(await deliver(replayed(env), 200, NOW)).toHaveLength(1);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered" }]);
  });

  it("goes through the queue of its target's lane", async () => {
    await recordDelivery({ target: "crm", sweepAt: NOW });
    await recordDelivery({ target: "mail", sweepAt: NOW });
    await noteLane(workingD1(), "mail", "slow", SENT_AT);
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(env.DELIVER.messages).toMatchObject([{ target: "crm" }]);
    expect(env.SLOW.messages).toMatchObject([{ target: "mail" }]);
  });

  it("expires by the age of its sendout, under the rule of today", async () => {
    const [message] = await route(1);
    const [sendout] = await rowsOf("sendouts");
    const { sendoutId = "" } = message ?? {};
    await recordDelivery({ sendoutId, sweepAt: NOW });
    const table = createTable(["crm"]);
    await publish({ ...table, targets: { crm: { ...table.targets["crm"], maxAgeSeconds: 900 } } });
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(env.DELIVER.messages).toMatchObject([{ expiresAt: Number(sendout?.["occurred_at"]) + 900_000 }]);
    expect(await deliver(replayed(env), 200, NOW)).toEqual([]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "expired", reason: "too_old" }]);
  });

  it("is taken with 119 others, each once, the most overdue first", async () => {
    for (let index = 0; index < 120; index++) await recordDelivery({ sweepAt: NOW - index });
    const order = (await rowsOf("deliveries")).toSorted((a, b) => Number(a["sweep_at"]) - Number(b["sweep_at"]));
    const env = createBindings();
    expect(await sweepDue(env, NOW)).toEqual({ sent: 120, cancelled: 0 });
    const sent = replayed(env).map(({ sendoutId }) => sendoutId);
    expect(new Set(sent).size).toBe(120);
    expect(new Set(sent.slice(0, 50))).toEqual(new Set(order.slice(0, 50).map((row) => row["sendout_id"])));
  });
});

describe("a delivery that cannot be sent", () => {
  it.each([
    ["because its target is not in the table any more", { target: "gone" }, "target_gone_from_table"],
    ["because it was never rendered", { request: "" }, "delivery_unrenderable"],
  ])("%s is cancelled, and its neighbour is sent", async (_name, delivery, reason) => {
    const cancelled = await recordDelivery({ ...delivery, sweepAt: NOW });
    await recordDelivery({ target: "mail", sweepAt: NOW });
    const env = createBindings();
    expect(await sweepDue(env, NOW)).toEqual({ sent: 1, cancelled: 1 });
    expect(env.DELIVER.messages).toMatchObject([{ target: "mail" }]);
    const row = (await rowsOf("deliveries")).find(({ sendout_id }) => sendout_id === cancelled.sendoutId);
    expect(row).toMatchObject({ state: "cancelled", reason, due_at: null, sweep_at: null, attempts_made: 1 });
  });

  it("is cancelled late when D1 does not take that", async () => {
    const { sendoutId } = await recordDelivery({ target: "gone", sweepAt: NOW });
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("INSERT INTO deliveries") }) });
    expect(await sweepDue(env, NOW)).toEqual({ sent: 0, cancelled: 1 });
    expect(await lateEntries(env.LATE)).toMatchObject([{ outcome: { sendoutId, state: "cancelled" } }]);
    await consumeLate(createBatch(env.LATE.messages.map((body) => createMessage(body))), createBindings());
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "cancelled" }]);
  });
});

describe("when something fails in the middle", () => {
  const lost = { fault: "after" as const };

  it.each([
    ["D1 is down", { LEDGER: downD1() }, NOW],
    ["D1 does not answer what it took", { LEDGER: brokenD1({ ...lost, when: isTaking }) }, NOW + LEASE_MS],
    [
      "D1 does not say when sendouts happened",
      { LEDGER: brokenD1({ when: (sql) => sql.includes("occurred_at") }) },
      NOW + LEASE_MS,
    ],
    [
      "D1 does not say which targets are slow",
      { LEDGER: brokenD1({ when: (sql) => sql.includes("FROM slow_") }) },
      NOW + LEASE_MS,
    ],
    [
      "D1 has no table to offer",
      { LEDGER: brokenD1({ when: (sql) => sql.includes("document FROM") }) },
      NOW + LEASE_MS,
    ],
    ["the queue refuses", { DELIVER: failingQueue() }, NOW + LEASE_MS],
  ])("because %s, nothing is lost: it is sent by then", async (_name, overrides, again) => {
    const { sendoutId } = await recordDelivery({ sweepAt: NOW });
    const broken = createBindings(overrides);
    await expect(sweepDue(broken, NOW)).rejects.toThrow(/./);
    expect(broken.DELIVER.messages).toEqual([]);
    const env = createBindings();
    await sweepDue(env, again - MINUTE - 1);
    expect(env.DELIVER.messages).toEqual([]);
    expect(await sweepDue(env, again)).toMatchObject({ sent: 1 });
    expect(env.DELIVER.messages).toMatchObject([{ sendoutId }]);
  });

  it("because the queue takes it and does not say so, the second message is called by nobody", async () => {
    await recordDelivery({ sweepAt: NOW });
    const first = createBindings({ DELIVER: recordingQueue(() => "after") });
    await expect(sweepDue(first, NOW)).rejects.toThrow("Queue sendBatch failed");
    expect(await deliver(replayed(first), 200, NOW)).toHaveLength(1);
    expect(await sweepDue(createBindings(), NOW + LEASE_MS)).toMatchObject({ sent: 0 });
    expect(await deliver(replayed(first), 200, NOW + LEASE_MS)).toEqual([]);
  });

  it("because one queue of two refuses, both come back and one is recognised", async () => {
    await recordDelivery({ target: "crm", sweepAt: NOW });
    await recordDelivery({ target: "mail", sweepAt: NOW });
    await noteLane(workingD1(), "mail", "slow", SENT_AT);
    const first = createBindings({ SLOW: failingQueue() });
    await expect(sweepDue(first, NOW)).rejects.toThrow("Queue sendBatch failed");
    const second = createBindings();
    await sweepDue(second, NOW + LEASE_MS);
    const messages: DeliverMessage[] = [...replayed(first), ...replayed(second)];
    expect(messages).toHaveLength(3);
    expect(await deliver(messages, 200, NOW + LEASE_MS)).toHaveLength(2);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered" }, { state: "delivered" }]);
  });
});

describe("a request", () => {
  it("that had to be stored is sent as its claim", async () => {
    await recordDelivery({ request: "claim:clm_1:200000", sweepAt: NOW });
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(env.DELIVER.messages).toMatchObject([{ content: { as: "claim", id: "clm_1", size: 200_000 } }]);
  });

  it("is the same bytes every time it is swept", async () => {
    const [message] = await route(1);
    await deliver(message === undefined ? [] : [message], 503, SENT_AT + 2_000);
    const texts: string[] = [await textOf(message?.content)];
    for (const at of [NOW, NOW + LEASE_MS]) {
      const env = createBindings();
      await sweepDue(env, at);
      for (const { target, content } of replayed(env))
        if (target === message?.target) texts.push(await textOf(content));
    }
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });
});

function isTaking(sql: string): boolean {
  return sql.includes("RETURNING");
}
