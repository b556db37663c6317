// What the watchdog says of targets whose deliveries wait for something on our side: which thing, how many, what to do; and
// that it is silent about every other wait.

import { env as simulator } from "cloudflare:workers";
import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { watch } from "../../../src/jobs/watchdog.ts";
import type { Attempt, Outcome } from "../../../src/ledger/deliveries.ts";
import { listIncidents, resolveIncident, type Incident } from "../../../src/ledger/incidents.ts";
import { noteJob } from "../../../src/ledger/jobs.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { countNotReady, NOT_READY_READ_MAX } from "../../../src/ledger/not-ready.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { takeDue } from "../../../src/ledger/sweep.ts";
import { mockTarget } from "../delivery/target.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { createBatch, createMessage, offerAgain, offeredAt, SENT_AT, type TestMessage } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { recordDelivery } from "./due.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A minute in which the Inbox is not asked. */
const NOW = SENT_AT + MINUTE;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await ensureMigrated(workingD1());
});

/** What the cron does: the other jobs, which end well, and then the watchdog. */
async function minute(now: number): Promise<void> {
  for (const name of ["sweep", "adopt_orphans", "purge_rest"]) await noteJob(workingD1(), name, now);
  await watch(createBindings(), now);
}

async function open(): Promise<Incident[]> {
  return listIncidents(workingD1(), { state: "open" });
}

function attemptAt(at: number, reason: string, detail: string): Attempt {
  return { at, ms: 0, reason, detail };
}

/** A delivery that was found not ready at an instant and waits in its queue: its net is ten minutes later. */
async function wait(reason: string, changed: Partial<Outcome> = {}): Promise<Outcome> {
  const at = changed.updatedAt ?? NOW;
  const attempt = attemptAt(at, reason, `told by ${reason}`);
  const times = { updatedAt: at, dueAt: at + 5 * MINUTE, sweepAt: at + 10 * MINUTE };
  return recordDelivery({ state: "held", reason, attemptsMade: 0, ...times, attempt, ...changed });
}

/** The same delivery after its next look, or whatever else became of it. */
async function goOn(outcome: Outcome, changed: Partial<Outcome>): Promise<void> {
  const { sendoutId, target, copy, route, round, attemptsBefore, request } = outcome;
  const base = { sendoutId, target, copy, route, round, attemptsBefore, request, attemptsMade: outcome.attemptsMade };
  const next: Outcome = {
    ...base,
    state: "held",
    reason: null,
    dueAt: null,
    sweepAt: null,
    updatedAt: NOW,
    ...changed,
  };
  await writeEntries(workingD1(), [{ kind: "outcome", outcome: next }]);
}

const DELIVERED = { state: "delivered", reason: null, attemptsMade: 1 } as const;

