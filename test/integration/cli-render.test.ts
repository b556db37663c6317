// The commands that show what targets would get: `signalbox render`, `check` and `recipes`.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RECIPES } from "../../src/recipes/registry.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { runInProcess, spawnSignalbox, wordsOf, type Ended } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-cli-render-"));
const SENDOUT = createSendout();
const RAW = { name: "Zoë", voucher: { code: "AUTUMN-15" } };

const REQUEST = {
  method: "PUT",
  url: "https://crm.example.com/{{ voucher.code }}",
  query: { key: { $secret: "CRM_KEY" } },
  body: { name: "{{ customer.name }}", nick: "{{ customer.nick.short }}", key: { $secret: "CRM_KEY" } },
};
const CRM = { request: REQUEST, auth: { type: "bearer", secret: "CRM_TOKEN" } };
const BRAZE = { recipe: "braze", settings: { instance: "EU-01" } };

/** A table that is fine, given what a test wants different. */
function createTable(parts: object = {}): object {
  return {
    inlets: {
      voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
      shop: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
    },
    targets: { crm: { request: { url: "https://crm.example.com/", body: "{{ voucher.code }}" } }, braze: BRAZE },
    routes: [
      { id: "redemptions", events: ["redemption.succeeded"], inlets: ["voucherify"], to: ["crm", "braze"] },
      { id: "large", events: ["redemption.succeeded"], when: ["{{ order.amount > 1000000 }}"], to: ["crm"] },
    ],
    ...parts,
  };
}

const FAILING = { request: { url: "https://crm.example.com/{{ customer.nick.short }}" } };

const FILES: Record<string, unknown> = {
  "sendout.json": SENDOUT,
  "payload.json": RAW,
  "list.json": [],
  "crm.json": CRM,
  "request.json": { url: "https://crm.example.com/", body: { code: "{{ voucher.code }}" } },
  "braze.json": BRAZE,
  "failing.json": FAILING,
  "bad-target.json": { request: { url: "crm.example.com", body: { a: "{{ x. }}" } }, timeoutMs: 1_000 },
  "bad-request.json": { url: "https://crm.example.com/", body: "{{ x. }}" },
  "nothing.json": {},
  "table.json": createTable(),
  "half-table.json": createTable({
    targets: { crm: FAILING, braze: BRAZE },
    routes: [{ id: "all", events: ["*"], to: ["crm", "braze"] }],
  }),
  "bad-table.json": createTable({ routes: [{ id: "all", events: ["*"], to: ["gone"] }] }),
  "local-table.json": createTable({
    targets: { crm: { request: { url: "http://localhost:8080/" } }, braze: BRAZE },
  }),
  "typo-table.json": createTable({
    targets: {
      crm: { request: { url: "https://crm.example.com/", body: { code: "{{ vouchr.code }}" } } },
      braze: BRAZE,
    },
  }),
  "warned-table.json": createTable({
    routes: [{ id: "all", events: ["redemption.succeeded", "campaign.updated"], to: ["braze"] }],
  }),
};

beforeAll(() => {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), JSON.stringify(content));
  writeFileSync(join(folder, "damaged.json"), "{ // a comment\n");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in the folder of the test's files. */
async function run(line: string, input = ""): Promise<Ended> {
  return runInProcess(wordsOf(line), { folder, input });
}

/** What a command prints that ends so, read. */
async function printed(line: string, { input = "", exitCode = 0 } = {}): Promise<unknown> {
  const { code, out, err } = await run(line, input);
  expect({ code, err }).toEqual({ code: exitCode, err: "" });
  return JSON.parse(out);
}

