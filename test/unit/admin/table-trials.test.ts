// A table tried before it is published: nothing is published, nothing is sent, and what customers' events say is shown only
// to those who may see it.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goneColumn } from "../../../src/ledger/content.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { SELF_TEST_TYPE } from "../../../src/routing/self-test.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, incompressible, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { callAdmin } from "./call-admin.ts";

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

const CODE = createTable(["crm"], { code: "{{ voucher.code }}" });
const NAME = createTable(["crm"], { code: "{{ voucher.code }}", name: "{{ customer.name }}" });

/** Has sendouts routed, each a second after the one before, and returns their ids, the newest first. */
async function receive(sendouts: readonly (object | Uint8Array<ArrayBuffer>)[]): Promise<string[]> {
  const messages = await Promise.all(
    sendouts.map(async (one, index) =>
      createMessage(
        await createIngestMessage(one as Parameters<typeof createIngestMessage>[0], SENT_AT + index * 1_000),
      ),
    ),
  );
  await consumeIngest(createBatch(messages), createBindings(), SENT_AT);
  const { results } = await workingD1()
    .prepare("SELECT id FROM sendouts ORDER BY received_at DESC")
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

async function dryRun(body: object, token?: string) {
  const { status, json } = await callAdmin("POST /table/dry-run", { body, ...(token !== undefined && { token }) });
  expect([status, json["errors"]]).toEqual([200, undefined]);
  return json as {
    sendouts: Record<string, number>;
    deliveries: Record<string, number>[];
    examples: { sendout: string; changes: object[] }[];
    warnings: string[];
    next: string | null;
  };
}

describe("a check", () => {
  it("finds what a publication would, and publishes nothing", async () => {
    const env = createBindings({ CRM_TOKEN: "" });
    const { json } = await callAdmin("POST /table/check", { body: { table: CODE }, env });
    expect(json).toMatchObject({ valid: true, errors: [] });
    const published = await callAdmin("PUT /table", { body: CODE, env });
    expect(json["warnings"]).toEqual(published.json["warnings"]);
    expect(json["warnings"]).toHaveLength(2);
    expect(published.json["version"]).toBe(1);
  });

  it.each([
    ["a shape", { ...CODE, routes: {} }, "routes"],
    ["a template", createTable(["crm"], { code: "{{ voucher.code" }), "targets.crm.request.body.code"],
    ["an address", { ...CODE, targets: { crm: { request: { url: "https://10.0.0.1/" } } } }, "targets.crm.request.url"],
    [
      "a field",
      {
        ...createTable(["crm"], { code: "{{ voucher.cod }}" }),
        routes: [{ id: "all", events: ["redemption.succeeded"], to: ["crm"] }],
      },
      "targets.crm.request.body.code",
    ],
  ])("tells that %s is wrong, and where", async (_name, table, path) => {
    const { status, json } = await callAdmin("POST /table/check", { body: { table } });
    expect([status, json]).toEqual([200, { valid: false, errors: [expect.objectContaining({ path })], warnings: [] }]);
  });

  it.each([
    ["", "table"],
    ["[]", "(root)"],
    ['{"table": {}, "publish": true}', "publish"],
  ])("does not take %s", async (body, path) => {
    const answer = await callAdmin("POST /table/check", { body });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ path }] } });
  });
});

