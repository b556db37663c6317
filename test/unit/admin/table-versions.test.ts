// Every table there has been: listed with who published it and why, shown, compared, and published again.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBindings, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { callAdmin } from "./call-admin.ts";

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Publishes a table to these targets. */
async function publishTo(targets: readonly string[], query = "", token?: string) {
  const { status, json } = await callAdmin(`PUT /table${query}`, {
    body: createTable(targets, {}),
    ...(token && { token }),
  });
  expect([status, json["errors"]]).toEqual([200, undefined]);
  return json;
}

describe("the versions", () => {
  it("are listed with when, by whom and why", async () => {
    const made = await callAdmin("POST /tokens", { body: { name: "the pipeline", scopes: ["config"] } });
    await publishTo([]);
    vi.setSystemTime(SENT_AT + 1_000);
    await publishTo(["crm"], "?note=for%20the%20autumn%20sale", String(made.json["token"]));
    expect((await callAdmin("GET /table/versions")).json).toEqual({
      versions: [
        {
          version: 2,
          publishedAt: "2026-10-05T08:15:32.000Z",
          by: { id: made.json["id"], name: "the pipeline" },
          note: "for the autumn sale",
        },
        { version: 1, publishedAt: "2026-10-05T08:15:31.000Z", by: { id: "secret", name: null }, note: null },
      ],
      next: null,
    });
  });

  it("are read page by page, the newest first", async () => {
    for (let times = 0; times < 5; times++) await publishTo([]);
    const pages: unknown[] = [];
    for (let query = "?limit=2"; query !== "";) {
      const { json } = await callAdmin(`GET /table/versions${query}`);
      const page = json as { versions: { version: number }[]; next: string | null };
      pages.push(page.versions.map(({ version }) => version));
      query = page.next === null ? "" : `?limit=2&cursor=${page.next}`;
    }
    expect(pages).toEqual([[5, 4], [3, 2], [1]]);
  });

  it("of a release that did not note it are by nobody", async () => {
    await publishTo([]);
    const insert = "INSERT INTO table_versions (version, published_at, document) VALUES (2, 5, '{}')";
    await workingD1().prepare(insert).run();
    const { json } = await callAdmin("GET /table/versions?limit=1");
    expect(json["versions"]).toEqual([{ version: 2, publishedAt: "1970-01-01T00:00:00.005Z", by: null, note: null }]);
  });

  it("are shown with their table, the built-in one as version 0", async () => {
    await publishTo(["crm"]);
    await publishTo([]);
    expect((await callAdmin("GET /table/versions/1")).json).toMatchObject({
      version: 1,
      table: createTable(["crm"], {}),
    });
    expect((await callAdmin("GET /table/versions/0")).json).toMatchObject({
      version: 0,
      publishedAt: null,
      by: null,
      table: { targets: {}, routes: [] },
    });
    for (const version of ["3", "-1", "latest", "1e3"])
      expect([version, (await callAdmin(`GET /table/versions/${version}`)).status]).toEqual([version, 404]);
  });

  it("are compared, with the newest when nothing else is said", async () => {
    await publishTo(["crm"]);
    await publishTo(["crm", "erp"]);
    await publishTo([]);
    const { json } = await callAdmin("GET /table/diff?from=1&to=2");
    const erp = createTable(["erp"], {}).targets["erp"];
    expect(json).toEqual({
      from: 1,
      to: 2,
      changes: [
        { change: "added", path: "targets.erp", after: erp },
        { change: "changed", path: "routes.all.to", before: ["crm"], after: ["crm", "erp"] },
      ],
    });
    expect((await callAdmin("GET /table/diff?from=3")).json).toEqual({ from: 3, to: 3, changes: [] });
    expect((await callAdmin("GET /table/diff?from=1&to=9")).status).toBe(404);
    expect((await callAdmin("GET /table/diff")).json).toMatchObject({ errors: [{ path: "from" }] });
  });
});

describe("a rollback", () => {
  it("publishes the old table as a new version, and says so", async () => {
    await publishTo(["crm"]);
    await publishTo([]);
    const answer = await callAdmin("POST /table/rollback", { body: { version: 1 }, headers: { "if-match": '"2"' } });
    expect(answer).toMatchObject({ status: 200, etag: '"3"', json: { version: 3, warnings: [] } });
    expect((await callAdmin("GET /table")).json).toMatchObject({ version: 3, table: createTable(["crm"], {}) });
    expect((await callAdmin("GET /table/versions?limit=1")).json).toMatchObject({
      versions: [{ version: 3, note: "back to version 1" }],
    });
    const { json } = await callAdmin("GET /audit?limit=1");
    expect(json).toMatchObject({ entries: [{ change: { before: { version: 2 }, after: { version: 3 } } }] });
  });

  it("warns as a publication does", async () => {
    await publishTo(["crm"]);
    const env = createBindings({ CRM_TOKEN: "" });
    const { json } = await callAdmin("POST /table/rollback", { body: { version: 1, note: "why not" }, env });
    expect(json["warnings"]).toEqual([expect.stringContaining("CRM_TOKEN is not set")]);
  });

  it("goes back to what was there before anything was published", async () => {
    await publishTo(["crm"]);
    expect((await callAdmin("POST /table/rollback", { body: { version: 0 } })).json).toMatchObject({ version: 2 });
    expect((await callAdmin("GET /table")).json).toMatchObject({ table: { targets: {}, routes: [] } });
  });

  it.each([
    ["of a version that never was", { version: 9 }, {}, 404, "not_found"],
    ["over a version that is not the newest", { version: 1 }, { "if-match": '"1"' }, 409, "table_conflict"],
    ["without a version", {}, {}, 400, "request_invalid"],
  ])("%s changes nothing", async (_name, body, headers, status, code) => {
    await publishTo(["crm"]);
    await publishTo([]);
    expect(await callAdmin("POST /table/rollback", { body, headers })).toMatchObject({ status, json: { code } });
    expect((await callAdmin("GET /table")).json).toMatchObject({ version: 2 });
  });

  it("to a table that would be refused today is refused", async () => {
    await publishTo([]);
    const document = JSON.stringify({ ...createTable([]), routes: [{ id: "all", events: ["*"], to: ["gone"] }] });
    const insert = "INSERT INTO table_versions (version, published_at, document) VALUES (2, 5, ?1)";
    await workingD1().prepare(insert).bind(document).run();
    await publishTo([]);
    expect(await callAdmin("POST /table/rollback", { body: { version: 2 } })).toMatchObject({
      status: 422,
      json: { errors: [{ path: "routes.0.to.0", message: 'there is no target "gone"' }] },
    });
  });
});
