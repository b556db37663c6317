// The purge while D1 or R2 fails: it goes on where it was, and nothing that is still referred to is deleted. And what has
// an age of its own.

import { env as simulator } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { purge } from "../../../src/jobs/purge.ts";
import { watch } from "../../../src/jobs/watchdog.ts";
import { storeClaim } from "../../../src/ledger/claims.ts";
import { encodeUtf8 } from "../../../src/ledger/content.ts";
import { listIncidents } from "../../../src/ledger/incidents.ts";
import { readJobs } from "../../../src/ledger/jobs.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { brokenD1, createBindings, downD1, workingD1, type Fault } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { routeAndDeliver } from "../replay/stage.ts";
import { startOver } from "../start-over.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const AFTER_BODIES = SENT_AT + 14 * DAY + HOUR;
const AFTER_METADATA = SENT_AT + 90 * DAY + HOUR;

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm"]));
});

/** A claim as old as its sendout. */
async function claimAt(at: number, env: { LEDGER: D1Database; BODIES?: R2Bucket }): Promise<string> {
  const id = await storeClaim(env, encodeUtf8("x"));
  const old = `clm_t${at.toString(16).padStart(12, "0")}${id.slice(-20)}`;
  if (env.BODIES === undefined) await env.LEDGER.prepare("UPDATE claims SET id = ?1").bind(old).run();
  else await env.BODIES.put(old, "x");
  await env.BODIES?.delete(id);
  return old;
}

describe("D1 that fails", () => {
  const STATEMENTS = [
    ["the step's transaction", "UPDATE sendouts AS s SET body"],
    ["the deletion of claims", "DELETE FROM claims"],
    ["the deletion of rows", "DELETE FROM sendouts"],
  ] as const;
  const FAULTS: Exclude<Fault, "hang">[] = ["before", "after"];

  it.each(STATEMENTS.flatMap(([name, sql]) => FAULTS.map((fault) => [fault, name, sql] as const)))(
    "%s %s leaves nothing that the next run does not finish",
    async (fault, _name, sql) => {
      await routeAndDeliver(3, 200);
      const claim = await claimAt(SENT_AT, { LEDGER: workingD1() });
      await workingD1().prepare("UPDATE deliveries SET request = ?1").bind(`claim:${claim}:1`).run();
      const now = sql.startsWith("DELETE FROM sendouts") ? AFTER_METADATA : AFTER_BODIES;
      const broken = createBindings({ LEDGER: brokenD1({ when: (text) => text.includes(sql), fault }) });
      await expect(purge(broken, now)).rejects.toThrow("D1_ERROR");
      const before = await rowsOf("sendouts");
      const after = (await rowsOf("deliveries")).map(({ request }) => String(request).startsWith("gone:"));
      // Either all of a step or nothing.
      expect(new Set(after).size).toBeLessThanOrEqual(1);
      expect([0, 3]).toContain(before.length);
      await purge(createBindings(), now);
      await purge(createBindings(), now + 2 * DAY); // claims that a crash left are found by their age
      expect((await rowsOf("sendouts")).filter(({ body }) => body !== "gone:expired")).toEqual([]);
      expect(await rowsOf("claims")).toEqual([]);
    },
  );

  it("does nothing, and says so as a failed job", async () => {
    await routeAndDeliver(1, 200);
    await expect(purge(createBindings({ LEDGER: downD1() }), AFTER_BODIES)).rejects.toThrow();
    expect((await rowsOf("sendouts"))[0]?.["body"]).toMatch(/^(raw|gzip):/);
  });
});

describe("claims", () => {
  it("are kept while what refers to them is under way, and found by their age when nothing does", async () => {
    await routeAndDeliver(1, 200);
    const env = createBindings();
    const used = await claimAt(SENT_AT, env);
    await workingD1().prepare("UPDATE deliveries SET request = ?1, state = 'held'").bind(`claim:${used}:1`).run();
    await purge(env, SENT_AT + 15 * DAY + HOUR);
    expect((await rowsOf("claims")).map(({ id }) => id)).toEqual([used]);
    await workingD1().prepare("UPDATE deliveries SET request = 'raw:e30='").run();
    await purge(env, SENT_AT + 15 * DAY + 3 * HOUR);
    expect(await rowsOf("claims")).toEqual([]);
  });

  it("that still travel in a queue are kept, however short bodyDays is", async () => {
    await publish({ ...createTable(["crm"]), settings: { retention: { bodyDays: 1 } } });
    const env = createBindings();
    await claimAt(SENT_AT, env);
    await purge(env, SENT_AT + 15 * DAY - 1);
    expect(await rowsOf("claims")).toHaveLength(1);
    await purge(env, SENT_AT + 15 * DAY + HOUR);
    expect(await rowsOf("claims")).toEqual([]);
  });
});

