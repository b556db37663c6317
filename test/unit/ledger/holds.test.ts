// Held deliveries in the ledger: what a pause holds is let go at a rate, given up, or freed when the pause is gone, and
// nothing else is touched by it.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { sweepDue } from "../../../src/jobs/sweep.ts";
import { cancel, countHeld, discard, freeStranded, release, resume } from "../../../src/ledger/holds.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { deletePause, insertPause, listPauses, type Pause, type PauseSubject } from "../../../src/ledger/pauses.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { brokenD1, createBindings, workingD1 } from "../faults.ts";
import { recordDelivery } from "../jobs/due.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { deliver, replayed } from "../replay/stage.ts";

const NOW = SENT_AT + 60_000;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await ensureMigrated(workingD1());
});

function pauseOf(subject: PauseSubject, changed: Partial<Pause> = {}): Pause {
  return { subject, reason: "by_hand", mode: "hold", since: SENT_AT, until: null, note: null, ...changed };
}

async function pause(subject: PauseSubject, changed: Partial<Pause> = {}): Promise<void> {
  const db = workingD1();
  await db.batch(insertPause(db, pauseOf(subject, changed)));
}

/** One held delivery to `crm`, along the route `all`. */
async function hold(reason: string, more: Parameters<typeof recordDelivery>[0] = {}) {
  return recordDelivery({ state: "held", reason, ...more });
}

/** What is held, scheduled and given up, by reason: how many there are of each. */
async function tally(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state, target, reason } of await rowsOf("deliveries")) {
    const key = `${String(state)} ${String(target)} ${String(reason)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** One held delivery for every reason there is, to two targets. */
async function holdAllSorts(): Promise<void> {
  for (const target of ["crm", "mail"]) {
    for (const reason of ["target_paused", "target_credentials", "breaker_open", "route_paused"]) {
      await hold(reason, { target });
    }
    await hold("ambiguous", { target });
    await hold("throttled", { target, dueAt: NOW + 60_000, sweepAt: NOW + 360_000 });
  }
}

const OTHERS = { "held crm ambiguous": 1, "held crm throttled": 1, "held mail ambiguous": 1, "held mail throttled": 1 };
const OF_MAIL = { "held mail target_paused": 1, "held mail target_credentials": 1, "held mail breaker_open": 1 };
const OF_CRM = { "held crm target_paused": 1, "held crm target_credentials": 1, "held crm breaker_open": 1 };
const OF_ROUTE = { "held crm route_paused": 1, "held mail route_paused": 1 };

describe("resume", () => {
  it("of a target lets go what its pause held, and nothing else", async () => {
    await pause("target:crm");
    await holdAllSorts();
    expect(await resume({ LEDGER: workingD1() }, "target:crm", NOW, 10)).toBe(3);
    expect(await tally()).toEqual({ ...OTHERS, ...OF_MAIL, ...OF_ROUTE, "scheduled crm resumed": 3 });
    expect(await listPauses(workingD1())).toEqual([]);
  });

  it("of a route lets go what its pause held, to every target", async () => {
    await pause("route:all");
    await pause("target:crm");
    await holdAllSorts();
    await hold("route_paused", { route: "tiers" });
    expect(await resume({ LEDGER: workingD1() }, "route:all", NOW, 10)).toBe(2);
    expect(await tally()).toEqual({
      ...OTHERS,
      ...OF_MAIL,
      ...OF_CRM,
      "held crm route_paused": 1,
      "scheduled crm resumed": 1,
      "scheduled mail resumed": 1,
    });
    expect(await listPauses(workingD1())).toMatchObject([{ subject: "target:crm" }]);
  });

  it("lets so many go a second, those first that have waited longest", async () => {
    const waiting = [3, 1, 5, 2, 4].map((order) => hold("target_paused", { updatedAt: SENT_AT + order }));
    const [third, first, fifth, second, fourth] = (await Promise.all(waiting)).map(({ sendoutId }) => sendoutId);
    expect(await resume({ LEDGER: workingD1() }, "target:crm", NOW, 2)).toBe(5);
    const rows = (await rowsOf("deliveries")).toSorted((a, b) => Number(a["due_at"]) - Number(b["due_at"]));
    expect(rows.map((row) => row["sendout_id"])).toEqual([first, second, third, fourth, fifth]);
    const due = [500, 1_000, 1_500, 2_000, 2_500].map((ms) => NOW + ms);
    expect(rows.map((row) => row["due_at"])).toEqual(due);
    expect(rows.map((row) => row["sweep_at"])).toEqual(due);
  });

  it("keeps the rate over more than one statement takes", { timeout: 60_000 }, async () => {
    await hold("target_paused");
    await workingD1()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5002)
         INSERT INTO deliveries (sendout_id, target, copy, route, state, reason, round, attempts_made,
           attempts_before, updated_at, due_at, sweep_at, attempts, request)
         SELECT 'so_' || i, target, copy, route, state, reason, round, attempts_made,
           attempts_before, updated_at + i, due_at, sweep_at, attempts, request FROM deliveries, n`,
      )
      .run();
    expect(await resume({ LEDGER: workingD1() }, "target:crm", NOW, 100)).toBe(5_003);
    const row = await workingD1()
      .prepare("SELECT count(DISTINCT due_at) AS instants, min(due_at) AS first, max(due_at) AS last FROM deliveries")
      .first();
    expect(row).toEqual({ instants: 5_003, first: NOW + 10, last: NOW + 50_030 });
  });

  it("of one reason leaves another pause and what it holds", async () => {
    await pause("target:crm");
    await hold("target_paused");
    expect(await resume({ LEDGER: workingD1() }, "target:crm", NOW, 10, "breaker")).toBe(0);
    expect(await tally()).toEqual({ "held crm target_paused": 1 });
    expect(await listPauses(workingD1())).toHaveLength(1);
  });

  it("lets go what has no pause any more", async () => {
    await hold("target_credentials");
    expect(await resume({ LEDGER: workingD1() }, "target:crm", NOW, 10)).toBe(1);
  });

  it("that D1 breaks off after the pause has ended strands nothing", async () => {
    await publish(createTable(["crm"]));
    await pause("target:crm");
    await hold("target_paused");
    const broken = brokenD1({ when: (sql) => sql.includes("row_number") });
    await expect(resume({ LEDGER: broken }, "target:crm", NOW, 10)).rejects.toThrow("D1_ERROR");
    expect(await freeStranded(workingD1(), NOW)).toBe(1);
    expect(await sweepDue(createBindings(), NOW)).toMatchObject({ sent: 1 });
  });

  it("is not undone by a hold that was decided on before it and is written after", async () => {
    const held = await hold("target_paused");
    await resume({ LEDGER: workingD1() }, "target:crm", NOW, 10);
    const { content: _, ...outcome } = held;
    await writeEntries(workingD1(), [{ kind: "outcome", outcome: { ...outcome, updatedAt: NOW - 1 } }]);
    expect(await tally()).toEqual({ "scheduled crm resumed": 1 });
  });
});

