// Retention: what is too old goes, in the order in which it arrived, and what is still needed does not.

import { beforeEach, describe, expect, it } from "vitest";
import { purge } from "../../../src/jobs/purge.ts";
import { readColumn } from "../../../src/ledger/content.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { readJobs } from "../../../src/ledger/jobs.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { call, deliver, deliveries, route, routeAndDeliver } from "../replay/stage.ts";
import { startOver } from "../start-over.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const AFTER_BODIES = SENT_AT + 14 * DAY;
const AFTER_METADATA = SENT_AT + 90 * DAY;

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm"]));
});

async function bodies(): Promise<string[]> {
  return (await rowsOf("sendouts")).map(({ body }) => String(body).replace(/^(raw|gzip):.*/, "kept"));
}

async function requests(): Promise<string[]> {
  return (await deliveries()).map(({ request }) => String(request).replace(/^(raw|gzip):.*/, "kept"));
}

describe("content", () => {
  it("goes once it is as old as bodyDays, and not a millisecond before", async () => {
    await routeAndDeliver(2, 200);
    await purge(createBindings(), AFTER_BODIES - 1);
    expect(await bodies()).toEqual(["kept", "kept"]);
    await purge(createBindings(), AFTER_BODIES);
    expect((await bodies()).toSorted()).toEqual(["gone:expired", "kept"]);
    await purge(createBindings(), AFTER_BODIES + 1);
    expect(await bodies()).toEqual(["gone:expired", "gone:expired"]);
    expect(await requests()).toEqual(["gone:expired", "gone:expired"]);
  });

  it("leaves of an attempt when it was, how long it took and what came of it", async () => {
    await deliver(
      await route(1),
      () => new Response("no such field", { status: 400, headers: { "x-id": "7" } }),
      SENT_AT,
    );
    const [before] = await deliveries();
    expect(JSON.parse(String(before?.["attempts"]))).toMatchObject([{ status: 400, excerpt: "no such field" }]);
    await purge(createBindings(), AFTER_BODIES);
    const [after] = await deliveries();
    expect(JSON.parse(String(after?.["attempts"]))).toEqual([
      { at: SENT_AT, ms: 0, status: 400, reason: "target_rejected", tableVersion: 1 },
    ]);
    expect({ ...after, attempts: null, request: null }).toEqual({ ...before, attempts: null, request: null });
  });

  it("goes by the table in force", async () => {
    await routeAndDeliver(1, 200);
    const table = createTable(["crm"]);
    await publish({ ...table, settings: { retention: { bodyDays: 3 } } });
    await purge(createBindings(), SENT_AT + 3 * DAY);
    expect(await bodies()).toEqual(["gone:expired"]);
  });

  it("of a repeat that differed goes with its sendout's", async () => {
    const [first] = await arrive();
    await arrive({ ...first, created_at: "2026-10-05T08:15:30.251Z" });
    await workingD1().prepare("UPDATE sendouts SET planned = '[]'").run();
    expect((await rowsOf("repeats")).map(({ body }) => typeof body)).toEqual(["string"]);
    await purge(createBindings(), AFTER_BODIES + HOUR);
    expect((await rowsOf("repeats")).map(({ body }) => body)).toEqual(["gone:expired"]);
  });

  it("of a repeat that differs and comes after its sendout's went is not kept", async () => {
    const [first] = await arrive();
    await workingD1().prepare("UPDATE sendouts SET planned = '[]'").run();
    await purge(createBindings(), AFTER_BODIES + HOUR);
    await arrive({ ...first, created_at: "2026-10-05T08:15:30.251Z" }, AFTER_BODIES + 2 * HOUR);
    expect((await rowsOf("repeats")).map(({ body }) => body)).toEqual(["gone:expired"]);
  });

  it("that is gone does not keep a repeat from being recognised", async () => {
    const [first] = await arrive();
    await workingD1().prepare("UPDATE sendouts SET planned = '[]'").run();
    await purge(createBindings(), AFTER_BODIES + HOUR);
    const [, env] = await arrive(first, AFTER_BODIES + 2 * HOUR);
    expect(env.DELIVER.messages).toEqual([]);
    expect(await rowsOf("sendouts")).toHaveLength(1);
    expect(await rowsOf("repeats")).toHaveLength(1);
  });
});

