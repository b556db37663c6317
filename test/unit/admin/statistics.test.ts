// How it goes, in the three forms in which people and programs ask: statistics, usage, and Prometheus' text.

import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { SPAN_MS, spanOf } from "../../../src/ledger/count-traffic.ts";
import { FLOW_SENDOUTS_MAX } from "../../../src/ledger/flows.ts";
import { insertPause } from "../../../src/ledger/pauses.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { countOn } from "../../../src/ledger/statistics.ts";
import { createBindings, downD1, SECRETS, workingD1 } from "../faults.ts";
import { createSendoutRow } from "../ledger/rows.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";

const SPAN = spanOf(SENT_AT);
const NOW = SPAN + 2 * SPAN_MS;

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  const planned = JSON.stringify([{ target: "crm", route: "all" }]);
  const outcome = { copy: 0, route: "all", round: 0, attemptsBefore: 0, dueAt: null, sweepAt: null, request: "" };
  await writeEntries(workingD1(), [
    { kind: "sendout", row: createSendoutRow({ id: "so_1", received_at: SPAN, planned }) },
    { kind: "sendout", row: createSendoutRow({ id: "so_2", received_at: SPAN + 1, planned }) },
    { kind: "sendout", row: createSendoutRow({ id: "so_3", received_at: SPAN + 2, state: "quarantined" }) },
    {
      kind: "outcome",
      outcome: {
        ...outcome,
        sendoutId: "so_1",
        target: "crm",
        state: "delivered",
        reason: null,
        attemptsMade: 2,
        updatedAt: SPAN + 90,
      },
    },
    {
      kind: "outcome",
      outcome: {
        ...outcome,
        sendoutId: "so_2",
        target: "crm",
        state: "held",
        reason: "target_paused",
        attemptsMade: 0,
        updatedAt: SPAN + 90,
      },
    },
  ]);
  await countOn({ LEDGER: workingD1() }, NOW);
});

afterEach(() => {
  vi.useRealTimers();
});

/** So many copies of a sendout, each received a millisecond after the one before. */
async function copySendout(id: string, count: number): Promise<void> {
  const { results } = await workingD1()
    .prepare("SELECT name FROM pragma_table_info('sendouts')")
    .all<{ name: string }>();
  const columns = results.map(({ name }) => name);
  const changed: Record<string, string> = {
    id: "'copy_' || n.value",
    dedupe_key: "'copy_' || n.value",
    accepted_id: "'copy_' || n.value",
    received_at: "s.received_at + n.value",
  };
  const values = columns.map((name) => changed[name] ?? `s.${name}`);
  await workingD1()
    .prepare(
      `INSERT INTO sendouts (${columns.join(", ")}) SELECT ${values.join(", ")} FROM sendouts AS s, json_each(?1) AS n WHERE s.id = ?2`,
    )
    .bind(JSON.stringify(Array.from({ length: count }, (_, index) => index)), id)
    .run();
}