describe("discard", () => {
  it("gives up what a pause holds; the pause stays, and so does everything else", async () => {
    await pause("target:crm");
    await holdAllSorts();
    expect(await discard({ LEDGER: workingD1() }, "target:crm", NOW)).toBe(3);
    expect(await tally()).toEqual({ ...OTHERS, ...OF_MAIL, ...OF_ROUTE, "cancelled crm discarded": 3 });
    expect(await listPauses(workingD1())).toHaveLength(1);
    expect(await discard({ LEDGER: workingD1() }, "target:crm", NOW)).toBe(0);
  });

  it("of a route gives up what that holds", async () => {
    await holdAllSorts();
    expect(await discard({ LEDGER: workingD1() }, "route:all", NOW)).toBe(2);
    expect(await tally()).toMatchObject({ "cancelled crm discarded": 1, "cancelled mail discarded": 1 });
  });
});

describe("one delivery", () => {
  it.each([
    ["held for a pause", { state: "held", reason: "target_paused" }],
    ["held for a person", { state: "held", reason: "ambiguous" }],
    ["held for its gate", { state: "held", reason: "throttled", dueAt: NOW + 60_000, sweepAt: NOW + 360_000 }],
    ["parked until later", { state: "scheduled", dueAt: NOW + 7_200_000, sweepAt: NOW + 7_200_000 }],
  ] as const)("%s is sent at once when it is released", async (_name, standing) => {
    await publish(createTable(["crm"]));
    const delivery = await recordDelivery(standing);
    expect(await release({ LEDGER: workingD1() }, delivery, NOW)).toBe(true);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "scheduled", reason: "released", due_at: null }]);
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(await deliver(replayed(env), 200, NOW)).toHaveLength(1);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered", sweep_at: null }]);
  });

  it.each(["scheduled", "held"] as const)("%s is called no more when it is cancelled", async (state) => {
    await publish(createTable(["crm"]));
    const delivery = await recordDelivery({ state, sweepAt: NOW });
    const env = createBindings();
    await sweepDue(env, NOW);
    expect(await cancel({ LEDGER: workingD1() }, delivery, NOW)).toBe(true);
    expect(await deliver(replayed(env), 200, NOW)).toEqual([]);
    const row = { state: "cancelled", reason: "discarded", due_at: null, sweep_at: null };
    expect(await rowsOf("deliveries")).toMatchObject([row]);
  });

  it("that was cancelled while it was called counts as delivered", async () => {
    const { content: _, ...outcome } = await hold("target_paused");
    await cancel({ LEDGER: workingD1() }, outcome, NOW);
    const delivered = { ...outcome, state: "delivered", reason: null, updatedAt: NOW - 5 } as const;
    await writeEntries(workingD1(), [{ kind: "outcome", outcome: delivered }]);
    expect(await tally()).toEqual({ "delivered crm null": 1 });
  });

  it.each(["delivered", "failed", "expired", "cancelled"] as const)(
    "that is %s is neither released nor cancelled",
    async (state) => {
      const delivery = await recordDelivery({ state });
      expect(await release({ LEDGER: workingD1() }, delivery, NOW)).toBe(false);
      expect(await cancel({ LEDGER: workingD1() }, delivery, NOW)).toBe(false);
      expect(await rowsOf("deliveries")).toMatchObject([{ state, updated_at: SENT_AT }]);
    },
  );

  it("is told from its copy, and from one that is not there", async () => {
    const delivery = await hold("ambiguous", { copy: 1 });
    expect(await cancel({ LEDGER: workingD1() }, { ...delivery, copy: 0 }, NOW)).toBe(false);
    expect(await release({ LEDGER: workingD1() }, { ...delivery, target: "mail" }, NOW)).toBe(false);
    expect(await tally()).toEqual({ "held crm ambiguous": 1 });
  });
});

