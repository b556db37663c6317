// Who did what: every call that changes something or shows a payload has an entry before it happens, which is completed once
// and never changed.

import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NEEDS } from "../../../src/admin/access.ts";
import { app } from "../app.ts";
import { brokenD1, createBindings, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { recordDelivery } from "../jobs/due.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

const ROOT: string = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** What any of the calls here answers. */
interface Answer {
  id?: string;
  token?: string;
  version?: number;
  entries?: Entry[];
  next?: string | null;
}

async function call(named: string, { body = {}, token = ROOT, env = createBindings() } = {}) {
  const [method = "", path = ""] = named.split(" ");
  const init = { method, headers: { authorization: `Bearer ${token}` } };
  const request = new Request(`https://signalbox.example.com${path}`, {
    ...init,
    ...(method !== "GET" && { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, env, createExecutionContext());
  return { status: response.status, json: await response.json<Answer>() };
}

interface Entry {
  id: number;
  action: string;
  subject: string;
  status: number | null;
  change: object | null;
}

async function entries(query = ""): Promise<Entry[]> {
  return (await call(`GET /admin/audit${query}`)).json.entries ?? [];
}

it("a publication is noted with who it was and the versions before and after", async () => {
  await call("PUT /admin/table", { body: createTable([]) });
  const made = await call("POST /admin/tokens", { body: { name: "the pipeline", scopes: ["config"] } });
  await call("PUT /admin/table", { body: createTable([]), token: made.json.token ?? "" });
  expect(await entries()).toEqual([
    {
      id: 3,
      at: "2026-10-05T08:15:31.000Z",
      actor: { id: made.json.id, name: "the pipeline" },
      action: "PUT /admin/table",
      subject: "",
      status: 200,
      change: { before: { version: 1 }, after: { version: 2 } },
    },
    expect.objectContaining({ action: "POST /admin/tokens", status: 201, actor: { id: "secret", name: null } }),
    expect.objectContaining({ id: 1, change: { before: { version: 0 }, after: { version: 1 } } }),
  ]);
  expect(JSON.stringify(await entries())).not.toContain(made.json.token?.slice(4));
});

it("what is done to targets, deliveries and replays is noted with what was there before", async () => {
  await publish(createTable(["crm"]));
  const { sendoutId, target } = await recordDelivery({ dueAt: SENT_AT + 3_600_000, sweepAt: SENT_AT + 3_600_000 });
  const named = `/admin/deliveries/${sendoutId}.${target}`;
  const done: [string, object?][] = [
    ["POST /admin/targets/crm/pause", { note: "Ada Okafor asks for it" }],
    ["POST /admin/targets/crm/pause", { mode: "drain" }],
    ["POST /admin/targets/crm/discard"],
    ["POST /admin/targets/crm/resume"],
    [`POST ${named}/cancel`],
    [`POST ${named}/cancel`],
    ["POST /admin/sweep"],
  ];
  for (const [one, body = {}] of done) await call(one, { body });
  const planned = await call("POST /admin/replays", {
    body: { select: { since: "2026-10-01T00:00:00Z" }, mode: "as then" },
  });
  await call(`POST /admin/replays/${planned.json.id}/stop`);
  const since = new Date(SENT_AT).toISOString();
  const [hold, drain] = ["hold", "drain"].map((mode) => ({ reason: "by_hand", mode, since }));
  expect((await entries()).toReversed().map(({ change }) => change)).toEqual([
    { after: hold },
    { before: hold, after: drain },
    { after: { cancelled: 0 } },
    { before: drain, after: { released: 0 } },
    { after: { state: "cancelled" } },
    null,
    { after: { sent: 0, cancelled: 0, orphans: 0 } },
    { after: { replay: planned.json.id, mode: "as then", selected: 0 } },
    { before: { state: "planned" }, after: { state: "stopped" } },
  ]);
  expect(JSON.stringify(await entries())).not.toContain("Okafor");
});

it("every call that is not a GET is noted, whatever comes of it, and of the others only what shows a payload", async () => {
  const calls = Object.keys(NEEDS).filter((named) => named !== "GET /admin/audit" && named !== "GET /metrics");
  // A dry run notes itself, once it is understood.
  const bodyOf = (named: string): object => (named.endsWith("/dry-run") ? { table: createTable([]) } : {});
  for (const named of calls) await call(named.replaceAll(/:\w+/g, "some-thing"), { body: bodyOf(named) });
  const noted = (await entries("?limit=500")).map(({ action }) => action);
  const shows = new Set(["GET /admin/sendouts/:id", "GET /admin/deliveries/:id", "GET /admin/quarantine/:id"]);
  expect(noted.toSorted()).toEqual(calls.filter((named) => !named.startsWith("GET ") || shows.has(named)).toSorted());
}, 30_000); // some ninety calls

it("what it was about is noted, and how it was answered", async () => {
  await call("POST /admin/targets/crm/pause", { body: { mode: "hold" } });
  await call("POST /admin/incidents/target_paused/crm/resolve");
  await call("POST /admin/deliveries/so_1.crm/retry");
  expect((await entries()).map(({ action, subject, status }) => [action, subject, status])).toEqual([
    ["POST /admin/deliveries/:id/retry", "so_1.crm", 404],
    ["POST /admin/incidents/:kind/:subject/resolve", "target_paused/crm", 404],
    ["POST /admin/targets/:id/pause", "crm", 404],
  ]);
});

it("whoever may not see payloads leaves no entry by reading; who is refused leaves none either", async () => {
  const made = await call("POST /admin/tokens", { body: { name: "operator", scopes: ["read"] } });
  const { token = "" } = made.json;
  expect((await call("GET /admin/sendouts/so_1", { token })).status).toBe(404);
  expect((await call("PUT /admin/table", { token, body: createTable([]) })).status).toBe(403);
  expect(await entries()).toHaveLength(1);
});

it("a secret's value is not noted", async () => {
  await call("PUT /admin/secrets/CRM_KEY", { body: { value: "a-distinctive-value-0815" } });
  const { results } = await workingD1().prepare("SELECT * FROM audit_log").all();
  expect(results).toHaveLength(1);
  expect(JSON.stringify(results)).not.toContain("distinctive");
});

it("nothing happens of which there can be no entry", async () => {
  const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("INSERT INTO audit_log") }) });
  expect(await call("PUT /admin/table", { body: createTable([]), env })).toMatchObject({ status: 503 });
  expect((await call("GET /admin/table")).json.version).toBe(0);
});

it("what has happened stands, though its entry could not be completed", async () => {
  const env: TestBindings = createBindings({
    LEDGER: brokenD1({ when: (sql) => sql.includes("UPDATE audit_log") }),
  });
  expect(await call("PUT /admin/table", { body: createTable([]), env })).toMatchObject({ status: 200 });
  expect(await entries()).toMatchObject([{ action: "PUT /admin/table", status: null, change: null }]);
});

it("an entry that is complete cannot be changed", async () => {
  await call("PUT /admin/table", { body: createTable([]) });
  const change = workingD1().prepare("UPDATE audit_log SET actor = 'somebody else'").run();
  await expect(change).rejects.toThrow("final");
});

it("is read page by page, the newest first", async () => {
  for (let times = 0; times < 5; times++) await call("POST /admin/sweep");
  const pages: number[][] = [];
  let query = "?limit=2";
  for (;;) {
    const { json } = await call(`GET /admin/audit${query}`);
    pages.push((json.entries ?? []).map(({ id }) => id));
    if (json.next === null) break;
    query = `?limit=2&cursor=${json.next}`;
  }
  expect(pages).toEqual([[5, 4], [3, 2], [1]]);
  expect(await call("GET /admin/audit?limit=0")).toMatchObject({ status: 400 });
});
