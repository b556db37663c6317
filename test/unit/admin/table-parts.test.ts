// Inlets, targets and routes, each read and edited alone: whatever is done to one, the rest of the table stays as it is.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBindings, workingD1, type RecordingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { callAdmin } from "./call-admin.ts";

/** As somebody wrote it: nothing is filled in, and a key that only editors know. */
const TABLE = {
  $schema: "./routing-table.schema.json",
  ...createTable(["crm", "erp"], {}),
  routes: [
    { id: "vip", events: ["redemption.*"], to: ["crm"] },
    { id: "all", events: ["*"], inlets: ["voucherify"], to: ["crm", "erp"] },
  ],
};
const ERP = { request: { url: "https://erp.example.com/v2" } };

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
  await publish(TABLE);
});

afterEach(() => {
  vi.useRealTimers();
});

async function table(): Promise<unknown> {
  return (await callAdmin("GET /table")).json["table"];
}

async function routeIds(): Promise<string[]> {
  const { json } = await callAdmin("GET /routes");
  return (json["items"] as { id: string }[]).map(({ id }) => id);
}

describe("reading", () => {
  it("an inlet tells its URL and which of its secrets are set", async () => {
    const requires = { pathToken: "SHOP_TOKEN", header: { name: "x-shop-key", secret: "SHOP_HEADER" } };
    const shop = { auth: { secrets: ["VOUCHERIFY_SECRET"] }, requires };
    await callAdmin("PUT /inlets/shop", { body: shop });
    const env = createBindings({ SHOP_HEADER: "a-distinctive-value" });
    const { json, etag } = await callAdmin("GET /inlets", { env });
    expect(etag).toBe('"2"');
    expect(json).toEqual({
      version: 2,
      items: [
        {
          id: "voucherify",
          definition: TABLE.inlets.voucherify,
          usedBy: ["all"],
          url: "https://signalbox.example.com/in/voucherify",
          secrets: [{ name: "VOUCHERIFY_SECRET", set: true }],
        },
        {
          id: "shop",
          definition: shop,
          usedBy: [],
          url: "https://signalbox.example.com/in/shop/{SHOP_TOKEN}",
          secrets: [
            { name: "VOUCHERIFY_SECRET", set: true },
            { name: "SHOP_TOKEN", set: false },
            { name: "SHOP_HEADER", set: true },
          ],
        },
      ],
    });
  });

  it("a target or a route is shown as it was written, with the routes that use it", async () => {
    expect((await callAdmin("GET /targets/erp")).json).toEqual({
      version: 1,
      id: "erp",
      definition: TABLE.targets["erp"],
      usedBy: ["all"],
    });
    expect((await callAdmin("GET /routes/vip")).json).toMatchObject({ definition: TABLE.routes[0], usedBy: [] });
    expect(await routeIds()).toEqual(["vip", "all"]);
  });

  it.each(["/inlets/none", "/targets/constructor", "/routes/0"])("%s is not there", async (path) => {
    expect((await callAdmin(`GET ${path}`)).status).toBe(404);
  });
});

describe("an edit", () => {
  it("publishes the table with that part changed and nothing else", async () => {
    const answer = await callAdmin("PUT /targets/erp?note=v2", { body: ERP });
    expect(answer).toEqual({ status: 200, etag: '"2"', json: { id: "erp", created: false, version: 2, warnings: [] } });
    expect(await table()).toEqual({ ...TABLE, targets: { ...TABLE.targets, erp: ERP } });
    expect((await callAdmin("GET /table/versions?limit=1")).json).toMatchObject({ versions: [{ note: "v2" }] });
  });

  it("is in the audit log with the part before and after", async () => {
    await callAdmin("PUT /targets/erp", { body: ERP });
    await callAdmin("PUT /targets/new", { body: ERP });
    await callAdmin("DELETE /targets/new");
    const { json } = await callAdmin("GET /audit");
    expect(json["entries"]).toMatchObject([
      { subject: "new", change: { before: { version: 3, part: ERP }, after: { version: 4 } } },
      { subject: "new", change: { before: { version: 2 }, after: { version: 3, part: ERP } } },
      { change: { before: { version: 1, part: TABLE.targets["erp"] }, after: { version: 2, part: ERP } } },
    ]);
  });

  it("of a route keeps its place, a new one goes to the end or where it is asked for", async () => {
    const route = { events: ["*"], to: ["erp"] };
    await callAdmin("PUT /routes/vip", { body: { ...route, description: "changed" } });
    expect(await routeIds()).toEqual(["vip", "all"]);
    await callAdmin("PUT /routes/late", { body: route });
    expect(await routeIds()).toEqual(["vip", "all", "late"]);
    await callAdmin("PUT /routes/early?before=vip", { body: { id: "early", ...route } });
    await callAdmin("PUT /routes/late?before=all", { body: route });
    expect(await routeIds()).toEqual(["early", "vip", "late", "all"]);
  });

  it.each([
    ["a place of the part", "PUT /targets/erp", { request: { url: "nowhere" } }, "request.url"],
    ["the part's own list", "PUT /routes/vip", { events: ["*"], to: ["crm", "gone"] }, "to.1"],
    ["a name that nothing may have", "PUT /inlets/Shop", { auth: "none" }, "(root)"],
    ["a name that objects have", "PUT /targets/__proto__", ERP, "(root)"],
  ])("that is wrong is refused with %s", async (_name, named, body, path) => {
    const { status, json } = await callAdmin(named, { body: JSON.stringify(body) });
    expect([status, json["errors"]]).toEqual([422, [expect.objectContaining({ path })]]);
    expect((await callAdmin("GET /table")).json).toMatchObject({ version: 1 });
  });

  it.each([
    ["a route before one that is not there", "PUT /routes/new?before=none", { events: ["*"], to: ["crm"] }, "before"],
    ["a route before itself", "PUT /routes/vip?before=vip", { events: ["*"], to: ["crm"] }, "before"],
    ["a target before another", "PUT /targets/new?before=crm", ERP, "before"],
    ["a text where a route belongs", "PUT /routes/vip", '"text"', "(root)"],
    ["a list where a target belongs", "PUT /targets/erp", [], "(root)"],
    ["a route with another id", "PUT /routes/vip", { id: "other", events: ["*"], to: ["crm"] }, "id"],
    ["a note of 501 characters", `DELETE /routes/vip?note=${"x".repeat(501)}`, undefined, "note"],
  ])("that puts %s is refused", async (_name, named, body, path) => {
    const answer = await callAdmin(named, { body });
    expect(answer).toMatchObject({ status: 400, json: { code: "request_invalid", errors: [{ path }] } });
  });

  it("that is no JSON, or more than a part may have, is refused", async () => {
    expect(await callAdmin("PUT /targets/erp", { body: "{" })).toMatchObject({ json: { code: "body_not_json" } });
    const description = "x".repeat(256 * 1024);
    const large = await callAdmin("PUT /targets/erp", { body: { ...ERP, description } });
    expect(large).toMatchObject({ status: 413, json: { code: "body_too_large" } });
  });
});

