// What a routing table becomes, and what is said of one as a whole: names, shape, all that is wrong at once, addresses.

import { describe, expect, it } from "vitest";
import { addressIssues, compileTable } from "../../../src/routing/compile.ts";
import { DEFAULT_TABLE } from "../../../src/routing/table.ts";
import {
  compile,
  createDocument,
  createRoute,
  createTarget,
  issuesOf,
  MISSING_MESSAGE,
  NAME_MESSAGE,
  UNKNOWN_MESSAGE,
} from "./documents.ts";

describe("compileTable", () => {
  it("fills in what a target leaves out", () => {
    const target = compile(createDocument()).targets.get("crm");
    expect(target).toMatchObject({ id: "crm", auth: { type: "none" }, retry: "standard", timeoutMs: 10_000 });
    expect(target?.requests.get("any")).toMatchObject({
      method: "POST",
      url: { origin: "https://crm.example.com" },
      headers: [],
      body: undefined,
      missing: "omit",
    });
    expect(target?.secrets).toEqual(new Set());
  });

  it("makes sets of a route's limits, and none of those it leaves out", () => {
    const routes = [
      createRoute({ id: "open" }),
      createRoute({
        id: "closed",
        inlets: ["voucherify"],
        sources: ["wh_1", "wh_1"],
        sourceKinds: [],
        description: "x",
      }),
    ];
    expect(compile(createDocument({ routes })).routes).toEqual([
      {
        id: "open",
        events: ["*"],
        inlets: undefined,
        sources: undefined,
        sourceKinds: undefined,
        when: [],
        to: ["crm"],
      },
      {
        id: "closed",
        events: ["*"],
        inlets: new Set(["voucherify"]),
        sources: new Set(["wh_1"]),
        sourceKinds: new Set(),
        when: [],
        to: ["crm"],
      },
    ]);
  });

  it("compiles the table that is in force before any was published", () => {
    const table = compile(DEFAULT_TABLE);
    expect([...table.inlets]).toEqual([["voucherify", { auth: { secrets: ["VOUCHERIFY_SECRET"] } }]]);
    expect(table.targets.size + table.routes.length).toBe(0);
  });

  it("does not mind $schema", () => {
    expect(compileTable({ ...DEFAULT_TABLE, $schema: "./routing-table.schema.json" }).ok).toBe(true);
  });

  it.each([
    ["nothing", null],
    ["a text", "table"],
    ["a number", 42],
  ])("refuses a document that is %s", (_name, document) => {
    expect(issuesOf(document)).toEqual([{ path: "(root)", message: "expected Object" }]);
  });

  it("names every part that a document lacks", () => {
    expect(issuesOf({})).toEqual([
      { path: "inlets", message: MISSING_MESSAGE },
      { path: "targets", message: MISSING_MESSAGE },
      { path: "routes", message: MISSING_MESSAGE },
    ]);
  });

  it.each(["a/b", "A", "-a", "a-", "_a", "a b", "", "a".repeat(41)])("refuses %j as the name of anything", (name) => {
    const document = { inlets: { [name]: { auth: "none" } }, targets: { [name]: createTarget() }, routes: [] };
    expect(issuesOf(document)).toEqual([
      { path: `inlets.${name}`, message: NAME_MESSAGE },
      { path: `targets.${name}`, message: NAME_MESSAGE },
    ]);
  });

  it.each(["constructor", "prototype", "__proto__"])("hears of a name that would vanish: %s", (name) => {
    const message = `the name ${name} is not available`;
    const record = (value: unknown): unknown => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`);
    const request = { url: "https://crm.example.com/", headers: record("x"), query: record("x") };
    const document = { inlets: record({ auth: "none" }), targets: { crm: { request } }, routes: [] };
    expect(issuesOf(document)).toEqual([
      { path: `inlets.${name}`, message },
      { path: `targets.crm.request.headers.${name}`, message },
      { path: `targets.crm.request.query.${name}`, message },
    ]);
    expect(issuesOf(createDocument({ targets: record(createTarget()) }))).toEqual([
      { path: `targets.${name}`, message },
    ]);
  });

  it("does not walk into a name that would vanish, however deep it goes", () => {
    const deep: unknown = JSON.parse(`{"__proto__":${"[".repeat(20_000)}${"]".repeat(20_000)}}`);
    expect(issuesOf(createDocument({ inlets: deep }))).toEqual([
      { path: "inlets.__proto__", message: "the name __proto__ is not available" },
    ]);
  });

  it.each(["inlets", "targets"])("refuses a list where %s are named", (key) => {
    const message = "expected an object with names, not a list";
    expect(issuesOf(createDocument({ [key]: [] }))).toEqual([{ path: key, message }]);
  });

  it("refuses 20,000 levels in any other place by what is expected there", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = { a: deep };
    const targets = { crm: createTarget({ request: { headers: { "x-a": { $secret: deep } } }, description: deep }) };
    expect(issuesOf({ inlets: deep, targets, routes: [createRoute({ sources: [deep] })], extra: deep })).toEqual([
      { path: "inlets.a.auth", message: MISSING_MESSAGE },
      { path: "inlets.a.a", message: UNKNOWN_MESSAGE },
      { path: "targets.crm.description", message: "expected string" },
      { path: "targets.crm.request.headers.x-a.$secret", message: "expected string" },
      { path: "routes.0.sources.0", message: "expected string" },
      { path: "extra", message: UNKNOWN_MESSAGE },
    ]);
  });

  it("reports all problems at once", () => {
    const document = {
      inlets: { voucherify: { auth: { secrets: ["SIGNALBOX_ADMIN_TOKEN"] } } },
      targets: {
        crm: {
          request: { url: "https://{{ host }}/", headers: { host: "x", authorization: "y" } },
          auth: { type: "bearer", secret: "CRM_KEY" },
        },
        lake: {
          request: { url: "https://lake.example.com/", body: { $secret: "lake key" } },
          auth: { type: "bearer", secret: "VOUCHERIFY_SECRET" },
        },
        mail: { request: { url: "https://mail.example.com/", body: { a: { $if: true, $then: 1 } } } },
      },
      routes: [
        createRoute({ to: ["nowhere", "mail"] }),
        createRoute({ inlets: ["gone"], when: [{ path: "", op: "exists", value: true }] }),
      ],
    };
    expect(issuesOf(document).map(({ path }) => path)).toEqual([
      "targets.crm.request.headers.authorization",
      "targets.crm.request.url",
      "targets.crm.request.headers.host",
      "targets.lake.auth",
      "targets.lake.request.body",
      "targets.mail.request.body.a.$if",
      "inlets.voucherify.auth.secrets",
      "routes.0.to.0",
      "routes.1.id",
      "routes.1.inlets.0",
      "routes.1.when.0.path",
    ]);
  });

  it("reports all problems of shape at once", () => {
    const document = {
      inlets: { voucherify: { auth: "open" } },
      targets: { crm: { request: { url: 5 }, timeoutMs: "5", retry: true } },
      routes: [{ id: "all", events: "*", to: ["crm"] }],
      extra: 1,
    };
    expect(issuesOf(document)).toEqual([
      { path: "inlets.voucherify.auth", message: 'expected ("none" | Object)' },
      { path: "targets.crm.request.url", message: "expected string" },
      { path: "targets.crm.retry", message: 'expected (("standard" | "long" | "short") | Array)' },
      { path: "targets.crm.timeoutMs", message: "expected number" },
      { path: "routes.0.events", message: "expected Array" },
      { path: "extra", message: "this key is not known here" },
    ]);
  });
});

describe("addressIssues", () => {
  const table = compile(
    createDocument({
      targets: {
        fine: createTarget(),
        plain: createTarget({ request: { url: "http://plain.example.com/" } }),
        number: createTarget({ request: { url: "https://0x7f.1/hook" } }),
        cluster: createTarget({ request: { url: "https://api.cluster.internal:8443/{{ id }}" } }),
      },
    }),
  );

  it("names every target whose address may not be used", () => {
    expect(addressIssues(table, false)).toEqual([
      { path: "targets.plain.request.url", message: "an address begins with https://" },
      { path: "targets.number.request.url", message: "an address has a host name, not a number" },
      { path: "targets.cluster.request.url", message: "a host name is public" },
    ]);
  });

  it("names the channel of alerts whose address may not be used", () => {
    const webhook = { type: "webhook", secrets: ["ALERTS_KEY"] };
    const channels = {
      "on-call": { ...webhook, url: "https://alerts.example.com/in" },
      desk: { ...webhook, url: "https://192.168.0.7/in" },
    };
    const compiled = compileTable({ inlets: {}, targets: {}, routes: [], settings: { alerts: { channels } } });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
    expect(addressIssues(compiled.value, false)).toMatchObject([{ path: "settings.alerts.channels.desk.url" }]);
    expect(addressIssues(compiled.value, true)).toEqual([]);
  });

  it("lets local targets pass where they are allowed", () => {
    expect(addressIssues(table, true)).toEqual([]);
  });
});