describe("what is held by no pause any more", () => {
  it("is freed, while everything that has a reason to wait goes on waiting", async () => {
    await pause("target:mail", { mode: "drain" });
    await holdAllSorts();
    expect(await freeStranded(workingD1(), NOW)).toBe(5);
    expect(await tally()).toEqual({ ...OTHERS, ...OF_MAIL, "scheduled crm resumed": 4, "scheduled mail resumed": 1 });
    expect(await freeStranded(workingD1(), NOW)).toBe(0);
  });

  it("is not taken for paused because a route is called like its target", async () => {
    await pause("route:crm");
    await hold("target_paused");
    expect(await freeStranded(workingD1(), NOW)).toBe(1);
  });
});

describe("countHeld", () => {
  it("counts by target, route and reason, the most first, since when", async () => {
    for (const order of [3, 1, 2]) await hold("target_paused", { updatedAt: SENT_AT + order });
    await hold("ambiguous", { target: "mail", route: "tiers" });
    await recordDelivery();
    expect(await countHeld(workingD1())).toEqual([
      { target: "crm", route: "all", reason: "target_paused", count: 3, since: SENT_AT + 1 },
      { target: "mail", route: "tiers", reason: "ambiguous", count: 1, since: SENT_AT },
    ]);
  });
});

describe("a second pause of the same", () => {
  it.each<[Pause["reason"], Pause["reason"], Pause["reason"]]>([
    ["by_hand", "breaker", "by_hand"],
    ["by_hand", "credentials", "by_hand"],
    ["credentials", "breaker", "credentials"],
    ["credentials", "by_hand", "by_hand"],
    ["breaker", "credentials", "credentials"],
    ["breaker", "by_hand", "by_hand"],
    ["gone", "by_hand", "by_hand"],
  ])("by %s, then by %s, is by %s", async (first, second, stands) => {
    await pause("target:crm", { reason: first, until: NOW });
    await pause("target:crm", { reason: second, since: NOW, note: "second" });
    const changed = stands === second;
    expect(await listPauses(workingD1())).toEqual([
      pauseOf("target:crm", {
        reason: stands,
        since: changed ? NOW : SENT_AT,
        until: changed ? null : NOW,
        note: changed ? "second" : null,
      }),
    ]);
  });

  it.each(["by_hand", "breaker"] as const)("%s twice began with the first", async (reason) => {
    await pause("target:crm", { reason, mode: "drain" });
    await pause("target:crm", { reason, since: NOW, until: NOW + 1 });
    expect(await listPauses(workingD1())).toEqual([pauseOf("target:crm", { reason, mode: "hold", until: NOW + 1 })]);
  });

  it("is ended by its reason or by none", async () => {
    await pause("target:crm", { reason: "credentials" });
    const db = workingD1();
    await db.batch(deletePause(db, "target:crm", NOW, "breaker"));
    expect(await listPauses(workingD1())).toHaveLength(1);
    await db.batch(deletePause(db, "target:crm", NOW, "credentials"));
    expect(await listPauses(workingD1())).toEqual([]);
  });
});