describe("a dry run", () => {
  it("says what becomes of each delivery, and shows where requests differ", async () => {
    await publish(CODE);
    const ids = await receive([createSendout(), createSendout()]);
    const answer = await dryRun({ table: NAME });
    expect(answer).toMatchObject({
      tableVersion: 1,
      sendouts: { compared: 2, routed: 2, newlyUnrouted: 0, bodiesGone: 0 },
      deliveries: [{ route: "all", target: "crm", same: 0, changed: 2, newlyFailing: 0, dropped: 0 }],
      warnings: [],
      next: null,
    });
    expect(answer.examples).toEqual(
      ids.map((sendout) => ({
        sendout,
        route: "all",
        target: "crm",
        fate: "changed",
        changes: [{ path: "body.name", after: "•••" }],
        error: null,
      })),
    );
    expect((await callAdmin("GET /table")).json).toMatchObject({ version: 1 });
  });

  it("shows no value to those who may not see payloads", async () => {
    await publish(CODE);
    await receive([createSendout()]);
    const made = await callAdmin("POST /tokens", { body: { name: "the pipeline", scopes: ["config"] } });
    const { examples } = await dryRun({ table: NAME }, made.json["token"] as string);
    expect(examples[0]?.changes).toEqual([{ path: "body.name", after: "text of 10 characters" }]);
  });

  it("is made page by page, the newest first, and each sendout comes once", async () => {
    await publish(CODE);
    const ids = await receive(Array.from({ length: 5 }, () => createSendout()));
    const seen: string[][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await dryRun({ table: NAME, limit: 2, ...(cursor !== undefined && { cursor }) });
      seen.push(page.examples.map(({ sendout }) => sendout));
      cursor = page.next;
    }
    expect(seen).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const since = new Date(SENT_AT + 3_000).toISOString();
    expect((await dryRun({ table: NAME, since })).sendouts["compared"]).toBe(2);
  });

  describe("of several pages", () => {
    const ask = async (body: object, query = "", token?: string) => {
      const options = { body: { limit: 1, ...body }, ...(token !== undefined && { token }) };
      return (await callAdmin(`POST /table/dry-run${query}`, options)).json["next"] as string | null;
    };

    async function entries(): Promise<unknown[]> {
      const { json } = await callAdmin("GET /audit");
      const all = json["entries"] as { action: string; change: unknown; status: number }[]; // our own API
      return all.filter(({ action }) => action === "POST /admin/table/dry-run").map(({ change }) => change);
    }

    beforeEach(async () => {
      await publish(CODE);
      await receive(Array.from({ length: 4 }, () => createSendout()));
    });

    it("is one entry of the audit log, which says by a digest which table it was", async () => {
      for (let cursor: string | null | undefined; cursor !== null;) {
        cursor = await ask({ table: NAME, ...(cursor !== undefined && { cursor }) });
      }
      expect(await entries()).toEqual([{ after: { table: expect.stringMatching(/^[0-9a-f]{16}$/) } }]);
    });

    it("is another one with another table, another caller, all revealed, an hour later, or a made-up cursor", async () => {
      const made = await callAdmin("POST /tokens", { body: { name: "the pipeline", scopes: ["config"] } });
      const cursor = await ask({ table: NAME });
      await ask({ table: CODE, cursor });
      await ask({ table: NAME, cursor }, "", made.json["token"] as string);
      await ask({ table: NAME, cursor }, "?reveal=true");
      await ask({ table: NAME, cursor: cursor?.replace(/~.*/, "~999") });
      vi.setSystemTime(SENT_AT + 60 * 60_000);
      await ask({ table: NAME, cursor });
      expect(await entries()).toHaveLength(6);
      expect(await entries()).toContainEqual({ after: { table: expect.any(String), revealed: true } });
    });

    it("takes no cursor of another list", async () => {
      const body = { table: NAME, cursor: `${SENT_AT}.` };
      expect(await callAdmin("POST /table/dry-run", { body })).toMatchObject({ status: 400 });
    });
  });

  it("counts payloads that nobody understands, and those that are gone", async () => {
    await publish(CODE);
    const [purged] = await receive([bytes("hello"), incompressible(200_000), createSendout()]);
    await workingD1().prepare("DELETE FROM claims").run();
    await workingD1().prepare("UPDATE sendouts SET body = ?1 WHERE id = ?2").bind(goneColumn("expired"), purged).run();
    const { sendouts, deliveries } = await dryRun({ table: NAME });
    expect(sendouts).toMatchObject({ compared: 1, notUnderstood: 1, bodiesGone: 2 });
    expect(deliveries).toEqual([]);
  });

  it("passes over the router's own self-tests, which no table routes", async () => {
    await publish(CODE);
    await receive([createSendout({ event: { type: SELF_TEST_TYPE } }), createSendout()]);
    expect(await dryRun({ table: CODE })).toMatchObject({ sendouts: { compared: 1 }, deliveries: [{ same: 1 }] });
  });

  it("has fewer on a page of large payloads, and always one", async () => {
    await publish(CODE);
    const description = "x".repeat(3 * 1024 * 1024);
    await receive([0, 1, 2].map(() => createSendout({ data: { description } })));
    const pages: unknown[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await dryRun({ table: CODE, ...(cursor !== undefined && { cursor }) });
      pages.push(page.sendouts["compared"]);
      cursor = page.next;
    }
    expect(pages).toEqual([1, 1, 1]);
  });

  it("warns of an inlet that the table does not have", async () => {
    await publish(CODE);
    await receive([createSendout()]);
    const { warnings, sendouts } = await dryRun({ table: { ...CODE, inlets: { other: { auth: "none" } } } });
    expect(warnings).toEqual([expect.stringContaining('no inlet "voucherify"')]);
    expect(sendouts).toMatchObject({ newlyUnrouted: 1 });
  });

  it.each([
    [{}, 400, "table"],
    [{ table: CODE, limit: 251 }, 400, "limit"],
    [{ table: CODE, cursor: "2" }, 400, "cursor"],
    [{ table: { ...CODE, routes: {} } }, 422, "table.routes"],
  ])("is not made of %j", async (body, status, path) => {
    expect(await callAdmin("POST /table/dry-run", { body })).toMatchObject({ status, json: { errors: [{ path }] } });
  });
});