describe("signalbox render --target", () => {
  const CRM_REQUEST = {
    method: "PUT",
    url: "https://crm.example.com/AUTUMN-15?key={{ secret CRM_KEY }}",
    headers: {
      "content-type": "application/json",
      authorization: "Bearer {{ secret CRM_TOKEN }}",
      "idempotency-key": expect.stringMatching(/^so_[0-9a-f]{32}\.target$/),
    },
    body: { name: "Zoë O'Neil", key: "{{ secret CRM_KEY }}" },
  };

  it("prints the exact request of a target, with secrets as names and nothing else", async () => {
    expect(await printed("render sendout.json --target crm.json")).toEqual(CRM_REQUEST);
  });

  it("takes stdin, and gives the same each time", async () => {
    const input = JSON.stringify(SENDOUT);
    const first = await printed("render - --target crm.json", { input });
    expect(first).toEqual(CRM_REQUEST);
    expect(await printed("render - --target crm.json", { input })).toEqual(first);
  });

  it("takes only a request, and a target with a recipe", async () => {
    expect(await printed("render sendout.json --target request.json")).toMatchObject({
      method: "POST",
      url: "https://crm.example.com/",
      body: { code: "AUTUMN-15" },
    });
    expect(await printed("render sendout.json --target braze.json")).toMatchObject({
      url: "https://rest.fra-01.braze.eu/users/track",
      headers: { authorization: "Bearer {{ secret BRAZE_API_KEY }}" },
      body: { events: [{ external_id: "crm-1042", name: "voucherify_redemption_succeeded" }] },
    });
  });

  it("adds the trace of every expression", async () => {
    expect(await printed("render sendout.json --target crm.json --trace")).toEqual({
      ...CRM_REQUEST,
      trace: [
        { place: "request.url", expression: "voucher.code", value: "AUTUMN-15" },
        { place: "request.body.name", expression: "customer.name", value: "Zoë O'Neil" },
        { place: "request.body.nick", expression: "customer.nick.short", empty: "customer.nick is missing" },
      ],
    });
  });

  it("prints a curl command instead, with secrets as variables", async () => {
    const { code, out, err } = await run("render sendout.json --target crm.json --curl");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n")).toEqual([
      `curl -X PUT 'https://crm.example.com/AUTUMN-15?key='"$CRM_KEY" \\`,
      `  -H 'content-type: application/json' \\`,
      expect.stringMatching(/^ {2}-H 'idempotency-key: so_[0-9a-f]{32}\.target' \\$/),
      `  -H 'authorization: Bearer '"$CRM_TOKEN" \\`,
      `  --data-raw '{"name":"Zoë O'\\''Neil","key":''"'"$CRM_KEY"'"''}'`,
      "",
    ]);
  });

  it("reads a body without an envelope as the event that --event names", async () => {
    expect(
      await printed("render payload.json --target request.json --event customer.publication.succeeded"),
    ).toMatchObject({ body: { code: "AUTUMN-15" } });
    const { code, out, err } = await run("render payload.json --target request.json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/\(envelope_missing\)\. Say with --event what kind of event it is\.\n$/);
  });

  it("says why there is no request, and which expressions led to that", async () => {
    expect(await run("render sendout.json --target failing.json")).toEqual({
      code: 1,
      out: "",
      err:
        "request.url: a value in the path is missing in this event (template_value_missing).\n" +
        "  request.url: {{ customer.nick.short }}: customer.nick is missing\n",
    });
    const { code, err } = await run("render sendout.json --target failing.json --json");
    expect([code, JSON.parse(err)]).toEqual([
      1,
      {
        reason: "template_value_missing",
        detail: "request.url: a value in the path is missing in this event",
        trace: [{ place: "request.url", expression: "customer.nick.short", empty: "customer.nick is missing" }],
      },
    ]);
  });

  it("says no to a body that is not understood", async () => {
    const { code, out, err } = await run("render list.json --target crm.json --json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toMatchObject({ reason: "body_not_object", detail: expect.any(String) });
  });
});

