// The watchdog at the border of each of its conditions: one below, at it, above it. What it finds opens by itself and ends
// by itself, and a person's word stands for an hour.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { watch } from "../../../src/jobs/watchdog.ts";
import { listIncidents, resolveIncident, type Incident } from "../../../src/ledger/incidents.ts";
import { noteJob, readJobs } from "../../../src/ledger/jobs.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { beginReplay, insertReplay, stopReplay } from "../../../src/ledger/replays.ts";
import { brokenD1, createBindings, downD1, recordingQueue, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { recordDelivery } from "./due.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A minute in which the Inbox is asked. */
const NOW = Math.ceil(SENT_AT / (15 * MINUTE)) * 15 * MINUTE;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await ensureMigrated(workingD1());
  // The cron has been running for long.
  await workingD1().prepare("UPDATE jobs SET position = 1 WHERE name = 'watchdog'").run();
  for (const name of ["sweep", "adopt_orphans", "purge_rest", "republish_table"]) await noteJob(workingD1(), name, NOW);
});

/** A queue whose oldest message was sent at an instant. */
function waiting(oldest: number | undefined, backlogCount = 1): Queue {
  const queue = recordingQueue();
  const metrics = { backlogCount, backlogBytes: 0 };
  queue.metrics = async () =>
    oldest === undefined ? metrics : { ...metrics, oldestMessageTimestamp: new Date(oldest) };
  return queue;
}

/** An Inbox whose sixteen objects keep one sendout, accepted at an instant. */
function inbox(oldest: number | null) {
  const states = (name: string) =>
    name === "inbox-7" ? { count: oldest === null ? 0 : 3, oldest } : { count: 0, oldest: null };
  const getByName = (name: string) => ({ state: async () => states(name), wake: async () => {} });
  return { getByName } as unknown as NonNullable<TestBindings["INBOX"]>; // what the watchdog asks of it
}

/** What the cron does: the other jobs, which end well, and then the watchdog. */
async function minute(env: TestBindings, now: number): Promise<void> {
  for (const name of ["sweep", "adopt_orphans", "purge_rest", "republish_table"]) await noteJob(workingD1(), name, now);
  await watch(env, now);
}

async function open(): Promise<Incident[]> {
  return listIncidents(workingD1(), { state: "open" });
}

const BELOW_AT_ABOVE = [
  ["one millisecond below", -1, 0],
  ["at", 0, 1],
  ["one millisecond above", 1, 1],
] as const;

describe("a queue's oldest message", () => {
  it.each([
    ["a quarter of a day, where nothing is set", undefined, 6 * HOUR],
    ["a quarter of what is set", "1209600", 84 * HOUR],
    ["half an hour, however little is set", "3600", 30 * MINUTE],
    ["a quarter of a day, where nonsense is set", "a week", 6 * HOUR],
    ["a quarter of a day, where more is set than there is", "1209601", 6 * HOUR],
  ])("counts from %s", async (_name, SIGNALBOX_QUEUE_RETENTION_SECONDS, limit) => {
    for (const [, more, count] of BELOW_AT_ABOVE) {
      const INGEST = waiting(NOW - limit - more);
      const set = SIGNALBOX_QUEUE_RETENTION_SECONDS === undefined ? {} : { SIGNALBOX_QUEUE_RETENTION_SECONDS };
      await watch(createBindings({ INGEST, ...set }), NOW);
      expect(await open()).toHaveLength(count);
    }
  });

  it.each(["INGEST", "DELIVER", "SLOW", "LATE", "DEAD"])(
    "is looked at in %s, and what is open ends with it",
    async (name) => {
      await watch(createBindings({ [name]: waiting(NOW - 7 * HOUR - 12 * MINUTE) }), NOW);
      const subject = name.toLowerCase();
      expect(await open()).toMatchObject([{ kind: "queue_backlog", subject, openedAt: NOW, count: 1 }]);
      const [incident] = await open();
      expect(incident?.detail).toContain(
        `"${subject}" was sent 7 h 12 min ago, and the queue forgets it after 24 h 0 min`,
      );
      await watch(createBindings({ [name]: waiting(NOW - HOUR) }), NOW + MINUTE);
      expect(await listIncidents(workingD1())).toMatchObject([
        { kind: "queue_backlog", subject, resolvedAt: NOW + MINUTE, resolvedBy: "itself" },
      ]);
    },
  );

  it.each([
    ["is not said", waiting(undefined)],
    ["is said to be of 1970", waiting(0)],
    ["cannot be asked for", Object.assign(recordingQueue(), { metrics: async () => Promise.reject(new Error("no")) })],
  ])("that %s opens nothing and ends nothing", async (_name, INGEST) => {
    await watch(createBindings({ INGEST }), NOW);
    expect(await open()).toEqual([]);
    await watch(createBindings({ INGEST: waiting(NOW - 7 * HOUR) }), NOW);
    await watch(createBindings({ INGEST }), NOW + MINUTE);
    expect(await open()).toMatchObject([{ kind: "queue_backlog", subject: "ingest", count: 1 }]);
  });

  it("is no more once the queue is empty", async () => {
    await watch(createBindings({ INGEST: waiting(NOW - 7 * HOUR) }), NOW);
    await watch(createBindings({ INGEST: waiting(undefined, 0) }), NOW + MINUTE);
    expect(await open()).toEqual([]);
  });
});