describe("a deletion", () => {
  it("takes the part out", async () => {
    const answer = await callAdmin("DELETE /routes/all");
    expect(answer.json).toEqual({ id: "all", deleted: true, version: 2, warnings: [] });
    expect((await callAdmin("DELETE /targets/erp")).json).toMatchObject({ version: 3 });
    const { erp: _, ...targets } = TABLE.targets;
    expect(await table()).toEqual({ ...TABLE, targets, routes: TABLE.routes.slice(0, 1) });
  });

  it.each([
    ["/targets/crm", "vip, all"],
    ["/inlets/voucherify", "all"],
  ])("of %s, which routes use, is refused and says which", async (path, routes) => {
    expect(await callAdmin(`DELETE ${path}`)).toMatchObject({
      status: 409,
      json: { code: "part_in_use", detail: expect.stringContaining(`routes: ${routes}.`) },
    });
  });

  it("of what is not there is told", async () => {
    expect(await callAdmin("DELETE /routes/none")).toMatchObject({ status: 404 });
  });
});

describe("when somebody else publishes meanwhile", () => {
  /** D1 in which so many publications are overtaken by one of somebody else's. */
  function overtakenD1(times: number): RecordingD1 {
    const db = workingD1();
    const prepare = db.prepare.bind(db);
    let left = times;
    db.prepare = (sql) => {
      const statement = prepare(sql);
      if (!sql.includes("INSERT INTO table_versions") || left === 0) return statement;
      left--;
      const bind = statement.bind.bind(statement);
      statement.bind = (...values) => {
        const bound = bind(...values);
        const run = bound.run.bind(bound);
        bound.run = async <T>() => {
          await publish({ ...TABLE, targets: { ...TABLE.targets, theirs: ERP } });
          return run<T>();
        };
        return bound;
      };
      return statement;
    };
    return db;
  }

  it("an edit is made again on what they published", async () => {
    const env = createBindings({ LEDGER: overtakenD1(2) });
    const answer = await callAdmin("PUT /targets/erp", { body: ERP, env });
    expect(answer.json).toMatchObject({ version: 4 });
    expect(await table()).toMatchObject({ targets: { erp: ERP, theirs: ERP } });
  });

  it("an edit over one version alone is refused", async () => {
    const env = createBindings({ LEDGER: overtakenD1(1) });
    const headers = { "if-match": '"1"' };
    const answer = await callAdmin("PUT /targets/erp", { body: ERP, env, headers });
    expect(answer).toMatchObject({ status: 409, etag: '"2"', json: { code: "table_conflict" } });
    expect(await table()).toMatchObject({ targets: { erp: TABLE.targets["erp"] } });
  });

  it("an edit is given up after five times", async () => {
    const env = createBindings({ LEDGER: overtakenD1(5) });
    expect(await callAdmin("DELETE /routes/vip", { env })).toMatchObject({ status: 409 });
    expect((await callAdmin("GET /table")).json).toMatchObject({ version: 6 });
  });

  it("a rollback is refused", async () => {
    const env = createBindings({ LEDGER: overtakenD1(1) });
    expect(await callAdmin("POST /table/rollback", { body: { version: 0 }, env })).toMatchObject({ status: 409 });
  });
});