describe("a target whose deliveries wait for something on our side", () => {
  it.each([
    ["secret_missing", "Set the secret, on the Worker or in the vault (docs/secrets.md)."],
    ["secret_unreadable", "Bring its master key back (SIGNALBOX_MASTER_KEYS), or set the secret again"],
    ["secret_host_changed", "If it is to go there, set it again"],
    ["secret_invalid", "Set one of the form that docs/authentication.md asks for"],
    ["binding_missing", "Add the mTLS binding to wrangler.toml and deploy"],
  ])("is an incident at once for %s, which ends with the last of them", async (reason, remedy) => {
    const [first, second] = [await wait(reason), await wait(reason)];
    await minute(NOW);
    expect(await open()).toMatchObject([{ kind: "target_not_ready", subject: "crm", openedAt: NOW, count: 1 }]);
    expect((await open())[0]?.detail).toContain(`target "crm" wait, which costs no attempt. ${reason}: 2 (told by`);
    expect((await open())[0]?.detail).toContain(remedy);
    await goOn(first, { ...DELIVERED, updatedAt: NOW + MINUTE });
    await minute(NOW + MINUTE);
    expect((await open())[0]?.detail).toContain(`${reason}: 1 `);
    await goOn(second, { state: "cancelled", reason: "discarded", updatedAt: NOW + 2 * MINUTE });
    await minute(NOW + 2 * MINUTE);
    expect(await listIncidents(workingD1())).toMatchObject([
      { kind: "target_not_ready", subject: "crm", resolvedAt: NOW + 2 * MINUTE, resolvedBy: "itself" },
    ]);
  });

  it("is one incident, whatever they wait for, and another target's is another", async () => {
    for (const reason of ["secret_missing", "secret_missing", "binding_missing"]) await wait(reason);
    await wait("secret_invalid", { target: "mail" });
    await minute(NOW);
    const incidents = await open();
    expect(incidents.map(({ kind, subject }) => `${kind} ${subject}`).toSorted()).toEqual([
      "target_not_ready crm",
      "target_not_ready mail",
    ]);
    const detail = incidents.find(({ subject }) => subject === "crm")?.detail;
    expect(detail).toMatch(/binding_missing: 1 \(told by binding_missing\)\. Add .+ secret_missing: 2 \(told by/);
    expect(detail).not.toContain("secret_invalid");
  });

  it.each(["queued", "late", "leased"])("is one while its only delivery is %s", async (where) => {
    const at = where === "queued" ? NOW : NOW - 11 * MINUTE;
    await wait("secret_missing", { updatedAt: at });
    if (where === "leased") {
      const [taken] = await takeDue(workingD1(), NOW, { aheadMs: MINUTE, leaseMs: 10 * MINUTE, limit: 1 });
      expect(taken).toMatchObject({ reason: "secret_missing" });
    }
    await minute(NOW);
    expect((await open()).map(({ subject }) => subject)).toEqual(["crm"]);
  });

  it("that a person has resolved opens again an hour later", async () => {
    const waiting = await wait("secret_missing");
    await minute(NOW);
    await resolveIncident(workingD1(), { kind: "target_not_ready", subject: "crm" }, NOW + MINUTE);
    const look = async (after: number) => {
      const [updatedAt, sweepAt] = [NOW + after, NOW + after + 10 * MINUTE];
      await goOn(waiting, { reason: "secret_missing", updatedAt, sweepAt });
      await minute(NOW + after);
      return open();
    };
    expect(await look(HOUR)).toEqual([]);
    expect(await look(HOUR + MINUTE)).toMatchObject([{ kind: "target_not_ready", count: 1 }]);
  });

  it("is told with the secret's name, and is well once the secret is set", async () => {
    mockTarget(200);
    const message = createMessage(createDelivery({ auth: { type: "bearer", secret: "CRM_KEY" } }));
    await consume(message);
    await minute(SENT_AT);
    expect((await open())[0]?.detail).toContain("secret_missing: 1 (the secret CRM_KEY is not set). Set the secret");
    const again = offerAgain(message);
    await consume(again, { CRM_KEY: "key-4c1e77a0" });
    await minute(again.offeredAt);
    expect(await listIncidents(workingD1())).toMatchObject([{ subject: "crm", resolvedBy: "itself" }]);
  });
});

async function consume(message: TestMessage, secrets: object = {}): Promise<void> {
  const choices = { now: () => offeredAt([message]), random: () => 0.5, lane: "fast" } as const;
  await consumeDeliver(createBatch([message]), createBindings(secrets), choices);
}

describe("deliveries that wait for a token", () => {
  const waitForToken = async (since: number) => {
    const waiting = await wait("token_unavailable", { updatedAt: since });
    await look(waiting, NOW, "token_unavailable");
    return waiting;
  };
  const look = async (waiting: Outcome, at: number, reason: string) =>
    goOn(waiting, { reason, updatedAt: at, sweepAt: at + 10 * MINUTE, attempt: attemptAt(at, reason, "503") });

  it.each([
    ["one millisecond less than", -1, 0],
    ["exactly", 0, 1],
    ["one millisecond more than", 1, 1],
  ])("are an incident when they have %s fifteen minutes", async (_name, more, count) => {
    await waitForToken(NOW - 15 * MINUTE - more);
    await minute(NOW);
    expect(await open()).toHaveLength(count);
  });

  it("are counted with those that came later, and end with the last one", async () => {
    const [old, young] = [await waitForToken(NOW - 20 * MINUTE), await waitForToken(NOW - MINUTE)];
    await minute(NOW);
    expect((await open())[0]?.detail).toContain("token_unavailable: 2 (503). See whether the token endpoint is up");
    await goOn(old, { ...DELIVERED, updatedAt: NOW + 1 });
    await minute(NOW + MINUTE);
    expect(await open()).toMatchObject([{ subject: "crm", count: 1 }]);
    await goOn(young, { ...DELIVERED, updatedAt: NOW + 1 });
    await minute(NOW + 2 * MINUTE);
    expect(await open()).toEqual([]);
  });

  it("have waited since the last attempt that came to something else", async () => {
    const waiting = await wait("token_unavailable", { updatedAt: NOW - 40 * MINUTE });
    await look(waiting, NOW - 14 * MINUTE, "target_unavailable");
    await look(waiting, NOW - 13 * MINUTE, "token_unavailable");
    await minute(NOW);
    expect(await open()).toEqual([]);
    await look(waiting, NOW + 2 * MINUTE, "token_unavailable");
    await minute(NOW + 2 * MINUTE);
    expect((await open()).map(({ subject }) => subject)).toEqual(["crm"]);
  });
});

describe("a wait that nobody on our side can end", () => {
  it.each(["throttled", "busy", "in_flight", "in_order", "ambiguous", "target_paused", "breaker_open"])(
    "as %s is no incident",
    async (reason) => {
      await wait(reason);
      await minute(NOW);
      expect(await open()).toEqual([]);
    },
  );

  it("is none after a release, nor after an attempt that failed", async () => {
    await wait("secret_missing", { state: "scheduled" });
    await wait("target_unavailable", { state: "scheduled" });
    await minute(NOW);
    expect(await open()).toEqual([]);
  });

  it("as vault_unavailable opens nothing and ends nothing", async () => {
    const waiting = await wait("vault_unavailable");
    await minute(NOW);
    expect(await open()).toEqual([]);
    await goOn(waiting, { reason: "secret_missing", updatedAt: NOW + 1, sweepAt: NOW + 10 * MINUTE });
    await minute(NOW + MINUTE);
    await goOn(waiting, { reason: "vault_unavailable", updatedAt: NOW + 2, sweepAt: NOW + 10 * MINUTE });
    await minute(NOW + 2 * MINUTE);
    expect(await open()).toMatchObject([{ subject: "crm", count: 1 }]);
  });
});

/** Writes many held deliveries to `crm` at once, the same but for their sendouts. */
async function fill(count: number, reason: string, sweepAt: number | null): Promise<void> {
  await workingD1()
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
       INSERT INTO deliveries
         (sendout_id, target, route, state, reason, attempts_made, updated_at, sweep_at, attempts, request)
       SELECT 'so_' || ?2 || n, 'crm', 'all', 'held', ?2, 0, ?3, ?4, '[]', '' FROM numbers`,
    )
    .bind(count, reason, NOW, sweepAt)
    .run();
}

describe("what the look costs", () => {
  /** Rows read by the statement that `countNotReady` runs. */
  async function rowsRead(): Promise<number> {
    const recording = workingD1();
    await countNotReady(recording, NOW);
    const sql = recording.queries.flat().find((text) => text.includes("sweep_at")) ?? "";
    const { meta } = await simulator.LEDGER.prepare(sql)
      .bind(NOW + 15 * MINUTE)
      .all();
    return meta.rows_read;
  }

  it("is next to nothing for what breakers, pauses and orders hold, and for what is parked for long", async () => {
    await fill(2_000, "breaker_open", null);
    await fill(2_000, "target_unavailable", NOW + HOUR);
    expect(await rowsRead()).toBeLessThanOrEqual(3);
  });

  it.each(["secret_missing", "token_unavailable"])(
    "is two rows for each delivery that waits for %s, and a few for their target",
    async (reason) => {
      for (let count = 0; count < 40; count++) await wait(reason);
      expect(await countNotReady(workingD1(), NOW)).toMatchObject({ waits: [{ reason, count: 40 }], isPartial: false });
      expect((await rowsRead()) - 2 * 40).toBeLessThan(10);
    },
  );

  it("has a limit, beyond which a number is a least one and nothing ends", async () => {
    const waiting = await wait("secret_missing", { target: "mail" });
    await minute(NOW);
    await fill(NOT_READY_READ_MAX, "secret_missing", NOW + 1);
    await goOn(waiting, { ...DELIVERED, updatedAt: NOW + 1 });
    await minute(NOW + MINUTE);
    expect((await open()).map(({ subject }) => subject).toSorted()).toEqual(["crm", "mail"]);
    expect((await open()).find(({ subject }) => subject === "crm")?.detail).toContain(
      "secret_missing: at least 10000.",
    );
    expect(await rowsRead()).toBeLessThanOrEqual(2 * NOT_READY_READ_MAX + 10);
  });
});
