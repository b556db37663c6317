// What stops in the middle of a replay from quarantine is made good by the cron, and no target sees anything twice.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepOrder } from "../../../src/jobs/keep-order.ts";
import { sweepDue, sweepOrphans } from "../../../src/jobs/sweep.ts";
import { mockTarget } from "../delivery/target.ts";
import { brokenD1, createBindings, failingQueue, recordingQueue, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { publish } from "../payloads.ts";
import { callAdmin } from "./call-admin.ts";
import { BROKEN, deliver, receive, startWithTable, TABLE, WHOLE } from "./quarantined.ts";

beforeEach(startWithTable);

afterEach(() => {
  vi.useRealTimers();
});

/** Whether a statement is the one that takes something out of quarantine. */
function isTakenOut(sql: string): boolean {
  return sql.includes("UPDATE sendouts SET discarded_at = NULL");
}

describe("what stops in the middle of a replay", () => {
  const fix = { body: JSON.stringify(WHOLE) };

  /** When the sendout is old enough for its deliveries to have been lost. */
  const LATER = SENT_AT + 11 * 60_000;

  /** What the cron does then; returns its bindings. */
  async function sweep(now: number): Promise<TestBindings> {
    const env = createBindings();
    await sweepOrphans(env, now);
    await sweepDue(env, now);
    return env;
  }

  it.each(["before", "after"] as const)("the queue, %s it took the delivery, is made good", async (fault) => {
    const [id = ""] = await receive(BROKEN);
    const calls = mockTarget(200);
    const env = createBindings({ DELIVER: recordingQueue((call) => (call === 1 ? fault : undefined)) });
    expect(await callAdmin(`POST /quarantine/${id}/replay`, { body: fix, env })).toMatchObject({
      status: 200,
      json: { state: "routed", planned: [{ target: "crm" }] },
    });
    await deliver(env);
    expect(calls).toHaveLength(fault === "before" ? 0 : 1);
    await deliver(await sweep(LATER), LATER);
    expect(calls.map(({ headers }) => headers["idempotency-key"])).toEqual([`${id}.crm`]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered" }]);
  });

  it("an ordered delivery without its row is made good in its turn", async () => {
    await publish({ ...TABLE, routes: [{ id: "all", events: ["*"], to: ["crm"], order: { by: "customer.id" } }] });
    const [id = ""] = await receive(BROKEN);
    const calls = mockTarget(200);
    const when = (sql: string): boolean => sql.includes("INTO deliveries");
    const env = createBindings({ LEDGER: brokenD1({ when }), LATE: failingQueue() });
    expect(await callAdmin(`POST /quarantine/${id}/replay`, { body: fix, env })).toMatchObject({ status: 200 });
    expect(await rowsOf("deliveries")).toEqual([]);
    const cron = await sweep(LATER);
    await keepOrder(cron, LATER);
    await deliver(cron, LATER);
    expect(calls).toHaveLength(1);
  });

  it("D1 before the row was written leaves it as it was, and sends nothing", async () => {
    const [id = ""] = await receive(BROKEN);
    const before = await rowsOf("sendouts");
    const crashed = createBindings({ LEDGER: brokenD1({ when: isTakenOut }) });
    expect(await callAdmin(`POST /quarantine/${id}/replay`, { body: fix, env: crashed })).toMatchObject({
      status: 503,
    });
    expect(crashed.DELIVER.messages).toEqual([]);
    expect(await rowsOf("sendouts")).toEqual(before);
    expect(await rowsOf("repeats")).toEqual([]);
    expect(await callAdmin(`POST /quarantine/${id}/replay`, { body: fix })).toMatchObject({ status: 200 });
  });

  it("D1 after the row was written is made good", async () => {
    const [id = ""] = await receive(BROKEN);
    const calls = mockTarget(200);
    const crashed = createBindings({ LEDGER: brokenD1({ when: isTakenOut, fault: "after" }) });
    expect(await callAdmin(`POST /quarantine/${id}/replay`, { body: fix, env: crashed })).toMatchObject({
      status: 503,
    });
    expect(crashed.DELIVER.messages).toEqual([]);
    await deliver(await sweep(LATER), LATER);
    expect(calls.map(({ body }) => body)).toEqual(['{"code":"AUTUMN-15"}']);
    expect((await callAdmin(`GET /quarantine/${id}?reveal=true`)).json).toMatchObject({
      state: "routed",
      original: { content: BROKEN },
    });
  });

  it("two people who ask at the same time, sends nothing twice", async () => {
    const [id = ""] = await receive(BROKEN);
    const calls = mockTarget(200);
    const bindings = [createBindings(), createBindings()];
    const answers = await Promise.all(
      bindings.map(async (env) => callAdmin(`POST /quarantine/${id}/replay`, { body: fix, env })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    for (const env of bindings) await deliver(env);
    expect(calls).toHaveLength(1);
    expect(await rowsOf("repeats")).toHaveLength(1);
  });
});
