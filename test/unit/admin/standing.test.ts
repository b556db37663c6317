// How targets stand, as people see it: what waits, why, and until when.

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { insertPause, type Pause } from "../../../src/ledger/pauses.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { createBindings, downD1, SECRETS, workingD1 } from "../faults.ts";
import { createSendoutRow } from "../ledger/rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

const MINUTE_MS = 60_000;

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
  await publish(createTable(["crm", "erp"]));
});

afterEach(() => {
  vi.useRealTimers();
});

interface Standing {
  id: string;
  state: string;
}

async function standing(bindings = createBindings()) {
  const request = new Request("https://signalbox.example.com/admin/standing", {
    headers: { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` },
  });
  const response = await app.fetch(request, bindings, createExecutionContext());
  return { status: response.status, json: await response.json<{ targets: Standing[]; isPartial: boolean }>() };
}

async function stateOf(id: string, bindings = createBindings()): Promise<Standing | undefined> {
  return (await standing(bindings)).json.targets.find((one) => one.id === id);
}

async function pause(parts: Partial<Pause>): Promise<void> {
  const whole = {
    subject: "target:crm",
    reason: "by_hand",
    mode: "hold",
    since: SENT_AT,
    until: null,
    note: null,
  } as const;
  const db = workingD1();
  await db.batch(insertPause(db, { ...whole, ...parts }));
}

async function write(sendoutId: string, state: "held" | "scheduled", reason: string, sweepAt: number | null) {
  const planned = JSON.stringify([{ target: "crm", route: "all" }]);
  const common = { copy: 0, route: "all", round: 0, attemptsBefore: 0, attemptsMade: 1, request: "" };
  await writeEntries(workingD1(), [
    { kind: "sendout", row: createSendoutRow({ id: sendoutId, received_at: SENT_AT, planned }) },
    {
      kind: "outcome",
      outcome: { ...common, sendoutId, target: "crm", state, reason, updatedAt: SENT_AT, dueAt: sweepAt, sweepAt },
    },
  ]);
}

describe("GET /admin/standing", () => {
  it("has every target of the table, those that nothing is wrong with as healthy", async () => {
    const nothing = {
      reason: null,
      note: null,
      since: null,
      until: null,
      held: 0,
      heldSince: null,
      scheduled: 0,
      nextAt: null,
    };
    expect(await standing()).toEqual({
      status: 200,
      json: {
        targets: [
          { id: "crm", state: "healthy", ...nothing },
          { id: "erp", state: "healthy", ...nothing },
        ],
        isPartial: false,
      },
    });
  });

  it("counts what is to be tried again, and says when the next of it goes", async () => {
    await write("so_1", "scheduled", "status", SENT_AT + 2 * MINUTE_MS);
    await write("so_2", "scheduled", "status", SENT_AT + MINUTE_MS);
    expect(await stateOf("crm")).toMatchObject({
      state: "healthy",
      scheduled: 2,
      nextAt: new Date(SENT_AT + MINUTE_MS).toISOString(),
    });
  });

  it("says who is paused, since when and why", async () => {
    await write("so_1", "held", "target_paused", null);
    await pause({ note: "maintenance until noon" });
    expect(await stateOf("crm")).toMatchObject({
      state: "paused",
      reason: "by_hand",
      note: "maintenance until noon",
      since: new Date(SENT_AT).toISOString(),
      held: 1,
      heldSince: new Date(SENT_AT).toISOString(),
    });
    expect(await stateOf("erp")).toMatchObject({ state: "healthy", held: 0 });
  });

  it("says until when a breaker is open", async () => {
    await pause({ reason: "breaker", until: SENT_AT + MINUTE_MS });
    expect(await stateOf("crm")).toMatchObject({
      state: "broken",
      until: new Date(SENT_AT + MINUTE_MS).toISOString(),
    });
  });

  it("tells what is missing on our side from what the target does", async () => {
    await write("so_1", "held", "secret_missing", SENT_AT + MINUTE_MS);
    expect(await stateOf("crm")).toMatchObject({ state: "not_ready", reason: "secret_missing", held: 1, scheduled: 0 });
  });

  it("knows from the gate that a target asked to be left alone", async () => {
    const bindings = createBindings({ TARGET_GATE: env.TARGET_GATE });
    const gate = env.TARGET_GATE.getByName("crm");
    const limits = { perSecond: 1 };
    await gate.reset();
    await gate.admit(["so_1.crm#0", "so_2.crm#0"], limits, MINUTE_MS, SENT_AT);
    expect(await stateOf("crm", bindings)).toMatchObject({ state: "throttled" });
    expect(await stateOf("erp", bindings)).toMatchObject({ state: "healthy" });
  });

  it("takes a target that answers slowly for slow", async () => {
    await workingD1().prepare("INSERT INTO slow_targets (target, since) VALUES ('crm', ?1)").bind(SENT_AT).run();
    expect(await stateOf("crm")).toMatchObject({ state: "slow" });
  });

  it("says so when D1 does not answer", async () => {
    expect((await standing(createBindings({ LEDGER: downD1() }))).status).toBe(503);
  });
});
