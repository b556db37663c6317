// A target or route that nobody paused is an incident for exactly as long as it is paused, whoever ends that and however
// often it is written.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { lookAtDown, RECOVERED_MS } from "../../../src/jobs/look-at-down.ts";
import { probeTargets } from "../../../src/jobs/sweep.ts";
import { resume } from "../../../src/ledger/holds.ts";
import { listIncidents, resolveIncident } from "../../../src/ledger/incidents.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { deletePause, listPauses, type Pause } from "../../../src/ledger/pauses.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { settleIncidents } from "../../../src/ledger/watched-incidents.ts";
import { mockTarget } from "../delivery/target.ts";
import { brokenD1, createBindings, workingD1, type TestBindings } from "../faults.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createDelivery } from "../payloads.ts";

const MINUTE = 60_000;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await ensureMigrated(workingD1());
});

function pauseOf(changed: Partial<Pause> = {}): Pause {
  const note = "it answered with status 401";
  return { subject: "target:crm", reason: "credentials", mode: "hold", since: SENT_AT, until: null, note, ...changed };
}

/** Records pauses as the delivery step does; what it cost. */
async function pause(...pauses: Partial<Pause>[]): Promise<number> {
  const db = workingD1();
  await writeEntries(
    db,
    pauses.map((changed) => ({ kind: "pause", pause: pauseOf(changed) })),
  );
  return db.rowsWritten;
}

async function end(now: number, reason?: Pause["reason"]): Promise<void> {
  const db = workingD1();
  await db.batch(deletePause(db, "target:crm", now, reason));
}

async function incidents(state?: "open" | "resolved") {
  return listIncidents(workingD1(), { state });
}

/** Calls the target for some deliveries. */
async function call(answer: Parameters<typeof mockTarget>[0], env: TestBindings = createBindings(), count = 1) {
  mockTarget(answer);
  const messages = Array.from({ length: count }, () => createMessage(createDelivery()));
  await consumeDeliver(createBatch(messages), env, { now: () => SENT_AT, random: () => 0.5, lane: "fast" });
}

describe("a pause that nobody made", () => {
  it.each([
    [
      { reason: "credentials" },
      "target_paused",
      "crm",
      /^credentials: The target refused its credentials\. Everything for it is held\./,
    ],
    [
      { reason: "breaker", until: SENT_AT, note: null },
      "target_down",
      "crm",
      /^breaker: .*by itself when one gets through\.$/,
    ],
    [{ subject: "route:all", reason: "gone" }, "route_paused", "all", /^gone: The target answered 410: .*is held\./],
  ] as const)("%o opens an incident that says what has happened", async (changed, kind, subject, detail) => {
    await pause(changed);
    expect(await incidents()).toMatchObject([
      { kind, subject, openedAt: SENT_AT, count: 1, detail: expect.stringMatching(detail), resolvedAt: null },
    ]);
  });

  it("has what the target answered in its incident", async () => {
    await pause({});
    expect((await incidents())[0]?.detail).toContain("(it answered with status 401)");
  });

  it.each([
    ["a target that refuses its credentials", 401, "target_paused", "crm"],
    ["an address that is gone", 410, "route_paused", "all"],
  ])("is made by the delivery step of %s", async (_name, status, kind, subject) => {
    await call(status);
    expect(await incidents("open")).toMatchObject([{ kind, subject }]);
  });

  it("written again changes nothing, and costs no row beside its own", async () => {
    await pause({ reason: "breaker" });
    const before = await incidents();
    expect(await pause(...Array.from({ length: 20 }, () => ({ reason: "breaker" as const, since: SENT_AT + 5 })))).toBe(
      20,
    );
    expect(await incidents()).toEqual(before);
  });

  it("of a breaker that turns out to be one of credentials is another: whoever refuses, answers", async () => {
    await pause({ reason: "breaker" });
    await pause({ reason: "credentials", since: SENT_AT + MINUTE });
    const both = [
      { kind: "target_paused", openedAt: SENT_AT + MINUTE, count: 1, resolvedAt: null },
      { kind: "target_down", openedAt: SENT_AT, resolvedAt: SENT_AT + MINUTE, resolvedBy: "itself" },
    ];
    expect(await incidents()).toMatchObject(both);
    await pause({ reason: "breaker", since: SENT_AT + 2 * MINUTE });
    expect(await incidents()).toMatchObject(both);
  });

  it("that D1 did not take opens its incident when LATE is written", async () => {
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("INTO pauses") }) });
    await call(401, env);
    expect(await incidents()).toEqual([]);
    const late = env.LATE.messages.map((body) => createMessage(body));
    await consumeLate(createBatch(late), createBindings());
    expect(await incidents("open")).toMatchObject([{ kind: "target_paused", subject: "crm" }]);
  });
});