describe("what has an age of its own", () => {
  const LATE = SENT_AT + 91 * DAY;

  async function counts(): Promise<Record<string, number>> {
    const tables = ["incidents", "tokens", "audit_log", "replays", "replayed"];
    const entries = tables.map(async (table) => {
      const count = await simulator.LEDGER.prepare(`SELECT count(*) AS count FROM ${table}`).first<number>("count");
      return [table, count ?? -1] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  it("goes: resolved incidents, expired tokens, replays and what they did after metadataDays, the audit log later", async () => {
    const db = workingD1();
    await ensureMigrated(db);
    await db.exec(
      [
        `INSERT INTO incidents (kind, subject, opened_at, last_seen_at, count, detail, resolved_at, recent, resolved_by) VALUES ('k', 'open', 1, 1, 1, '', NULL, '[]', NULL), ('k', 'over', 1, 1, 1, '', ${SENT_AT}, '[]', NULL)`,
        `INSERT INTO tokens VALUES ('a', 'a', 'a', '[]', 1, NULL, NULL), ('b', 'b', 'b', '[]', 1, ${SENT_AT}, NULL)`,
        `INSERT INTO audit_log (at, actor, action, subject, status) VALUES (${SENT_AT}, 'secret', 'x', '', 200)`,
        `INSERT INTO replays (id, state, mode, rate, planned_at, expires_at, selection, plan) VALUES ('rpl_1', 'done', 'as now', 1, ${SENT_AT}, 1, '{}', '{"selected":1}')`,
        `INSERT INTO replays (id, state, mode, rate, planned_at, expires_at, selection, plan) VALUES ('rpl_2', 'done', 'as now', 1, ${LATE}, 1, '{}', '{"selected":1}')`,
        `INSERT INTO replayed (replay_id, sendout_id, target, copy, round, request_before) VALUES ('rpl_1', 'so_1', 'crm', 0, 1, 'raw:'), ('rpl_2', 'so_1', 'crm', 0, 2, 'raw:')`,
      ].join(";\n"),
    );
    await purge(createBindings(), SENT_AT + 90 * DAY);
    expect(await counts()).toEqual({ incidents: 2, tokens: 2, audit_log: 1, replays: 2, replayed: 2 });
    const kept = await simulator.LEDGER.prepare("SELECT count(request_before) AS n FROM replayed").first<number>("n");
    expect(kept).toBe(0);
    await purge(createBindings(), LATE);
    expect(await counts()).toEqual({ incidents: 1, tokens: 1, audit_log: 1, replays: 1, replayed: 1 });
    await purge(createBindings(), SENT_AT + 366 * DAY);
    expect(await counts()).toMatchObject({ audit_log: 0, replays: 0, incidents: 1, tokens: 1 });
  });
});

describe("a purge that is behind", () => {
  it("says so, opens an incident, and is well again once it has caught up", async () => {
    await routeAndDeliver(1, 200);
    await purge(createBindings(), AFTER_BODIES);
    const db = workingD1();
    await db.exec(
      `INSERT INTO replays (id, state, mode, rate, planned_at, expires_at, selection, plan) VALUES ('rpl_1', 'running', 'as now', 1, ${SENT_AT}, 1, '{"since":${SENT_AT},"states":["failed"]}', '{"selected":1}')`,
    );
    await purge(createBindings(), AFTER_BODIES + 2 * HOUR);
    const note = (await readJobs(db)).get("purge_bodies")?.note;
    expect(note).toMatch("Payloads received after 2026-10-05T09:15:31.000Z are still kept, although bodyDays is 14.");
    await watch(createBindings(), AFTER_BODIES + 2 * HOUR);
    expect(await open()).toEqual([["retention_behind", "purge", note]]);
    await db.prepare("UPDATE replays SET state = 'done'").run();
    await purge(createBindings(), AFTER_BODIES + 2 * HOUR);
    await watch(createBindings(), AFTER_BODIES + 2 * HOUR + 1);
    expect(await open()).toEqual([]);
  });

  it("is noticed too when the job never comes to its end", async () => {
    await purge(createBindings(), AFTER_BODIES);
    await workingD1().prepare("UPDATE jobs SET position = 1 WHERE name = 'watchdog'").run();
    await watch(createBindings(), AFTER_BODIES + 3 * HOUR);
    expect(await open()).toEqual([]);
    await watch(createBindings(), AFTER_BODIES + 3 * HOUR + 1);
    expect(await open()).toEqual([["retention_behind", "purge", expect.stringContaining("for 3 h 0 min")]]);
  });

  async function open() {
    const incidents = await listIncidents(workingD1(), { state: "open" });
    return incidents
      .filter(({ kind }) => kind === "retention_behind")
      .map(({ kind, subject, detail }) => [kind, subject, detail]);
  }
});
