// What people do with a ledger in three databases is what they do with one: lists and pages, one delivery by its id,
// replays, and deleting everything about a customer.

import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as v from "valibot";
import { runErasures } from "../../../src/jobs/erase.ts";
import { runReplays } from "../../../src/jobs/replays.ts";
import { noteJob, SWEEP_JOB, WATCHDOG_JOB } from "../../../src/ledger/jobs.ts";
import { readLoggedBodies } from "../../../src/ledger/logged-bodies.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { shardsOf } from "../../../src/ledger/shards.ts";
import type { Place } from "../../../src/ledger/walk.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { app } from "../app.ts";
import { SECRETS, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { arrive, countRows, createSpread, deliver, NUMBERS, route, rowsIn, sendoutsForEach, sent } from "./spread.ts";

const NOW = SENT_AT + 10 * 60_000;

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  await publish(createTable(["crm", "mail"]));
  return () => void vi.useRealTimers();
});

async function ask(method: string, path: string, body?: unknown, env: TestBindings = createSpread()) {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const request = new Request(`https://signalbox.example.com/admin${path}`, init);
  const response = await app.fetch(request, env, createExecutionContext());
  const json: Record<string, unknown> = await response.json();
  return { status: response.status, json };
}

/** Routes sendouts and has both targets answer. */
async function arriveAndDeliver(count: number, answer: Parameters<typeof deliver>[2] = 200, env = createSpread()) {
  // In an order in which no database has two in a row.
  const made = await sendoutsForEach(count);
  const mixed = Array.from({ length: count }, (_, index) => NUMBERS.flatMap((number) => made[number]?.[index] ?? []));
  await route(env, await arrive(mixed.flat()));
  const messages = sent(env);
  for (let start = 0; start < messages.length; start += 20)
    await deliver(env, messages.slice(start, start + 20), answer);
  return messages;
}

const PageSchema = v.object({ next: v.nullable(v.string()) });
const ItemSchema = v.object({ id: v.string() });