describe("a pause by a person", () => {
  it("is no incident", async () => {
    await pause({ reason: "by_hand" });
    expect(await incidents()).toEqual([]);
  });

  it("takes over: the incident is over, and a refusal after it opens none", async () => {
    await pause({ reason: "credentials" });
    await pause({ reason: "by_hand", since: SENT_AT + MINUTE });
    expect(await incidents()).toMatchObject([{ resolvedAt: SENT_AT + MINUTE, resolvedBy: "itself" }]);
    await pause({ reason: "credentials", since: SENT_AT + 2 * MINUTE });
    expect(await incidents("open")).toEqual([]);
    expect(await listPauses(workingD1())).toMatchObject([{ reason: "by_hand" }]);
  });
});

describe("the end of a pause", () => {
  it("by a person who resumes is the end of its incident", async () => {
    await pause({});
    await resume({ LEDGER: workingD1() }, "target:crm", SENT_AT + MINUTE, 20);
    expect(await incidents()).toMatchObject([{ resolvedAt: SENT_AT + MINUTE, resolvedBy: "itself" }]);
  });

  it("by a target that answers again is not yet the end of its incident: the watchdog waits whether it stays well", async () => {
    await pause({ reason: "breaker", until: SENT_AT });
    mockTarget(200);
    const probe = createMessage(createDelivery({ probe: true }));
    const later = { now: () => SENT_AT + MINUTE, random: () => 0.5, lane: "fast" } as const;
    await consumeDeliver(createBatch([probe]), createBindings(), later);
    expect(await listPauses(workingD1())).toEqual([]);
    const after = async (ms: number) => {
      await settleIncidents(workingD1(), [await lookAtDown({ LEDGER: workingD1() }, SENT_AT + ms)], SENT_AT + ms);
      return (await incidents())[0]?.resolvedAt;
    };
    expect(await after(MINUTE + RECOVERED_MS - 1)).toBeNull();
    expect(await after(MINUTE + RECOVERED_MS)).toBe(SENT_AT + MINUTE + RECOVERED_MS);
  });

  it("by a breaker that nothing waits for any more leaves its incident for an hour without a call", async () => {
    await pause({ reason: "breaker", until: SENT_AT });
    await probeTargets(createBindings(), SENT_AT + MINUTE);
    expect(await listPauses(workingD1())).toEqual([]);
    const hour = SENT_AT + 60 * MINUTE;
    await settleIncidents(workingD1(), [await lookAtDown({ LEDGER: workingD1() }, hour - 1)], hour - 1);
    expect(await incidents("open")).toHaveLength(1);
    await settleIncidents(workingD1(), [await lookAtDown({ LEDGER: workingD1() }, hour)], hour);
    expect(await incidents()).toMatchObject([{ resolvedAt: hour, resolvedBy: "itself" }]);
  });

  it("of another reason leaves pause and incident as they are", async () => {
    await pause({ reason: "credentials" });
    await end(SENT_AT + MINUTE, "breaker");
    expect(await incidents("open")).toHaveLength(1);
  });

  it("leaves the incidents of others open", async () => {
    await pause({}, { subject: "target:mail" }, { subject: "route:crm", reason: "gone" });
    await end(SENT_AT + MINUTE);
    expect((await incidents("open")).map(({ kind, subject }) => [kind, subject])).toEqual([
      ["route_paused", "crm"],
      ["target_paused", "mail"],
    ]);
  });

  it("is not its end where a person only resolved the incident; that stays resolved until it is paused anew", async () => {
    await pause({});
    await resolveIncident(workingD1(), { kind: "target_paused", subject: "crm" }, SENT_AT + MINUTE);
    await pause({ since: SENT_AT + 2 * MINUTE });
    expect(await incidents("open")).toEqual([]);
    await end(SENT_AT + 3 * MINUTE);
    expect(await incidents()).toMatchObject([{ resolvedAt: SENT_AT + MINUTE, resolvedBy: "person" }]);
    await pause({ since: SENT_AT + 4 * MINUTE });
    expect(await incidents("open")).toMatchObject([{ openedAt: SENT_AT + 4 * MINUTE, count: 1, resolvedBy: null }]);
  });

  it("leaves nothing half done when D1 fails", async () => {
    await pause({});
    const db = brokenD1({ when: (sql) => sql.includes("DELETE FROM pauses") });
    await expect(resume({ LEDGER: db }, "target:crm", SENT_AT + MINUTE, 20)).rejects.toThrow("D1_ERROR");
    expect(await listPauses(workingD1())).toHaveLength(1);
    expect(await incidents("open")).toHaveLength(1);
  });
});

describe("deliveries that go well", () => {
  it("cost no row for incidents", async () => {
    const LEDGER = workingD1();
    await call(200, createBindings({ LEDGER }), 10);
    expect(LEDGER.queries.flat().filter((sql) => sql.includes("INTO incidents"))).toEqual([]);
  });
});