/** Has a sendout arrive and be routed; it is not delivered. */
async function arrive(sendout = SENDOUT, at = SENT_AT) {
  const env = createBindings();
  await consumeIngest(createBatch([createMessage(await createIngestMessage(sendout, at))]), env, at + 1);
  return [sendout, env] as const;
}

const SENDOUT = createSendout();

describe("rows", () => {
  it("go once they are as old as metadataDays, with all that belongs to them", async () => {
    await routeAndDeliver(2, 200);
    await purge(createBindings(), AFTER_METADATA - 1);
    expect(await rowsOf("sendouts")).toHaveLength(2);
    await purge(createBindings(), AFTER_METADATA + 1);
    expect(await rowsOf("sendouts")).toEqual([]);
    expect(await rowsOf("deliveries")).toEqual([]);
  });

  it("cost two rows written for the content and two for the rest, at fan-out 1", async () => {
    await routeAndDeliver(10, 200);
    const env = createBindings();
    await purge(env, AFTER_BODIES + HOUR);
    const [perJob, position] = [env.LEDGER.rowsWritten, 2];
    expect(perJob - position).toBe(20);
    const later = createBindings();
    await purge(later, AFTER_METADATA + HOUR);
    expect(later.LEDGER.rowsWritten - position).toBe(20);
  });

  it("go in steps, as many as fit a run, and the next run goes on", async () => {
    await insertMany(5_600);
    await purge(createBindings(), AFTER_BODIES + HOUR);
    const counts = async () => Map.groupBy(await bodies(), (body) => body).get("gone:expired")?.length;
    expect(await counts()).toBe(5_000);
    await purge(createBindings(), AFTER_BODIES + HOUR);
    expect(await counts()).toBe(5_600);
  });

  it("that all arrived at one instant are one step, so that none is passed over", async () => {
    await insertMany(1_200, "0");
    await purge(createBindings(), AFTER_BODIES + HOUR);
    expect(new Set(await bodies())).toEqual(new Set(["gone:expired"]));
  });
});

/** Sendouts that no route took, each a millisecond after the other. */
async function insertMany(count: number, after = "value"): Promise<void> {
  await workingD1()
    .prepare(
      `INSERT INTO sendouts (id, accepted_id, received_at, inlet, state, dedupe_key, body_sha256, body_bytes, body)
       SELECT 'so_' || value, 'acc_' || value, ?1 + ${after}, 'voucherify', 'unrouted', 'k', 'h', 2, 'raw:e30='
       FROM json_each(?2)`,
    )
    .bind(SENT_AT, JSON.stringify(Array.from({ length: count }, (_, index) => index)))
    .run();
}

describe("what is under way", () => {
  it("is passed over until it has ended, in the hour after", async () => {
    await route(1); // planned, never heard of
    await routeAndDeliver(1, 200);
    await purge(createBindings(), AFTER_BODIES + HOUR);
    expect((await bodies()).toSorted()).toEqual(["gone:expired", "kept"]);
    await workingD1()
      .prepare(
        `INSERT INTO deliveries (sendout_id, target, route, state, attempts_made, updated_at, attempts, request)
         SELECT sendout_id, 'crm', 'all', 'delivered', 1, 1, '[]', 'raw:e30=' FROM purge_later`,
      )
      .run();
    await purge(createBindings(), AFTER_BODIES + HOUR + 1_000);
    expect((await bodies()).toSorted()).toEqual(["gone:expired", "kept"]);
    await purge(createBindings(), AFTER_BODIES + 2 * HOUR + 1_000);
    expect(await bodies()).toEqual(["gone:expired", "gone:expired"]);
    expect(await requests()).toEqual(["gone:expired", "gone:expired"]);
  });

  it.each(["scheduled", "held"])("is not deleted while a delivery of it is %s, however old", async (state) => {
    await routeAndDeliver(1, 200);
    await workingD1().prepare("UPDATE deliveries SET state = ?1").bind(state).run();
    await purge(createBindings(), AFTER_METADATA + HOUR);
    expect(await bodies()).toEqual(["kept"]);
    expect(await requests()).toEqual(["kept"]);
    await workingD1().prepare("UPDATE deliveries SET state = 'failed'").run();
    await purge(createBindings(), AFTER_METADATA + 3 * HOUR);
    expect(await rowsOf("sendouts")).toEqual([]);
    expect(await rowsOf("deliveries")).toEqual([]);
  });
});

