// The doctor: what is broken is named, with its remedy, and nothing else is; what hangs is not waited for.

import { env as simulator } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import type { Finding } from "../../../src/admin/examine.ts";
import { SWEEP_JOB, WATCHDOG_JOB, noteJob } from "../../../src/ledger/jobs.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { brokenKv, createBindings, downD1, workingD1, workingKv } from "../faults.ts";
import { createTable, publish, publishToLedgerOnly } from "../payloads.ts";
import { readSecret } from "../../../src/env.ts";
import { ADMIN_TOKEN_NAME } from "../../../src/secret-names.ts";
import { startOver } from "../start-over.ts";
import { masterKeys } from "../vault/keys.ts";

beforeEach(async () => {
  await startOver();
  const db = workingD1();
  for (const job of [SWEEP_JOB, WATCHDOG_JOB]) await noteJob(db, job, Date.now());
});

/** Bindings of a router that lacks nothing, given what a test wants different. */
function createHealthy(overrides: object = {}) {
  const queue = { metrics: async () => ({ backlogCount: 0, backlogBytes: 0 }) };
  const queues = { INGEST: queue, DELIVER: queue, SLOW: queue, LATE: queue, DEAD: queue };
  const { TARGET_GATE, INBOX } = simulator;
  const keys = { SIGNALBOX_MASTER_KEYS: masterKeys("a"), SIGNALBOX_SEARCH_KEY: "a key to search by" };
  return createBindings({ ...queues, TARGET_GATE, INBOX, ...keys, CRM_TOKEN: "token", ...overrides });
}

async function examine(bindings: ReturnType<typeof createHealthy>): Promise<Finding[]> {
  const headers = { authorization: `Bearer ${readSecret(bindings, ADMIN_TOKEN_NAME)}` };
  const request = new Request("https://signalbox.example.com/admin/doctor", { headers });
  const response = await app.fetch(request, bindings, createExecutionContext());
  expect(response.status).toBe(200);
  return (await response.json<{ findings: Finding[] }>()).findings;
}

/** The names of what is not well, with how it is. */
async function illnesses(bindings: ReturnType<typeof createHealthy>): Promise<Record<string, Finding["state"]>> {
  const findings = await examine(bindings);
  for (const { state, remedy } of findings) expect(remedy === null).toBe(state === "ok");
  return Object.fromEntries(findings.filter(({ state }) => state !== "ok").map(({ name, state }) => [name, state]));
}

describe("GET /admin/doctor", () => {
  it("finds nothing wrong with a router that lacks nothing", async () => {
    await publish(createTable(["crm"]));
    expect(await illnesses(createHealthy())).toEqual({});
  });

  it.each<[string, object, Record<string, Finding["state"]>]>([
    ["KV is down", { TABLE: brokenKv() }, { kv: "failed" }],
    ["a secret of a target is not set", { CRM_TOKEN: "" }, { secrets: "failed" }],
    ["the inlet's secret is not set", { VOUCHERIFY_SECRET: "" }, { secrets: "failed" }],
    ["the master keys are garbled", { SIGNALBOX_MASTER_KEYS: "k1" }, { vault: "warning" }],
    ["the gate is not bound", { TARGET_GATE: undefined }, { gate: "warning" }],
    ["the Inbox is not bound", { INBOX: undefined }, { inbox: "warning" }],
    ["private targets are allowed", { SIGNALBOX_LOCAL_TARGETS: "allow" }, { settings: "warning" }],
    ["there is no key to search by", { SIGNALBOX_SEARCH_KEY: "" }, { settings: "warning" }],
    ["the Worker secret can be guessed", { SIGNALBOX_ADMIN_TOKEN: "short" }, { settings: "warning" }],
    ["Access is half set up", { SIGNALBOX_ACCESS_TEAM: "acme" }, { access: "failed" }],
    ["a queue is silent", { LATE: { metrics: async () => Promise.reject(new Error("no")) } }, { queues: "warning" }],
    ["nobody consumes a queue", { DELIVER: backlogged() }, { queues: "failed" }],
  ])("when %s", async (_, overrides, expected) => {
    await publish(createTable(["crm"]));
    expect(await illnesses(createHealthy(overrides))).toEqual(expected);
  });

  it("when D1 is down, names it and what needs it, and goes on", async () => {
    const found = await illnesses(createHealthy({ LEDGER: downD1() }));
    expect(found).toMatchObject({ d1: "failed", migrations: "failed", cron: "failed" });
    expect(Object.keys(found)).not.toContain("queues");
    expect(Object.keys(found)).not.toContain("gate");
  });

  it("when nothing was published", async () => {
    expect(await illnesses(createHealthy())).toEqual({ table: "warning" });
  });

  it("when the copy at the edge lags behind", async () => {
    await publishToLedgerOnly(createTable(["crm"]));
    expect(await illnesses(createHealthy())).toEqual({ kv: "warning" });
  });

  it("when an inlet takes what anybody sends", async () => {
    await publish({ ...createTable(["crm"]), inlets: { voucherify: { auth: "none" } } });
    expect(await illnesses(createHealthy())).toEqual({ inlets: "warning" });
  });

  it("when the cron has stopped", async () => {
    await publish(createTable(["crm"]));
    await workingD1().prepare("UPDATE jobs SET ended_at = 1, position = 1 WHERE name = 'watchdog'").run();
    expect(await illnesses(createHealthy())).toEqual({ cron: "failed" });
  });

  it("when a newer release has been there before", async () => {
    await publish(createTable(["crm"]));
    await ensureMigrated(workingD1());
    await workingD1().prepare("INSERT INTO d1_migrations (name) VALUES ('9999_later.sql')").run();
    const migrations = (await examine(createHealthy())).find(({ name }) => name === "migrations");
    expect(migrations).toMatchObject({ state: "warning", detail: expect.stringContaining("9999_later.sql") });
  });

  it("does not wait for what hangs", async () => {
    await publish(createTable(["crm"]));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hanging = { get: async () => new Promise(() => {}), put: async () => {} };
    const examined = illnesses(createHealthy({ TABLE: { ...workingKv(), ...hanging } }));
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    expect(await examined).toMatchObject({ kv: "failed" });
  });
});

function backlogged() {
  const oldestMessageTimestamp = new Date(Date.now() - 3_600_000);
  return { metrics: async () => ({ backlogCount: 7, backlogBytes: 70, oldestMessageTimestamp }) };
}