describe("a delivery that should have been swept", () => {
  it.each(BELOW_AT_ABOVE)("%s fifteen minutes ago", async (_name, more, count) => {
    await recordDelivery({ sweepAt: NOW - 15 * MINUTE - more });
    await watch(createBindings(), NOW);
    expect(await open()).toHaveLength(count);
  });

  it("is counted, with the oldest, until it is swept; what waits for a person is not", async () => {
    for (let index = 0; index < 3; index++) await recordDelivery({ sweepAt: NOW - (20 + index) * MINUTE });
    await recordDelivery({ state: "held", reason: "target_paused", sweepAt: null });
    await recordDelivery({ state: "delivered", sweepAt: null });
    await watch(createBindings(), NOW);
    const [incident] = await open();
    expect(incident).toMatchObject({ kind: "rows_overdue", subject: "deliveries" });
    expect(incident?.detail).toContain("sweeper: 3, the oldest 22 min ago");
    await workingD1().prepare("UPDATE deliveries SET sweep_at = ?1 WHERE sweep_at IS NOT NULL").bind(NOW).run();
    await watch(createBindings(), NOW + MINUTE);
    expect(await listIncidents(workingD1())).toMatchObject([{ resolvedAt: NOW + MINUTE, resolvedBy: "itself" }]);
  });

  it("is found by the index", async () => {
    const { results } = await workingD1()
      .prepare("EXPLAIN QUERY PLAN SELECT sweep_at FROM deliveries WHERE sweep_at <= 5 ORDER BY sweep_at LIMIT 3")
      .all<{ detail: string }>();
    expect(results.map(({ detail }) => detail).join()).toContain("INDEX deliveries_to_sweep");
  });
});

describe("a job", () => {
  it.each(["sweep", "adopt_orphans"])(
    "%s that ended well fifteen minutes ago is stuck, and is not when it has again",
    async (job) => {
      for (const [, more, count] of BELOW_AT_ABOVE) {
        await noteJob(workingD1(), job, NOW - 15 * MINUTE - more);
        await watch(createBindings(), NOW);
        expect(await open()).toHaveLength(count);
      }
      expect(await open()).toMatchObject([{ kind: "job_stuck", subject: job }]);
      await noteJob(workingD1(), job, NOW);
      await watch(createBindings(), NOW + MINUTE);
      expect(await listIncidents(workingD1())).toMatchObject([{ resolvedBy: "itself" }]);
    },
  );

  it.each(BELOW_AT_ABOVE)(
    "that never ended well is stuck %s fifteen minutes after the first start",
    async (_name, more, count) => {
      await workingD1().prepare("DELETE FROM jobs WHERE name = 'sweep'").run();
      await workingD1()
        .prepare("UPDATE jobs SET position = ?1 WHERE name = 'watchdog'")
        .bind(NOW - 15 * MINUTE - more)
        .run();
      await watch(createBindings(), NOW);
      expect((await open()).map(({ subject }) => subject)).toEqual(count === 0 ? [] : ["sweep"]);
    },
  );

  it("that fails in the cron is stuck after a quarter of an hour, and the watchdog runs all the same", async () => {
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("sweep_at = ?1 + ?2") }) });
    for (let after = 0; after <= 15; after++) await runJobs(env, NOW + after * MINUTE);
    expect(await open()).toMatchObject([{ kind: "job_stuck", subject: "sweep", openedAt: NOW + 15 * MINUTE }]);
    await runJobs(createBindings(), NOW + 16 * MINUTE);
    expect(await open()).toEqual([]);
  }, 30_000); // seventeen runs of every job
});

describe("a replay that runs", () => {
  async function begin(nextAt: number): Promise<void> {
    const planned = {
      id: "rp_1",
      mode: "as then",
      rate: 1,
      plannedAt: 1,
      expiresAt: NOW * 2,
      plan: { selected: 1 },
      by: null,
    } as const;
    await insertReplay({ LEDGER: workingD1() }, { ...planned, selection: { since: 1, until: 2, states: ["failed"] } });
    await beginReplay({ LEDGER: workingD1() }, "rp_1", nextAt);
  }

  it.each(BELOW_AT_ABOVE)("and should have gone on %s fifteen minutes ago", async (_name, more, count) => {
    await begin(NOW - 15 * MINUTE - more);
    await watch(createBindings(), NOW);
    expect((await open()).map(({ kind, subject }) => [kind, subject])).toEqual(
      count === 0 ? [] : [["job_stuck", "replay:rp_1"]],
    );
  });

  it("is no incident any more once it is stopped", async () => {
    await begin(NOW - HOUR);
    await watch(createBindings(), NOW);
    await stopReplay({ LEDGER: workingD1() }, "rp_1", NOW);
    await watch(createBindings(), NOW + MINUTE);
    expect(await listIncidents(workingD1())).toMatchObject([{ subject: "replay:rp_1", resolvedBy: "itself" }]);
  });
});

