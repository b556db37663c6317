// Everything about one customer can be deleted: what they said is gone from every place, that it came stays, and nobody
// else's is touched.

import { env as simulator } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runErasures } from "../../../src/jobs/erase.ts";
import { purge } from "../../../src/jobs/purge.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { app } from "../app.ts";
import { brokenD1, createBindings, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { deliver } from "../replay/stage.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { startOver } from "../start-over.ts";

const KEY = { SIGNALBOX_SEARCH_KEY: "a-key-for-searches" };
const BUCKET = Reflect.get(simulator, "TEST_BUCKET") as R2Bucket;
const [ADA, BOB] = ["ada@example.com", "bob@example.com"];
const NOW = SENT_AT + 3_600_000;

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  const { objects } = await BUCKET.list();
  await BUCKET.delete(objects.map(({ key }) => key));
  await publish(createTable(["crm"], { to: "{{ customer.email }}", name: "{{ customer.name }}" }));
  return () => void vi.useRealTimers();
});

function sendoutOf(email: string) {
  const customer = { id: `cust_${email}`, source_id: `crm-${email}`, name: email, email, object: "customer" };
  return createSendout({ data: { customer, order: { id: "ord_1" } } });
}

/** Has sendouts of both customers arrive, and be delivered unless a test keeps them under way. */
async function arrive(
  emails: readonly string[],
  { isDelivered = true, vars = KEY }: { isDelivered?: boolean; vars?: object } = {},
): Promise<void> {
  const env = createBindings(vars);
  const messages = await Promise.all(
    emails.map(async (email, index) => createMessage(await createIngestMessage(sendoutOf(email), SENT_AT + index))),
  );
  await consumeIngest(createBatch(messages), env, SENT_AT + 1_000);
  if (!isDelivered) return;
  const echo = ({ body }: { body: string }) => new Response(body, { headers: { "x-about": body.slice(0, 20) } });
  await deliver(env.DELIVER.messages as DeliverMessage[], echo, SENT_AT + 2_000); // only routing sends there
}

async function ask(method: string, path: string, body?: unknown, env: TestBindings = createBindings(KEY)) {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const request = new Request(`https://signalbox.example.com/admin/customers${path}`, init);
  const response = await app.fetch(request, env, createExecutionContext());
  const json: Record<string, unknown> = await response.json();
  return { status: response.status, json };
}

/** Everything in the ledger as one text, compressed columns read. */
async function everything(): Promise<string> {
  const tables = ["sendouts", "deliveries", "repeats", "replayed", "erasures", "audit_log"];
  const rows = await Promise.all(
    tables.map(async (table) => (await workingD1().prepare(`SELECT * FROM ${table}`).all()).results),
  );
  return JSON.stringify(rows).replaceAll(/raw:([\w+/=]+)/g, (_all, base64: string) => atob(base64));
}