async function get(path: string, bindings = createBindings(), token: string = SECRETS.SIGNALBOX_ADMIN_TOKEN) {
  const request = new Request(`https://signalbox.example.com${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return app.fetch(request, bindings, createExecutionContext());
}

describe("GET /admin/statistics", () => {
  it("has steps, inlets and targets", async () => {
    const response = await get("/admin/statistics");
    expect(await response.json()).toEqual({
      since: new Date(NOW - 24 * 3_600_000).toISOString(),
      until: new Date(NOW).toISOString(),
      step: "5m",
      steps: [
        {
          at: new Date(SPAN).toISOString(),
          sendouts: { routed: 2, quarantined: 1 },
          deliveries: { delivered: 1, held: 1 },
          latencyMs: { p50: 75, p95: 98 },
        },
      ],
      latencyMs: { p50: 75, p95: 98 },
      inlets: { voucherify: { routed: 2, quarantined: 1 } },
      targets: {
        crm: { deliveries: { delivered: 1, held: 1 }, attempts: 2, latencyMs: { p50: 75, p95: 98 } },
      },
    });
  });

  it("is empty where nothing came in", async () => {
    const response = await get("/admin/statistics?since=2020-01-01T00:00:00Z&until=2020-02-01T00:00:00Z");
    expect(await response.json()).toMatchObject({ step: "1d", steps: [], inlets: {}, targets: {} });
  });

  it.each(["step=2m", "since=yesterday", "since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "sinse=1"])(
    "refuses %s",
    async (query) => {
      expect((await get(`/admin/statistics?${query}`)).status).toBe(400);
    },
  );

  it("says so when D1 does not answer", async () => {
    expect((await get("/admin/statistics", createBindings({ LEDGER: downD1() }))).status).toBe(503);
  });
});

describe("GET /admin/flows", () => {
  it("counts planned deliveries by inlet, route and target", async () => {
    const planned = JSON.stringify([
      { target: "crm", route: "all" },
      { target: "chat", route: "loud" },
    ]);
    const row = createSendoutRow({ id: "so_4", received_at: SPAN + 3, inlet: "shop", planned });
    await writeEntries(workingD1(), [{ kind: "sendout", row }]);
    const response = await get(`/admin/flows?since=${new Date(SPAN).toISOString()}`);
    expect(await response.json()).toEqual({
      since: new Date(SPAN).toISOString(),
      flows: [
        { inlet: "shop", route: "all", target: "crm", deliveries: 1 },
        { inlet: "shop", route: "loud", target: "chat", deliveries: 1 },
        { inlet: "voucherify", route: "all", target: "crm", deliveries: 2 },
      ],
    });
  });

  it("leaves out what came in before", async () => {
    const response = await get(`/admin/flows?since=${new Date(SPAN + 1).toISOString()}`);
    expect(await response.json()).toMatchObject({ flows: [{ deliveries: 1 }] });
  });

  it("says from when on it has counted where there is more than it looks at", async () => {
    await copySendout("so_1", FLOW_SENDOUTS_MAX);
    const response = await get(`/admin/flows?since=${new Date(SPAN).toISOString()}`);
    expect(await response.json()).toMatchObject({
      since: new Date(SPAN + 2).toISOString(),
      flows: [{ deliveries: FLOW_SENDOUTS_MAX - 2 }],
    });
  });

  it("says so when D1 does not answer", async () => {
    expect((await get("/admin/flows", createBindings({ LEDGER: downD1() }))).status).toBe(503);
  });
});

describe("GET /admin/usage", () => {
  it("has what traffic uses, a day", async () => {
    const usage = await (await get("/admin/usage")).json<Record<string, unknown>>();
    expect(usage).toMatchObject({
      days: [
        { sendouts: 3, deliveries: 2, attempts: 2, use: { d1RowsWritten: 8, queueOperations: 15, workerRequests: 8 } },
      ],
      averageADay: { d1RowsWritten: 0 },
      database: { growthBytesADay: null },
      free: { databaseBytesMax: 500_000_000, daysUntilFull: null, shareOfBusiestDay: { queueOperations: 0.0015 } },
      paid: { dollarsAMonth: 5 },
    });
  });
});

describe("GET /metrics", () => {
  it("has counters, the histogram and gauges", async () => {
    const pause = {
      subject: "target:crm",
      reason: "breaker",
      mode: "hold",
      since: SPAN,
      until: NOW,
      note: null,
    } as const;
    const db = workingD1();
    await db.batch(insertPause(db, pause));
    const response = await get("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await response.text()).split("\n").filter((line) => !line.startsWith("#"));
    expect(lines).toEqual(
      expect.arrayContaining([
        'signalbox_sendouts_total{inlet="voucherify",state="routed"} 2',
        'signalbox_sendouts_total{inlet="voucherify",state="quarantined"} 1',
        'signalbox_deliveries_total{target="crm",state="delivered"} 1',
        'signalbox_attempts_total{target="crm"} 2',
        'signalbox_delivery_seconds_bucket{target="crm",le="0.05"} 0',
        'signalbox_delivery_seconds_bucket{target="crm",le="0.1"} 1',
        'signalbox_delivery_seconds_bucket{target="crm",le="+Inf"} 1',
        'signalbox_held{target="crm",reason="target_paused"} 1',
        'signalbox_paused{subject="target:crm",reason="breaker"} 1',
        "signalbox_quarantined 1",
        "signalbox_oldest_due_seconds 0",
        "signalbox_table_version 0",
      ]),
    );
    expect(lines.filter((line) => line.startsWith("signalbox_deliveries_total"))).toHaveLength(1);
  });

  it.each([
    [undefined, 401],
    ["wrong", 401],
  ])("is closed to %s", async (token, status) => {
    expect((await get("/metrics", createBindings(), token ?? "")).status).toBe(status);
  });
});
