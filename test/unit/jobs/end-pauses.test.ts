// A pause by hand that has an end: the cron ends it, and what it held goes out, so many a second.

import { reset } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { runJobs } from "../../../src/jobs/cron.ts";
import { endPauses } from "../../../src/ledger/holds.ts";
import { insertPause, listPauses, type Pause } from "../../../src/ledger/pauses.ts";
import { createBindings, downD1, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createDelivery, createTable, publish } from "../payloads.ts";

const MINUTE = 60_000;
const END = SENT_AT + 10 * MINUTE;

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(createTable(["crm", "mail"]));
});

async function pause(fields: Partial<Pause> = {}): Promise<void> {
  const byHand: Pause = {
    subject: "target:crm",
    reason: "by_hand",
    mode: "hold",
    since: SENT_AT,
    until: END,
    note: null,
  };
  const db = workingD1();
  await db.batch(insertPause(db, { ...byHand, ...fields }));
}

/** Deliveries that come while their target is paused. */
async function holdDeliveries(count: number): Promise<void> {
  const messages = Array.from({ length: count }, () => createMessage(createDelivery()));
  await consumeDeliver(createBatch(messages), createBindings(), {
    now: () => SENT_AT,
    random: () => 0.5,
    lane: "fast",
  });
}

it("stands until its time, and is over then, with what it held going out one after the other", async () => {
  await pause();
  await holdDeliveries(3);
  expect(await endPauses(createBindings(), END - 1)).toBe(0);
  expect(await listPauses(workingD1())).toHaveLength(1);
  expect(await rowsOf("deliveries")).toMatchObject([{ state: "held" }, { state: "held" }, { state: "held" }]);

  expect(await endPauses(createBindings(), END)).toBe(3);
  expect(await listPauses(workingD1())).toEqual([]);
  const rows = await rowsOf("deliveries");
  for (const row of rows) expect(row).toMatchObject({ state: "scheduled", reason: "resumed" });
  expect(new Set(rows.map(({ due_at }) => due_at))).toEqual(new Set([END + 50, END + 100, END + 150]));
  expect(await endPauses(createBindings(), END)).toBe(0);
});

it("is ended by the cron, which sends what it held", async () => {
  await pause();
  await holdDeliveries(2);
  const env = createBindings();
  await runJobs(env, END);
  expect(await listPauses(workingD1())).toEqual([]);
  expect(env.DELIVER.messages).toHaveLength(2);
});

it("is ended two a minute, so that a run keeps to its queries", async () => {
  for (const subject of ["target:crm", "target:mail", "route:all"] as const) await pause({ subject });
  await endPauses(createBindings(), END);
  expect(await listPauses(workingD1())).toHaveLength(1);
  await endPauses(createBindings(), END + MINUTE);
  expect(await listPauses(workingD1())).toEqual([]);
});

it.each([
  ["has no end", { until: null }],
  ["nobody made, which is tried again at its time and not ended", { reason: "breaker" as const }],
  ["was given another end meanwhile", { until: END + 1 }],
])("leaves a pause that %s", async (_name, fields) => {
  await pause(fields);
  await holdDeliveries(1);
  expect(await endPauses(createBindings(), END)).toBe(0);
  expect(await listPauses(workingD1())).toHaveLength(1);
  expect(await rowsOf("deliveries")).toMatchObject([{ state: "held" }]);
});

it("is ended in a later minute where D1 is down", async () => {
  await pause();
  await holdDeliveries(1);
  await expect(endPauses({ ...createBindings(), LEDGER: downD1() }, END)).rejects.toThrow();
  expect(await endPauses(createBindings(), END + MINUTE)).toBe(1);
});