describe("a deletion", () => {
  it("is first a plan, which deletes nothing", async () => {
    await arrive([ADA, BOB, ADA]);
    const { status, json } = await ask("POST", "/delete", { customer: ADA });
    expect(status).toBe(200);
    expect(json).toEqual({ id: null, state: "planned", found: 2, open: [], toLookThrough: 3 });
    expect((await rowsOf("sendouts")).filter(({ body }) => body === "gone:erased")).toEqual([]);
  });

  it.each([
    ["by their terms", KEY],
    ["by looking into payloads, without a search key", {}],
  ])("takes away all that they say, and nobody else's, %s", async (_name, vars) => {
    await arrive([ADA, BOB, ADA], { vars });
    expect(await everything()).toContain(ADA);
    const env = createBindings(vars);
    const { status, json } = await ask("POST", "/delete", { customer: ADA, confirm: true }, env);
    expect(status).toBe(200);
    await runErasures(env, NOW);
    expect((await ask("GET", `/deletions/${String(json["id"])}`)).json).toMatchObject({
      state: "done",
      deleted: 2,
      lookedThrough: 3,
      waiting: 0,
    });
    const text = await everything();
    expect(text).not.toContain(ADA);
    expect(text).toContain(BOB);
    expect((await rowsOf("sendouts")).map(({ body }) => body === "gone:erased")).toHaveLength(3);
    expect((await rowsOf("deliveries")).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
    expect((await rowsOf("sendouts")).filter(({ dedupe_key: key }) => key === "erased")).toHaveLength(2);
  });

  it("takes the archive's copies as well", async () => {
    await arrive([ADA, BOB]);
    await purge(createBindings({ ...KEY, ARCHIVE: BUCKET }), SENT_AT + 15 * 86_400_000);
    expect((await BUCKET.list()).objects).toHaveLength(2);
    await ask("POST", "/delete", { customer: ADA, confirm: true });
    await runErasures(createBindings(KEY), NOW); // without the bucket nothing is said to be deleted
    expect((await rowsOf("sendouts")).map(({ body }) => body)).toEqual(["gone:archived", "gone:archived"]);
    await runErasures(createBindings({ ...KEY, ARCHIVE: BUCKET }), NOW);
    const left = (await rowsOf("sendouts")).find(({ body }) => body === "gone:archived");
    expect((await BUCKET.list()).objects.map(({ key }) => key)).toEqual([
      `payloads/2026-10-05/${String(left?.["id"])}.gz`,
    ]);
  });

  it("is refused while something is under way, unless it is to wait for its end", async () => {
    await arrive([ADA], { isDelivered: false });
    const refused = await ask("POST", "/delete", { customer: ADA, confirm: true });
    expect(refused).toMatchObject({ status: 409, json: { code: "customer_open" } });
    const { json } = await ask("POST", "/delete", { customer: ADA, confirm: true, open: "wait" });
    await runErasures(createBindings(KEY), NOW);
    expect((await ask("GET", `/deletions/${String(json["id"])}`)).json).toMatchObject({ state: "running", waiting: 1 });
    expect(await everything()).toContain(ADA);
    await workingD1().prepare("UPDATE sendouts SET planned = '[]'").run();
    await runErasures(createBindings(KEY), NOW + 60_000);
    expect((await ask("GET", `/deletions/${String(json["id"])}`)).json).toMatchObject({ state: "done", deleted: 1 });
    expect(await everything()).not.toContain(ADA);
  });

  it("cancels what is under way where that is asked for, so that its message calls nobody", async () => {
    const env = createBindings(KEY);
    await consumeIngest(createBatch([createMessage(await createIngestMessage(sendoutOf(ADA)))]), env, SENT_AT + 1_000);
    await ask("POST", "/delete", { customer: ADA, confirm: true, open: "cancel" });
    await runErasures(createBindings(KEY), NOW);
    const calls = await deliver(env.DELIVER.messages as DeliverMessage[], 200, NOW);
    expect(calls).toEqual([]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "cancelled", reason: "customer_deleted" }]);
    expect(await everything()).not.toContain(ADA);
  });

  it.each(["before", "after"] as const)("goes on where it was when D1 fails %s a step", async (fault) => {
    await arrive([ADA, ADA]);
    const { json } = await ask("POST", "/delete", { customer: ADA, confirm: true });
    const LEDGER = brokenD1({ when: (sql) => sql.includes("dedupe_key = 'erased'"), fault });
    await runErasures(createBindings({ ...KEY, LEDGER }), NOW);
    await runErasures(createBindings(KEY), NOW);
    expect((await ask("GET", `/deletions/${String(json["id"])}`)).json).toMatchObject({
      state: "done",
      deleted: 2,
      lookedThrough: 2,
    });
    expect(await everything()).not.toContain(ADA);
  });

  it("is in the audit log and in the list, never with who it was about", async () => {
    await arrive([ADA]);
    await ask("POST", "/delete", { customer: [ADA, "crm-42"], confirm: true });
    await runErasures(createBindings(KEY), NOW);
    const { json } = await ask("GET", "/deletions");
    expect(json).toMatchObject({ deletions: [{ state: "done", subject: expect.stringMatching(/^[\w-]{8}$/) }] });
    const { results } = await workingD1().prepare("SELECT action, subject, change FROM audit_log").all();
    expect(JSON.stringify(results)).toContain("POST /admin/customers/delete");
    expect(JSON.stringify([json, results])).not.toMatch(/ada@|crm-42/);
    const [row] = (await workingD1().prepare("SELECT salt, marks, terms FROM erasures").all()).results;
    expect(row).toEqual({ salt: "", marks: '{"anywhere":[],"inPlace":[]}', terms: "[]" });
  });
});
