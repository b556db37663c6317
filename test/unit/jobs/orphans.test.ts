// Deliveries that were planned and never heard of: the search finds each once, renders it as routing did, and is stopped
// by nothing that fails. And what is done when a queue has lost everything.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { recoverAll, sweepDue, sweepOrphans } from "../../../src/jobs/sweep.ts";
import { ORPHANS_JOB, readJobs } from "../../../src/ledger/jobs.ts";
import { recordTestSend } from "../../../src/ledger/test-sends.ts";
import { adoptOrphans, findOrphans } from "../../../src/ledger/sweep.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { brokenD1, createBindings, downD1, failingQueue, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { deliver, replayed, route, textOf } from "../replay/stage.ts";
import { recordDelivery } from "./due.ts";

const MINUTE = 60_000;
/** By then, what was received at `SENT_AT` and a few milliseconds later counts as lost. */
const LATER = SENT_AT + 11 * MINUTE;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await publish(createTable(["crm", "mail"]));
});

/** Up to where the search has come. */
async function position(): Promise<number | undefined> {
  return (await readJobs(workingD1())).get(ORPHANS_JOB)?.position;
}

/** More of the one sendout that is in the ledger: so many received at one instant, and so many a millisecond apart. */
async function multiply(atOnce: number, apart: number): Promise<void> {
  const [row] = await rowsOf("sendouts");
  const columns = Object.keys(row ?? {}).filter((name) => name !== "id" && name !== "received_at");
  await workingD1()
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 + ?2)
       INSERT INTO sendouts (id, received_at, ${columns.join(", ")})
       SELECT 'so_' || printf('%032x', i), received_at + max(i - ?1, 0), ${columns.join(", ")} FROM sendouts, n`,
    )
    .bind(atOnce, apart)
    .run();
}

describe("a planned delivery without a row", () => {
  it("is left alone for ten minutes, because it may be under way", async () => {
    await route(1);
    expect(await sweepOrphans(createBindings(), SENT_AT + 10 * MINUTE - 1)).toBe(0);
    expect(await rowsOf("deliveries")).toEqual([]);
    expect(await sweepOrphans(createBindings(), SENT_AT + 10 * MINUTE)).toBe(2);
  });

  it("gets a row that is due, once", async () => {
    await route(2);
    expect(await sweepOrphans(createBindings(), LATER)).toBe(4);
    expect(await sweepOrphans(createBindings(), LATER)).toBe(0);
    expect(await sweepOrphans(createBindings(), LATER + MINUTE)).toBe(0);
    const row = { state: "scheduled", reason: "lost_on_the_way", round: 0, attempts_made: 0, attempts: "[]" };
    const due = { ...row, route: "all", updated_at: LATER, due_at: LATER, sweep_at: LATER };
    const crm = { ...due, target: "crm" };
    const mail = { ...due, target: "mail" };
    expect(await rowsOf("deliveries")).toMatchObject([crm, mail, crm, mail]);
  });

  it("is sent as routing sent it, by the table of its time with the policy of today", async () => {
    const sent = await route(1);
    const changed = createTable(["crm", "mail"], { other: "{{ voucher.id }}" });
    await publish({ ...changed, targets: { ...changed.targets, crm: { ...changed.targets["crm"], retry: [5] } } });
    const env = createBindings();
    await sweepOrphans(env, LATER);
    expect(await sweepDue(env, LATER)).toEqual({ sent: 2, cancelled: 0 });
    const again = replayed(env);
    expect(again).toMatchObject([
      { target: "crm", retry: [5], tableVersion: 2 },
      { target: "mail", retry: [10, 20] },
    ]);
    const texts = async (messages: typeof sent) => Promise.all(messages.map(async ({ content }) => textOf(content)));
    expect(await texts(again)).toEqual(await texts(sent));
    expect(await deliver(again, 200, LATER)).toHaveLength(2);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "delivered" }, { state: "delivered" }]);
  });

  it("beside one that has a row is found alone", async () => {
    const sent = await route(1);
    await deliver(
      sent.filter(({ target }) => target === "crm"),
      400,
      SENT_AT + 2_000,
    );
    expect(await sweepOrphans(createBindings(), LATER)).toBe(1);
    expect(await rowsOf("deliveries")).toMatchObject([
      { target: "crm", state: "failed", reason: "target_rejected" },
      { target: "mail", state: "scheduled" },
    ]);
  });

  it("that was only slow is called once, whichever of its messages comes first", async () => {
    const sent = await route(1);
    const env = createBindings();
    await sweepOrphans(env, LATER);
    await sweepDue(env, LATER);
    expect(await deliver(sent, 200, LATER)).toHaveLength(2);
    expect(await deliver(replayed(env), 200, LATER)).toEqual([]);
  });

  it("that got its outcome meanwhile keeps it", async () => {
    const sent = await route(1);
    const orphans = await findOrphans(workingD1(), 0, LATER, 10);
    await deliver(sent, 200, LATER);
    const before = await rowsOf("deliveries");
    await adoptOrphans(
      workingD1(),
      orphans.map((orphan) => ({ ...orphan, request: "raw:" })),
      LATER,
    );
    expect(await rowsOf("deliveries")).toEqual(before);
  });

  it("whose target is gone is cancelled", async () => {
    await route(1);
    await publish(createTable(["mail"]));
    const env = createBindings();
    expect(await sweepOrphans(env, LATER)).toBe(2);
    expect(await sweepDue(env, LATER)).toEqual({ sent: 1, cancelled: 1 });
    expect(await rowsOf("deliveries")).toMatchObject([
      { target: "crm", state: "cancelled", reason: "target_gone_from_table" },
      { target: "mail", state: "scheduled" },
    ]);
  });

  it("whose payload is gone is cancelled, and keeps nobody from being found", async () => {
    await route(2);
    const [first] = await rowsOf("sendouts");
    await workingD1().prepare("UPDATE sendouts SET body = 'claim:clm_gone:9' WHERE id = ?1").bind(first?.["id"]).run();
    const env = createBindings();
    expect(await sweepOrphans(env, LATER)).toBe(4);
    expect(await sweepDue(env, LATER)).toEqual({ sent: 2, cancelled: 2 });
    const rows = await rowsOf("deliveries");
    expect(rows.filter(({ reason }) => reason === "delivery_unrenderable")).toMatchObject([
      { sendout_id: first?.["id"], state: "cancelled" },
      { sendout_id: first?.["id"], state: "cancelled" },
    ]);
  });

  it("of a test send is none", async () => {
    const event = normalise(bytes(JSON.stringify(createSendout())), {});
    if (!event.ok) throw new Error("the sendout is not read");
    const test = { sendoutId: "so_test", target: "crm", event: event.value, received: bytes("{}"), reason: null };
    const request = { method: "POST", url: ["https://crm.example.com"], headers: [], body: ["{}"] } as const;
    await recordTestSend(createBindings(), {
      ...test,
      request: { ...request, url: [...request.url], headers: [], body: [...request.body] },
      attempt: { at: SENT_AT, ms: 1 },
    });
    await workingD1().prepare("DELETE FROM deliveries").run();
    expect(await rowsOf("sendouts")).toHaveLength(1);
    expect(await sweepOrphans(createBindings(), Date.now() + LATER)).toBe(0);
  });
});

describe("the search", () => {
  it(
    "goes over pages, even those that end in the middle of an instant, and finds each once",
    { timeout: 60_000 },
    async () => {
      await publish(createTable(["crm"]));
      await route(1);
      await multiply(250, 149);
      const found: number[] = [];
      for (let count = -1; count !== 0; found.push(count)) count = await sweepOrphans(createBindings(), LATER);
      expect(found).toEqual([200, 200, 0]);
      const rows = await rowsOf("deliveries");
      expect(rows).toHaveLength(400);
      expect(new Set(rows.map((row) => row["sendout_id"])).size).toBe(400);
    },
  );

  it("does not look twice at what it has passed", async () => {
    await route(1);
    await sweepOrphans(createBindings(), LATER);
    expect(await position()).toBe(LATER - 10 * MINUTE);
    const LEDGER = workingD1();
    expect(await sweepOrphans(createBindings({ LEDGER }), LATER)).toBe(0);
    expect(LEDGER.queries.flat().filter((sql) => sql.includes("FROM sendouts"))).toEqual([]);
  });

  it.each([
    ["D1 is down", { LEDGER: downD1() }],
    ["D1 does not say what was planned", { LEDGER: brokenD1({ when: (sql) => sql.includes("s.planned") }) }],
    ["D1 has no table to offer", { LEDGER: brokenD1({ when: (sql) => sql.includes("document FROM") }) }],
    ["D1 does not take the rows", { LEDGER: brokenD1({ when: isAdopting }) }],
    ["D1 does not say that it took the rows", { LEDGER: brokenD1({ when: isAdopting, fault: "after" }) }],
    ["D1 does not take the position", { LEDGER: brokenD1({ when: (sql) => sql.includes("UPDATE jobs") }) }],
  ])("goes on where it was when %s", async (_name, overrides) => {
    await route(2);
    await expect(sweepOrphans(createBindings(overrides), LATER)).rejects.toThrow(/./);
    expect(await position()).toBe(0);
    const env = createBindings();
    await sweepOrphans(env, LATER);
    expect(await sweepDue(env, LATER)).toEqual({ sent: 4, cancelled: 0 });
    expect(await rowsOf("deliveries")).toHaveLength(4);
  });
});

describe("when a queue has lost everything", () => {
  it("what was planned, what was due and what was let go is sent at once", async () => {
    await route(1);
    await recordDelivery({ dueAt: SENT_AT, sweepAt: SENT_AT + 5 * MINUTE });
    await recordDelivery({ dueAt: null, sweepAt: SENT_AT + 9 * MINUTE });
    const env = createBindings();
    const now = SENT_AT + 2_000;
    expect(await recoverAll(env, now)).toEqual({ sent: 4, cancelled: 0, orphans: 2, sendouts: 0 });
    expect(env.DELIVER.messages).toHaveLength(4);
  });

  it("what has its time still to come is sent when it comes, and what waits for a person stays", async () => {
    const now = SENT_AT + 2_000;
    await recordDelivery({ dueAt: now + 10 * MINUTE, sweepAt: now + 15 * MINUTE });
    await recordDelivery({ state: "held", reason: "target_paused" });
    expect(await recoverAll(createBindings(), now)).toMatchObject({ sent: 0, orphans: 0 });
    expect(await sweepDue(createBindings(), now + 9 * MINUTE)).toMatchObject({ sent: 1 });
    expect(new Set((await rowsOf("deliveries")).map(({ state }) => state))).toEqual(new Set(["held", "scheduled"]));
  });

  it("what was not lost is not called twice", async () => {
    const sent = await route(1);
    const env = createBindings();
    await recoverAll(env, SENT_AT + 2_000);
    expect(await deliver([...sent, ...replayed(env)], 200, SENT_AT + 3_000)).toHaveLength(2);
  });

  it("and refuses now, everything is sent when it is asked again", async () => {
    await route(1);
    await recordDelivery({ dueAt: SENT_AT, sweepAt: SENT_AT + 5 * MINUTE });
    await expect(recoverAll(createBindings({ DELIVER: failingQueue() }), SENT_AT + 2_000)).rejects.toThrow("Queue");
    expect(await recoverAll(createBindings(), SENT_AT + 3_000)).toMatchObject({ sent: 3 });
  });

  it("and a sendout is recorded while the search is under way, its deliveries are found later", async () => {
    await route(1);
    const LEDGER = beforeBatch(
      workingD1(),
      "UPDATE jobs SET ended_at",
      async () => void (await route(1, SENT_AT + 3_000)),
    );
    expect(await recoverAll(createBindings({ LEDGER }), SENT_AT + MINUTE)).toMatchObject({ orphans: 2 });
    expect(await sweepOrphans(createBindings(), LATER)).toBe(2);
  });

  it("a second time, what was routed only after the first is found as well", async () => {
    const first = SENT_AT + MINUTE;
    await recoverAll(createBindings(), first);
    await route(1, first + 1_000); // received before the first recovery
    expect(await recoverAll(createBindings(), first + 2 * MINUTE)).toMatchObject({ orphans: 2, sent: 2 });
  });
});

function isAdopting(sql: string): boolean {
  return sql.includes("OR IGNORE INTO deliveries");
}

/** A database in which something else happens just before a transaction that has statements with this text. */
function beforeBatch(db: D1Database, text: string, work: () => Promise<void>): D1Database {
  const prepare = db.prepare.bind(db);
  const batch = db.batch.bind(db);
  const marked = new WeakSet<D1PreparedStatement>();
  db.prepare = (sql) => {
    const statement = prepare(sql);
    const bind = statement.bind.bind(statement);
    statement.bind = (...values) => {
      const bound = bind(...values);
      if (sql.includes(text)) marked.add(bound);
      return bound;
    };
    return statement;
  };
  db.batch = async <T>(statements: D1PreparedStatement[]) => {
    if (statements.some((statement) => marked.has(statement))) await work();
    return batch<T>(statements);
  };
  return db;
}
