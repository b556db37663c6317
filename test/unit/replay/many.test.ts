// Many deliveries: a replay takes them in steps, each of which reads no more than a page, by an index, and keeps nothing
// for the next one.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { toColumn } from "../../../src/ledger/content.ts";
import type { Entry } from "../../../src/ledger/record.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { bytes } from "../bytes.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { ASKED_AT, call, everything, plan, replayed, routeAndDeliver, step } from "./stage.ts";
import { startReplay, writeRefused, writeSendouts } from "./start.ts";

beforeEach(startReplay);

afterEach(() => {
  vi.useRealTimers();
});

const COUNT = 5_000;

/** Sendouts with a failed delivery each, as routing and delivery would have written them. */
async function fill(count: number): Promise<void> {
  const request = { method: "POST", url: ["https://crm.example.com/"], headers: [], body: ["{}"] };
  const column = toColumn({ as: "raw", bytes: bytes(JSON.stringify(request)) });
  for (let start = 0; start < count; start += 500) {
    const entries = Array.from({ length: 500 }, (_, index) => entriesOf(start + index, column)).flat();
    await writeEntries(workingD1(), entries);
  }
}

function entriesOf(index: number, request: string): Entry[] {
  const id = `so_${index.toString(16).padStart(32, "0")}`;
  const nothing = {
    reason: null,
    detail: null,
    sendout_ref: null,
    shape: null,
    payload_version: null,
    label: null,
    event_type: null,
    event_ref: null,
    source_kind: null,
    source_id: null,
    project_id: null,
    group_id: null,
    occurred_at: null,
    signature_secret: null,
    signature_form: null,
    terms: null,
  };
  const row = {
    ...nothing,
    id,
    accepted_id: `acc_${index}`,
    // Five arrive at a time, so that pages end in the middle of an instant.
    received_at: SENT_AT + Math.floor(index / 5),
    inlet: "voucherify",
    state: "routed" as const,
    dedupe_key: id,
    deduped: 1,
    table_version: 1,
    planned: '[{"target":"crm","route":"all"}]',
    body_sha256: "",
    body_bytes: 2,
    body: "raw:e30=",
  };
  const outcome = {
    sendoutId: id,
    target: "crm",
    copy: 0,
    route: "all",
    state: "failed" as const,
    reason: "target_rejected",
    round: 0,
    attemptsMade: 1,
    attemptsBefore: 0,
    updatedAt: SENT_AT + 60_000,
    dueAt: null,
    sweepAt: null,
    request,
  };
  return [
    { kind: "sendout", row },
    { kind: "outcome", outcome },
  ];
}

it("sends 5,000 deliveries in 100 steps of at most 50, each once", async () => {
  await fill(COUNT);
  const planned = await plan({ ...everything("as then"), rate: 50 });
  expect(planned.plan).toMatchObject({ selected: COUNT, takesSeconds: 100 });
  const db = workingD1();
  await db.prepare("UPDATE replays SET state = 'running', next_at = ?1").bind(ASKED_AT).run();
  const seen = new Set<string>();
  let steps = 0;
  for (let now = ASKED_AT; now <= ASKED_AT + 120_000; now += 60_000) {
    for (;;) {
      const env = createBindings();
      const ended = await step(env, planned.id, now);
      if (ended !== "went_on") break;
      steps++;
      const messages = replayed(env);
      expect(messages.length).toBeLessThanOrEqual(50);
      expect(env.LEDGER.queries.flat().length).toBeLessThanOrEqual(12); // six looked at, the rest from a cold isolate
      for (const { sendoutId } of messages) seen.add(sendoutId);
    }
  }
  expect(steps).toBe(100);
  expect(seen.size).toBe(COUNT);
  expect((await call("GET", `/${planned.id}`)).json).toMatchObject({ state: "done", progress: { sent: COUNT } });
  const counts = await db.prepare("SELECT round, state, count(*) AS count FROM deliveries GROUP BY 1, 2").all();
  expect(counts.results).toEqual([{ round: 1, state: "scheduled", count: COUNT }]);
}, 60_000);

it("plans up to 100,000 deliveries of up to 500,000 sendouts, and refuses more", async () => {
  await writeRefused(1, 100_000);
  vi.setSystemTime(SENT_AT + 600_000);
  expect((await plan(everything("as then"))).plan.selected).toBe(100_000);
  await writeRefused(100_001, 100_001);
  const tooMany = { status: 422, json: { code: "replay_too_large" } };
  const deliveries = await call("POST", "", everything("as then"));
  expect(deliveries).toMatchObject(tooMany);
  expect(deliveries.json).toHaveProperty("detail", "The replay is too large: it has more than 100000 deliveries.");
  await writeSendouts(100_002, 500_001);
  const sendouts = await call("POST", "", everything("as then"));
  expect(sendouts).toMatchObject(tooMany);
  expect(sendouts.json).toHaveProperty("detail", "The replay is too large: the time has more than 500000 sendouts.");
  expect((await call("GET", "")).json.replays).toHaveLength(1);
}, 120_000);

it("reads and writes by keys and by the index by time, and sorts no more than the deliveries of a sendout", async () => {
  await routeAndDeliver(2, 400);
  const env = createBindings();
  const { json } = await call("POST", "", everything("as now", { target: "crm", event: "redemption.succeeded" }), env);
  await call("POST", `/${json.id}/run`, undefined, env);
  await call("POST", `/${json.id}/stop`, undefined, env);
  const statements = new Set(env.LEDGER.queries.flat().filter((sql) => /\b(deliveries|replayed)\b/.test(sql)));
  const own = [...statements].filter((sql) => !/sqlite_master|d1_migrations/.test(sql));
  expect(own.length).toBeGreaterThanOrEqual(8);
  for (const sql of own) {
    const parameters = new Set(sql.match(/\?\d+/g)).size || (sql.match(/\?/g) ?? []).length;
    const { results } = await workingD1()
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...Array.from({ length: parameters }, () => null))
      .all<{ detail: string }>();
    const details = results.map(({ detail }) => detail).filter((detail) => !/VIRTUAL TABLE|CONSTANT ROW/.test(detail));
    expect(details.filter((detail) => detail.startsWith("SCAN"))).toEqual([]);
    if (!sql.includes("ORDER BY s.received_at")) continue;
    const sorted = details.filter((detail) => detail.includes("TEMP B-TREE"));
    expect(sorted).toEqual(["USE TEMP B-TREE FOR LAST 2 TERMS OF ORDER BY"]); // within one sendout, not over the page
  }
});