describe("a replay", () => {
  const AT = AFTER_BODIES + HOUR;

  /** Plans a replay of everything that failed. */
  async function plan(): Promise<string> {
    const { json } = await call("POST", "", { select: { since: "2026-01-01T00:00:00Z" }, mode: "as now" });
    return json.id;
  }

  it("keeps what it selects from being purged, as a plan and while it runs, and not once it has ended", async () => {
    await routeAndDeliver(2, 400);
    const id = await plan();
    const db = workingD1();
    await db
      .prepare("UPDATE replays SET expires_at = ?1")
      .bind(AT + 1)
      .run();
    await purge(createBindings(), AT);
    expect(await bodies()).toEqual(["kept", "kept"]);
    await db.prepare("UPDATE replays SET state = 'running', expires_at = 0 WHERE id = ?1").bind(id).run();
    await purge(createBindings(), AT);
    expect(await bodies()).toEqual(["kept", "kept"]);
    const { sendout_id: sendoutId, target } = (await deliveries())[0] ?? {};
    const position = JSON.stringify({ receivedAt: SENT_AT + 1, sendoutId, target, copy: 0 });
    await db.prepare("UPDATE replays SET position = ?1").bind(position).run();
    await purge(createBindings(), AT);
    expect((await bodies()).toSorted()).toEqual(["gone:expired", "kept"]);
    await db.prepare("UPDATE replays SET state = 'done'").run();
    await purge(createBindings(), AT);
    expect(await bodies()).toEqual(["gone:expired", "gone:expired"]);
  });

  it("that names sendouts keeps those and what arrived after them", async () => {
    await routeAndDeliver(3, 400);
    const named = (await rowsOf("sendouts")).find((row) => row["received_at"] === SENT_AT + 1)?.["id"];
    await call("POST", "", { select: { sendouts: [named] }, mode: "as now" });
    await workingD1().prepare("UPDATE replays SET state = 'running'").run();
    await purge(createBindings(), AT);
    expect((await bodies()).toSorted()).toEqual(["gone:expired", "kept", "kept"]);
  });
});

describe("what comes late", () => {
  it("goes too when it arrives after the purge has gone past it", async () => {
    await routeAndDeliver(1, 200);
    await purge(createBindings(), AFTER_BODIES + HOUR);
    await arrive(SENDOUT, SENT_AT - 1_000);
    expect((await readJobs(workingD1())).get("purge_bodies")?.position).toBe(SENT_AT - 1_001);
    await workingD1().prepare("UPDATE sendouts SET planned = '[]'").run();
    await purge(createBindings(), AFTER_BODIES + HOUR);
    expect(await bodies()).toEqual(["gone:expired", "gone:expired"]);
  });

  it("brings neither a request nor an answer back", async () => {
    await routeAndDeliver(1, 400);
    await purge(createBindings(), AFTER_BODIES + HOUR);
    const [row] = await deliveries();
    const outcome: Outcome = {
      sendoutId: String(row?.["sendout_id"]),
      target: "crm",
      copy: 0,
      route: "all",
      state: "delivered",
      reason: null,
      round: 0,
      attemptsMade: 2,
      attemptsBefore: 0,
      updatedAt: SENT_AT + 10,
      dueAt: null,
      sweepAt: null,
      attempt: { at: SENT_AT + 9, ms: 1, status: 200, excerpt: "ada@example.com", headers: [["x-id", "7"]] },
      request: "raw:e30=",
    };
    await writeEntries(workingD1(), [{ kind: "outcome", outcome }]);
    await writeEntries(workingD1(), [{ kind: "outcome", outcome }]);
    const [after] = await deliveries();
    expect(after).toMatchObject({ state: "delivered", request: "gone:expired", attempts_made: 2 });
    expect(JSON.parse(String(after?.["attempts"]))).toEqual([
      expect.objectContaining({ status: 400 }),
      { at: SENT_AT + 9, ms: 1, status: 200 },
    ]);
    expect(await readColumn(String(after?.["request"]), createBindings())).toBeUndefined();
  });
});