describe("the Inbox's oldest sendout", () => {
  it.each(BELOW_AT_ABOVE)("%s fifteen minutes old", async (_name, more, count) => {
    await minute(createBindings({ INBOX: inbox(NOW - 15 * MINUTE - more) }), NOW);
    expect((await open()).map(({ kind }) => kind)).toEqual(count === 0 ? [] : ["inbox_backlog"]);
  });

  it("is asked for every quarter of an hour, and ends the incident when it is gone", async () => {
    await minute(createBindings({ INBOX: inbox(NOW - HOUR) }), NOW + MINUTE);
    expect(await open()).toEqual([]);
    await minute(createBindings({ INBOX: inbox(NOW - HOUR) }), NOW + 15 * MINUTE);
    expect(await open()).toMatchObject([{ kind: "inbox_backlog", subject: "inbox" }]);
    await minute(createBindings({ INBOX: inbox(null) }), NOW + 29 * MINUTE);
    expect(await open()).toHaveLength(1);
    await minute(createBindings({ INBOX: inbox(null) }), NOW + 30 * MINUTE);
    expect(await open()).toEqual([]);
  });

  it("that is not told opens nothing and ends nothing", async () => {
    const INBOX = { getByName: () => ({ state: async () => Promise.reject(new Error("gone")) }) };
    await minute(createBindings({ INBOX: inbox(NOW - HOUR) }), NOW);
    await minute(createBindings({ INBOX }), NOW + 15 * MINUTE);
    expect(await open()).toMatchObject([{ kind: "inbox_backlog", count: 1 }]);
  });
});

describe("an incident of the watchdog", () => {
  const stuck = () => createBindings({ INGEST: waiting(NOW - 8 * HOUR) });
  const KEY = { kind: "queue_backlog", subject: "ingest" };

  it("counts each look, once a minute, and says in the log only that it opened", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const after of [0, 0, 1, 2]) await minute(stuck(), NOW + after * MINUTE);
    expect(await open()).toMatchObject([{ count: 3, openedAt: NOW, lastSeenAt: NOW + 2 * MINUTE }]);
    const lines = log.mock.calls.flat().filter((line) => String(line).includes("alert_raised"));
    expect(lines).toEqual([JSON.stringify({ event: "alert_raised", ...KEY })]);
  });

  it.each(BELOW_AT_ABOVE)(
    "that a person resolved although it goes on opens again %s an hour later",
    async (_name, more, count) => {
      await minute(stuck(), NOW);
      await resolveIncident(workingD1(), KEY, NOW + MINUTE);
      for (const after of [2, 30, 59]) await minute(stuck(), NOW + after * MINUTE);
      expect(await open()).toEqual([]);
      await minute(stuck(), NOW + MINUTE + HOUR + more);
      expect(await open()).toHaveLength(count);
    },
  );

  it("that ended by itself opens at once when it is back", async () => {
    await minute(stuck(), NOW);
    await minute(createBindings(), NOW + MINUTE);
    await minute(stuck(), NOW + 2 * MINUTE);
    expect(await open()).toMatchObject([{ openedAt: NOW + 2 * MINUTE, count: 1, resolvedBy: null }]);
  });

  it("leaves those of others alone", async () => {
    const occurrence = { id: "1", subject: "shop", at: NOW, count: 1, detail: "look" };
    await writeEntries(workingD1(), [{ kind: "incident", occurrence: { ...occurrence, kind: "signature_refused" } }]);
    await minute(createBindings(), NOW + MINUTE);
    expect(await open()).toMatchObject([{ kind: "signature_refused", count: 1 }]);
  });
});

describe("the watchdog itself", () => {
  it("notes that it ran, and not when D1 took nothing of it", async () => {
    await watch(createBindings(), NOW);
    expect((await readJobs(workingD1())).get("watchdog")).toMatchObject({ endedAt: NOW });
    const LEDGER = brokenD1({ when: (sql) => sql.includes("FROM incidents") });
    await expect(watch(createBindings({ LEDGER }), NOW + MINUTE)).rejects.toThrow("D1_ERROR");
    await expect(watch(createBindings({ LEDGER: downD1() }), NOW + MINUTE)).rejects.toThrow("D1_ERROR");
    expect((await readJobs(workingD1())).get("watchdog")).toMatchObject({ endedAt: NOW });
  });

  it("costs one row written a minute while nothing is wrong", async () => {
    const LEDGER = workingD1();
    await watch(createBindings({ LEDGER }), NOW);
    // Of these, one finds nothing to forget and one nothing to resolve.
    const idle = /^\s*(?:SELECT|WITH|DELETE FROM evaluations|UPDATE incidents)/;
    expect(LEDGER.queries.flat().filter((sql) => !idle.test(sql))).toEqual([
      expect.stringContaining("INSERT INTO jobs"),
    ]);
  });
});
