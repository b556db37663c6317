// What the watchdog says of targets that fail without a breaker, of what waits, of the platform, and of what is new.

import { beforeEach, describe, expect, it } from "vitest";
import { lookAtDown } from "../../../src/jobs/look-at-down.ts";
import { lookAtDrift } from "../../../src/jobs/look-at-drift.ts";
import { lookAtKv, lookAtPlan, lookAtSize } from "../../../src/jobs/look-at-storage.ts";
import { lookAtQuarantine, lookAtWaiting } from "../../../src/jobs/look-at-waiting.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { recordDrift } from "../../../src/ledger/drift.ts";
import { listIncidents, resolveIncident } from "../../../src/ledger/incidents.ts";
import { noteJob, REPUBLISH_JOB } from "../../../src/ledger/jobs.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { settleIncidents } from "../../../src/ledger/watched-incidents.ts";
import { workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { recordDelivery } from "./due.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = SENT_AT + 12 * HOUR;

beforeEach(async () => {
  await startOver();
  await ensureMigrated(workingD1());
});

/** A delivery that failed so often, first `agoMs` ago and last a minute ago, and waits. */
async function failing(attempts: number, agoMs: number, changed: Partial<Outcome> = {}): Promise<Outcome> {
  const at = (index: number) => (index === attempts - 1 && attempts > 1 ? NOW - MINUTE : NOW - agoMs + index);
  const made = Array.from({ length: attempts }, (_, index) => ({
    at: at(index),
    ms: 5,
    status: 503,
    reason: "target_unavailable",
  }));
  const last = await recordDelivery({
    attemptsMade: 1,
    attempt: made[0],
    sweepAt: NOW + HOUR,
    updatedAt: at(0),
    ...changed,
  });
  for (const [index, attempt] of made.entries()) {
    if (index === 0) continue;
    const { content: _content, ...outcome } = last;
    const next: Outcome = { ...outcome, attemptsMade: index + 1, attempt, updatedAt: attempt.at };
    await writeEntries(workingD1(), [{ kind: "outcome", outcome: next }]);
  }
  return last;
}

describe("a target whose deliveries fail without its breaker opening", () => {
  it.each([
    ["three times, over ten minutes", 3, 10 * MINUTE, 1],
    ["three times, over less", 3, 10 * MINUTE - 1, 0],
    ["twice, however long ago", 2, 5 * HOUR, 0],
  ])("is down when one has failed %s", async (_name, attempts, agoMs, count) => {
    await failing(attempts, agoMs);
    const { found } = await lookAtDown({ LEDGER: workingD1() }, NOW);
    expect(found).toHaveLength(count);
  });

  it("is one incident that names its causes, and is not down again for what failed before it recovered", async () => {
    await failing(3, HOUR);
    await failing(3, HOUR, { reason: "target_timeout" });
    const settle = async (at: number) =>
      settleIncidents(workingD1(), [await lookAtDown({ LEDGER: workingD1() }, at)], at);
    await settle(NOW);
    expect(await listIncidents(workingD1())).toMatchObject([
      {
        kind: "target_down",
        subject: "crm",
        detail: expect.stringMatching(/target_(timeout|unavailable) 503: 1, target_/),
      },
    ]);
    const delivered = { state: "delivered", reason: null, attempt: { at: NOW, ms: 1, status: 200 } } as const;
    await recordDelivery({ ...delivered, updatedAt: NOW + MINUTE });
    await settle(NOW + 5 * MINUTE);
    expect(await listIncidents(workingD1(), { state: "open" })).toHaveLength(1);
    await settle(NOW + 6 * MINUTE);
    expect(await listIncidents(workingD1(), { state: "open" })).toEqual([]);
    await settle(NOW + 7 * MINUTE);
    expect(await listIncidents(workingD1(), { state: "open" })).toEqual([]);
  });
});

/** The row of a delivery's sendout, as far as anybody asks for it here. */
async function receive(id: string, receivedAt: number, state = "routed"): Promise<void> {
  await workingD1()
    .prepare(
      `INSERT INTO sendouts (id, accepted_id, received_at, inlet, state, dedupe_key, body_sha256, body_bytes, body)
       VALUES (?1, ?1, ?2, 'voucherify', ?3, 'k', 'h', 2, 'raw:e30=')`,
    )
    .bind(id, receivedAt, state)
    .run();
}

describe("deliveries that wait for long", () => {
  it.each([
    ["held", { state: "held", reason: "target_paused" }, 1],
    ["held for their turn", { state: "held", reason: "throttled", sweepAt: NOW }, 1],
    ["to be tried again", { state: "scheduled", sweepAt: NOW + HOUR }, 1],
    ["sent again by a person", { state: "scheduled", round: 1, sweepAt: NOW }, 0],
    ["delivered", { state: "delivered", reason: null }, 0],
  ] as const)("%s", async (_name, changed, count) => {
    const { sendoutId } = await recordDelivery(changed);
    await receive(sendoutId, NOW - 6 * HOUR);
    expect((await lookAtWaiting({ LEDGER: workingD1() }, 6, NOW - 1)).found).toEqual([]);
    expect((await lookAtWaiting({ LEDGER: workingD1() }, 6, NOW)).found).toHaveLength(count);
  });

  it("are told of every target but those of which another incident says why", async () => {
    for (const target of ["a", "b", "c"]) {
      const { sendoutId } = await recordDelivery({ state: "held", reason: "target_paused", target });
      await receive(sendoutId, NOW - 7 * HOUR);
    }
    const detail = "down";
    await settleIncidents(workingD1(), [{ kind: "target_down", found: [{ subject: "b", target: "b", detail }] }], NOW);
    const { found } = await lookAtWaiting({ LEDGER: workingD1() }, 6, NOW);
    expect(found.map(({ subject }) => subject)).toEqual(["a", "c"]);
    expect(found[0]?.detail).toContain("7 h 0 min");
  });
});

describe("the platform", () => {
  it("is unwell where KV could not be looked at for a quarter of an hour", async () => {
    await noteJob(workingD1(), REPUBLISH_JOB, NOW);
    await workingD1().prepare("UPDATE jobs SET position = 1 WHERE name = 'watchdog'").run();
    expect((await lookAtKv(workingD1(), NOW + 15 * MINUTE - 1)).found).toEqual([]);
    expect((await lookAtKv(workingD1(), NOW + 15 * MINUTE)).found).toHaveLength(1);
  });

  it("has room in a new database", async () => {
    expect((await lookAtSize({ LEDGER: workingD1() }, "free", NOW)).found).toEqual([]);
  });

  it("has limits a day on the free plan and none on the paid one", async () => {
    const today = NOW - (NOW % (24 * HOUR));
    const counts = JSON.stringify([["sendouts", "voucherify", "routed", 3_000]]);
    await workingD1()
      .prepare("INSERT INTO statistics (from_at, counts, open, counted_at) VALUES (?1, ?2, 0, ?1)")
      .bind(today, counts)
      .run();
    expect((await lookAtPlan({ LEDGER: workingD1() }, "free", NOW)).found.map(({ subject }) => subject)).toEqual([
      "queue operations",
    ]);
    expect((await lookAtPlan({ LEDGER: workingD1() }, "paid", NOW)).found).toEqual([]);
  });
});

describe("quarantine", () => {
  it("is an incident for as long as there is something in it", async () => {
    expect((await lookAtQuarantine(workingD1())).found).toEqual([]);
    await receive("so_1", NOW, "quarantined");
    expect((await lookAtQuarantine(workingD1())).found).toMatchObject([{ subject: "sendouts" }]);
  });
});

describe("what is new", () => {
  const seen = (path: string, firstSeenAt: number) =>
    ({
      kind: "field",
      type: "order.paid",
      path,
      example: "text",
      firstSeenAt,
      lastSeenAt: firstSeenAt,
      count: 1,
    }) as const;
  const settle = async (at: number) => settleIncidents(workingD1(), [await lookAtDrift(workingD1(), at)], at);
  const open = async () => (await listIncidents(workingD1(), { state: "open" })).map(({ detail }) => detail);

  it("is one incident for each event type, for a day", async () => {
    await recordDrift(workingD1(), [seen("order.gift", NOW), seen("order.tip", NOW)]);
    await settle(NOW);
    expect(await open()).toEqual([
      expect.stringContaining("2 fields that are not in the catalogue: order.gift, order.tip"),
    ]);
    await settle(NOW + 24 * HOUR);
    expect(await open()).toEqual([]);
  });

  it("stays resolved by a person until something newer comes", async () => {
    await recordDrift(workingD1(), [seen("order.gift", NOW)]);
    await settle(NOW);
    await resolveIncident(workingD1(), { kind: "drift_seen", subject: "order.paid" }, NOW + MINUTE);
    await settle(NOW + 3 * HOUR);
    expect(await open()).toEqual([]);
    await recordDrift(workingD1(), [seen("order.tip", NOW + 4 * HOUR)]);
    await settle(NOW + 4 * HOUR);
    expect(await open()).toHaveLength(1);
  });
});