describe("signalbox render --table", () => {
  it("prints one request for each target that a route leads to", async () => {
    expect(await printed("render sendout.json --table table.json")).toEqual({
      event: "redemption.succeeded",
      deliveries: [
        expect.objectContaining({ target: "crm", route: "redemptions", body: "AUTUMN-15" }),
        expect.objectContaining({ target: "braze", route: "redemptions" }),
      ],
    });
  });

  it("adds each route's decision and every trace", async () => {
    expect(await printed("render sendout.json --table table.json --trace")).toMatchObject({
      routes: [
        { route: "redemptions", taken: true, why: null },
        { route: "large", taken: false, why: "the filter said no: {{ order.amount > 1000000 }}" },
      ],
      deliveries: [{ trace: [{ expression: "voucher.code", value: "AUTUMN-15" }] }, { trace: expect.any(Array) }],
    });
  });

  it("prints a curl command for each", async () => {
    const { code, out } = await run("render sendout.json --table table.json --curl");
    expect(code).toBe(0);
    expect(out.split("\n\n").map((command) => command.split(" \\\n")[0])).toEqual([
      "curl -X POST 'https://crm.example.com/'",
      "curl -X POST 'https://rest.fra-01.braze.eu/users/track'",
    ]);
  });

  it("says of a sendout that no route takes why each does not, as a no", async () => {
    expect(await printed("render sendout.json --table table.json --inlet shop", { exitCode: 1 })).toEqual({
      event: "redemption.succeeded",
      routes: [
        { route: "redemptions", taken: false, why: "it is not for the inlet shop" },
        { route: "large", taken: false, why: "the filter said no: {{ order.amount > 1000000 }}" },
      ],
      deliveries: [],
    });
  });

  it("has an error for each request that could not be made, as a no", async () => {
    expect(await printed("render sendout.json --table half-table.json", { exitCode: 1 })).toMatchObject({
      deliveries: [
        { target: "crm", error: { code: "template_value_missing", detail: expect.stringContaining("request.url") } },
        { target: "braze", method: "POST" },
      ],
    });
  });
});

describe("signalbox render that cannot be carried out", () => {
  it.each([
    ["render sendout.json", "target_missing", "Give either --target <file> or --table <file>."],
    ["render sendout.json --target crm.json --table table.json", "target_missing", "Give either --target"],
    ["render missing.json --target crm.json", "file_unreadable", "There is no file missing.json."],
    ["render sendout.json --target missing.json", "file_unreadable", "There is no file missing.json."],
    ["render sendout.json --target damaged.json", "target_invalid", "damaged.json:2:1: this is not JSON"],
    ["render sendout.json --target nothing.json", "target_invalid", "nothing.json: a target has a request or a recipe"],
    ["render sendout.json --target bad-target.json", "target_invalid", /^bad-target\.json: request\.url: .+/],
    ["render sendout.json --target bad-request.json", "target_invalid", /^bad-request\.json: request\.body: .+/],
    ["render sendout.json --table missing.json", "file_unreadable", "There is no file missing.json."],
    ["render sendout.json --table bad-table.json", "table_invalid", /^bad-table\.json: routes\.0\.to\.0: .+/],
  ])("ends `%s` with exit code 2 and %s", async (line, reason, sentence) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(sentence);
    const asJson = await run(`${line} --json`);
    expect([asJson.code, JSON.parse(asJson.err)]).toEqual([2, { reason, detail: err.trimEnd() }]);
  });
});

const CANNOT = "The table cannot be published.";