/** Every page of a list, as the ids in it. */
async function pagesOf(list: "sendouts" | "deliveries", query: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null && pages.length < 50;) {
    const { json } = await ask("GET", `/${list}?${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    pages.push(v.parse(v.array(ItemSchema), json[list]).map(({ id }) => id));
    cursor = v.parse(PageSchema, json).next;
  }
  return pages;
}

describe("a list", () => {
  it.each([1, 2, 4, 9, 20])("of sendouts has each once, newest first, in pages of %d", async (limit) => {
    const messages = await arriveAndDeliver(3);
    const ids = [...new Set(messages.map(({ sendoutId }) => sendoutId))].toReversed();
    const pages = await pagesOf("sendouts", `limit=${limit}`);
    expect(pages.flat()).toEqual(ids);
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
  });

  it.each([1, 3, 7])("of deliveries has each once, those of a sendout together, in pages of %d", async (limit) => {
    const messages = await arriveAndDeliver(2);
    const ids = [...new Set(messages.map(({ sendoutId }) => sendoutId))].toReversed();
    const expected = ids.flatMap((id) => [`${id}.crm`, `${id}.mail`]);
    expect((await pagesOf("deliveries", `limit=${limit}`)).flat()).toEqual(expected);
    expect((await pagesOf("deliveries", `limit=${limit}&target=mail`)).flat()).toEqual(ids.map((id) => `${id}.mail`));
  });

  it("is not made up when one database does not answer", async () => {
    await arriveAndDeliver(1);
    const { status } = await ask(
      "GET",
      "/sendouts",
      undefined,
      createSpread((number) => number === 3),
    );
    expect(status).toBe(503);
  });
});

describe("one of them", () => {
  it("is shown, sent again, let go and given up by its id, wherever it is", async () => {
    const messages = await arriveAndDeliver(1, 400);
    for (const { sendoutId, shard } of messages.filter(({ target }) => target === "crm")) {
      expect((await ask("GET", `/sendouts/${sendoutId}`)).json).toMatchObject({ id: sendoutId });
      const env = createSpread();
      expect((await ask("POST", `/deliveries/${sendoutId}.crm/retry`, undefined, env)).status).toBe(202);
      const [again] = sent(env);
      expect(again).toMatchObject({ sendoutId, round: 1 });
      expect(again?.shard).toBe(shard);
      await deliver(env, again === undefined ? [] : [again], 503, NOW);
      expect((await ask("POST", `/deliveries/${sendoutId}.crm/release`)).status).toBe(200);
      expect((await ask("POST", `/deliveries/${sendoutId}.crm/cancel`)).status).toBe(200);
      expect((await ask("POST", `/deliveries/${sendoutId}.crm/cancel`)).status).toBe(409);
    }
    const states = await Promise.all(NUMBERS.map(async (number) => rowsIn(number, "deliveries")));
    expect(states.flat().map(({ state }) => state)).toEqual(NUMBERS.flatMap(() => ["cancelled", "failed"]));
  });
});

describe("a replay", () => {
  const select = { since: "2026-10-01T00:00:00Z", target: "crm" };

  it("is one: planned, run and counted over all databases, each delivery once", async () => {
    await arriveAndDeliver(2, 400);
    const planned = await ask("POST", "/replays", { select, mode: "as now", rate: 6 });
    expect(planned.status).toBe(201);
    expect(planned.json).toMatchObject({ state: "planned", rate: 6, plan: { selected: 6 } });
    const env = createSpread();
    const id = v.parse(ItemSchema, planned.json).id;
    expect((await ask("POST", `/replays/${id}/run`, undefined, env)).json).toMatchObject({ state: "running" });
    const messages = sent(env);
    expect(messages.map(({ shard }) => shard)).toEqual([undefined, undefined, 2, 2, 3, 3]);
    expect(messages.every(({ round, trigger }) => round === 1 && trigger === "replay")).toBe(true);
    const later = NOW + 2 * 60_000;
    await deliver(env, messages, 200, later);
    await runReplays(env, later, shardsOf(env));
    expect((await ask("GET", `/replays/${id}`)).json).toMatchObject({
      state: "done",
      progress: { selected: 6, sent: 6, states: { delivered: 6 }, targets: { crm: { delivered: 6 } }, left: 0 },
    });
    expect((await ask("GET", "/replays")).json).toMatchObject({ replays: [{ id, state: "done", rate: 6 }] });
    expect(sent(env)).toEqual([]);
  });

  it("that names deliveries finds each where it is, and counts what is nowhere once", async () => {
    const messages = await arriveAndDeliver(1, 400);
    const ids = messages.filter(({ target }) => target === "crm").map(({ sendoutId }) => `${sendoutId}.crm`);
    const nowhere = `so_${"0".repeat(32)}.crm`;
    const { json } = await ask("POST", "/replays", { select: { deliveries: [...ids, nowhere] }, mode: "as then" });
    expect(json).toMatchObject({ plan: { selected: 3, excluded: { not_found: 1 } } });
  });

  it("that is stopped gives back what waits in each of them", async () => {
    await arriveAndDeliver(2, 400);
    const { json } = await ask("POST", "/replays", { select, mode: "as then", rate: 1 });
    const id = v.parse(ItemSchema, json).id;
    await ask("POST", `/replays/${id}/run`);
    expect(await countRows("replayed")).toEqual([2, 2, 2]);
    const stopped = await ask("POST", `/replays/${id}/stop`);
    expect(stopped.json).toMatchObject({ state: "stopped", progress: { sent: 3, withdrawn: 3 } });
  });
});

describe("what is asked of past traffic", () => {
  it("finds what was recorded in any database, and what nowhere", async () => {
    const made = Object.values(await sendoutsForEach(1)).flat();
    await route(createSpread(), await arrive(made));
    const missing = "whs_ffffffffffffffffff";
    const { json } = await ask("POST", "/upstream/gap", { sendouts: [...made.map(({ id }) => id), missing] });
    expect(json).toMatchObject({ project: "proj_lantern", asked: 4, recorded: 3, missing: [missing] });
    const seen = await ask("GET", `/upstream/gap?since=${new Date(SENT_AT).toISOString()}`);
    expect(seen.json).toMatchObject({ received: [{ type: "redemption.succeeded", count: 3 }] });
  });

  it.each([1, 2, 10])("reads payloads newest first, in pages of %d", async (limit) => {
    const made = await sendoutsForEach(2);
    const mixed = [0, 1].flatMap((index) => NUMBERS.flatMap((number) => made[number]?.[index] ?? []));
    await route(createSpread(), await arrive(mixed));
    const seen: string[] = [];
    for (let after: Place | undefined, isMore = true; isMore; isMore = after !== undefined) {
      const page = await readLoggedBodies(createSpread(), { since: 0, after, limit });
      seen.push(...page.sendouts.map(({ body }) => new TextDecoder().decode(body)));
      after = page.next;
    }
    expect(seen).toEqual(mixed.map((sendout) => JSON.stringify(sendout)).toReversed());
  });
});

describe("the doctor and the usage", () => {
  const FindingsSchema = v.object({
    findings: v.array(v.object({ name: v.string(), state: v.string(), detail: v.string() })),
  });

  async function findingOf(name: string, env: TestBindings) {
    const { findings } = v.parse(FindingsSchema, (await ask("GET", "/doctor", undefined, env)).json);
    return findings.find((finding) => finding.name === name);
  }

  it("name each database", async () => {
    expect((await findingOf("d1", createSpread()))?.detail).toMatch(
      /^answers; .* MB; LEDGER_2 answers; .* MB; LEDGER_3 answers/,
    );
    const { json } = await ask("GET", "/usage");
    expect(json).toMatchObject({
      databases: [{ binding: "LEDGER" }, { binding: "LEDGER_2" }, { binding: "LEDGER_3" }],
    });
  });

  it.each([
    [
      "is down",
      createSpread((number) => number === 2),
      { state: "failed", detail: "LEDGER_2 D1_ERROR: Network connection lost." },
    ],
    ["takes nothing", createSpread(undefined, { SIGNALBOX_LEDGER_2_SINCE: "soon" }), { state: "warning" }],
  ])("name one that %s", async (_name, env, finding) => {
    expect(await findingOf("d1", env)).toMatchObject(finding);
  });

  it("say that the second cron is not there, or that it is", async () => {
    await ensureMigrated(createSpread().LEDGER_2);
    // The databases say by their own clocks since when the cron has been waited for.
    vi.setSystemTime(Date.now() + 365 * 86_400_000);
    const env = createSpread();
    for (const { db } of shardsOf(env)) await noteJob(db, WATCHDOG_JOB, Date.now());
    await noteJob(env.LEDGER, SWEEP_JOB, Date.now());
    expect(await findingOf("cron", env)).toMatchObject({
      state: "failed",
      detail: "nothing that waits in LEDGER_2 has been sent lately",
    });
    for (const { db } of shardsOf(env)) await noteJob(db, SWEEP_JOB, Date.now());
    expect(await findingOf("cron", env)).toMatchObject({ state: "ok" });
  });
});

describe("everything about a customer", () => {
  it("is deleted from each database, and only then the deletion is done", async () => {
    const email = "ada@example.com";
    const env = createSpread(undefined, { SIGNALBOX_SEARCH_KEY: "a-key-for-searches" });
    const made = await sendoutsForEach(1, { data: { customer: { id: "cust_1", email, object: "customer" } } });
    await route(env, await arrive([...Object.values(made).flat(), createSendout()]));
    await deliver(env, sent(env), 200);
    const plan = await ask("POST", "/customers/delete", { customer: email }, env);
    expect(plan.json).toMatchObject({ found: 3, toLookThrough: 4 });
    const begun = await ask("POST", "/customers/delete", { customer: email, confirm: true }, env);
    expect(begun.json).toMatchObject({ state: "running" });
    const id = v.parse(ItemSchema, begun.json).id;
    await runErasures(env, NOW);
    expect((await ask("GET", `/customers/deletions/${id}`, undefined, env)).json).toMatchObject({ state: "running" });
    for (const { db } of shardsOf(env)) await runErasures(env, NOW, db);
    expect((await ask("GET", `/customers/deletions/${id}`, undefined, env)).json).toMatchObject({
      state: "done",
      deleted: 3,
      lookedThrough: 4,
    });
    const bodies = await Promise.all(NUMBERS.map(async (number) => rowsIn(number, "sendouts")));
    expect(bodies.flat().filter(({ body }) => body === "gone:erased")).toHaveLength(3);
  });
});