describe("signalbox check", () => {
  it("says yes to a table that can be published", async () => {
    expect(await run("check table.json")).toEqual({ code: 0, out: "The table can be published.\n", err: "" });
    expect(await printed("check table.json --json")).toEqual({ errors: [], warnings: [] });
  });

  it("prints warnings, which are no no", async () => {
    const warning = expect.stringContaining("the customer has no source_id, for 1 of 2 event types that come by");
    const { code, out } = await run("check warned-table.json");
    expect([code, ...out.trimEnd().split("\n")]).toEqual([0, warning, "The table can be published."]);
    expect(out).toMatch(/^warning {2}targets\.braze: /);
    expect(await printed("check warned-table.json --json")).toEqual({ errors: [], warnings: [warning] });
  });

  it.each([
    ["bad-table.json", "routes.0.to.0", 'there is no target "gone"', CANNOT],
    [
      "local-table.json",
      "targets.crm.request.url",
      "an address begins with https://",
      "The table can be published on this machine only, as signalbox dev does (--local).",
    ],
    [
      "typo-table.json",
      "targets.crm.request.body.code",
      "redemption.succeeded has no vouchr.code; did you mean voucher.code?",
      CANNOT,
    ],
  ])("prints the errors of %s, a line each, as a no", async (file, path, message, verdict) => {
    const place = expect.stringMatching(new RegExp(`^${file}:1:\\d+$`));
    expect(await printed(`check ${file} --json`, { exitCode: 1 })).toEqual({
      errors: [{ path, message, place }],
      warnings: [],
    });
    const { code, out, err } = await run(`check ${file}`);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out).toContain(`: ${path}: ${message}\n${verdict}\n`);
    expect(out).toMatch(new RegExp(`^error    ${file}:1:\\d+: `));
  });

  it.each([
    ["check missing.json", "file_unreadable", "There is no file missing.json."],
    ["check damaged.json", "document_invalid", "damaged.json:2:1: this is not JSON: close brace expected."],
  ])("ends `%s` with exit code 2", async (line, reason, detail) => {
    expect(await run(line)).toEqual({ code: 2, out: "", err: `${detail}\n` });
    expect(JSON.parse((await run(`${line} --json`)).err)).toEqual({ reason, detail });
  });
});

describe("signalbox recipes", () => {
  it("lists every recipe in a line", async () => {
    const { code, out } = await run("recipes");
    const [head = "", ...lines] = out.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(head).toMatch(/^RECIPE +AUTHENTICATION +REPEATS +TITLE$/);
    expect(lines.map((line) => line.split(" ", 1)[0])).toEqual(RECIPES.map(({ id }) => id));
    expect(await printed("recipes --json")).toEqual(JSON.parse(JSON.stringify(RECIPES)));
  });

  it("prints one with what it needs, what it sends, and a target that uses it", async () => {
    const { code, out } = await run("recipes braze");
    expect(code).toBe(0);
    expect(out).toMatch(/^Braze: track users\n/);
    expect(out).toMatch(/^api_key +BRAZE_API_KEY +A REST API key/m);
    expect(out).toMatch(/^instance +The instance your dashboard is on: US-01, /m);
    expect(out).toContain("\nRequests, by family of events\n");
    const target = /A target in the routing table\n(\{.*?\n\})/s.exec(out)?.[1] ?? "";
    expect(JSON.parse(target)).toEqual({ braze: { recipe: "braze", settings: { instance: "US-01" } } });
    expect(await printed("recipes braze --json")).toMatchObject({
      id: "braze",
      requests: { redemption: { url: "https://<<instance>>/users/track" } },
    });
  });

  it.each(RECIPES.map(({ id }) => id).filter((_id, index) => index % 10 === 0))(
    "prints %s without a gap",
    async (id) => {
      const { code, out } = await run(`recipes ${id}`);
      expect(code).toBe(0);
      expect(out).not.toMatch(/undefined|\[object Object\]|NaN/);
    },
  );

  it.each([
    ["brase", "There is no recipe brase. Did you mean braze?"],
    ["a-pigeon-post-office", "There is no recipe a-pigeon-post-office. `signalbox recipes` lists those there are."],
  ])("says no to %s", async (id, detail) => {
    expect(await run(`recipes ${id}`)).toEqual({ code: 1, out: "", err: `${detail}\n` });
    expect(JSON.parse((await run(`recipes ${id} --json`)).err)).toEqual({ reason: "recipe_unknown", detail });
  });
});

describe("in a process of its own", () => {
  it.each([
    ["render - --target crm.json --trace", JSON.stringify(SENDOUT), 0],
    ["render sendout.json --table half-table.json", "", 1],
    ["check typo-table.json", "", 1],
    ["check missing.json", "", 2],
    ["recipes braze", "", 0],
  ])("`%s` ends as it does in the tests above", async (line, input, code) => {
    const ended = await spawnSignalbox(wordsOf(line), { folder, input });
    expect(ended).toEqual(await run(line, input));
    expect(ended.code).toBe(code);
  });
});
