import { describe, expect, it } from "vitest";
import { addressIssues, compileTable, type CompiledTable } from "../../../src/routing/compile.ts";
import { DEFAULT_TABLE } from "../../../src/routing/table.ts";
import { renderRequest } from "../../../src/translation/request.ts";
import { createInput } from "../translation/at-once.ts";

/** A document with one inlet and one target, and these parts in place of its own. */
function createDocument(parts: object = {}): unknown {
  return { inlets: { voucherify: { auth: "none" } }, targets: { crm: createTarget() }, routes: [], ...parts };
}

function createTarget({ request, ...parts }: { request?: object; [key: string]: unknown } = {}): object {
  return { request: { url: "https://crm.example.com/events", ...request }, ...parts };
}

function createRoute(parts: object = {}): object {
  return { id: "all", events: ["*"], to: ["crm"], ...parts };
}

function withTarget(parts: Parameters<typeof createTarget>[0]): unknown {
  return createDocument({ targets: { crm: createTarget(parts) } });
}

function withRoute(parts: object): unknown {
  return createDocument({ routes: [createRoute(parts)] });
}

function compile(document: unknown): CompiledTable {
  const compiled = compileTable(document);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

function issuesOf(document: unknown) {
  const compiled = compileTable(document);
  return compiled.ok ? [] : compiled.issues;
}

const NAME_MESSAGE = "a name has 1 to 40 lowercase letters, digits, - and _, and neither begins nor ends with - or _";
const OPEN_MESSAGE = "character 1: this {{ has no }}; write \\{{ for a literal {{";
const URL_MESSAGE =
  "expected https://host/… with scheme and host written out, without user, password, fragment, spaces or backslash";
const HOST_MESSAGE = "the header Host is set by the platform or by Signalbox";
const HEADER_MESSAGE = "a header name has letters, digits and hyphens only";
const TOKEN_MESSAGE = "the admin token does not sign sendouts";
const UNKNOWN_MESSAGE = "this key is not known here";
const MISSING_MESSAGE = "this is missing";
const TWICE_MESSAGE = "this header is given twice";
const AUTH_TWICE_MESSAGE = "auth sets this header already";
const NUMBER_MESSAGE = "a number too large for JSON";
const DEPTH_MESSAGE = "nested deeper than 32 levels";
const AUTH_MESSAGE =
  'expected ("none" | "bearer" | "basic" | "header" | "query" | "hmac" | "standard_webhooks" | "oauth2_client_credentials" | "google_service_account" | "aws_sigv4")';
const RETRY_MESSAGE = 'expected (("standard" | "long" | "short") | Array)';
const OP_MESSAGE = 'expected (("eq" | "ne") | ("gt" | "gte" | "lt" | "lte") | "in" | "contains" | "exists")';
const SECRET_MESSAGE = "a secret's name has capitals, digits and underscores, like BRAZE_KEY";
const PATTERN_MESSAGE =
  "an event pattern is an event type (redemption.succeeded), a beginning with a star (redemption.*), or *";

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

  it.each([
    ["a target that does not exist", { to: ["crm", "nowhere"] }, "to.1", 'there is no target "nowhere"'],
    ["an inherited name as target", { to: ["constructor"] }, "to.0", 'there is no target "constructor"'],
    ["an inlet that does not exist", { inlets: ["nowhere"] }, "inlets.0", 'there is no inlet "nowhere"'],
    ["an unknown op", { when: [{ path: "a", op: "like", value: "x" }] }, "when.0.op", OP_MESSAGE],
    ["a size that is text", { when: [{ path: "a", op: "gt", value: "1" }] }, "when.0.value", "expected number"],
    ["a path that is none", { when: [{ path: "", op: "eq", value: 1 }] }, "when.0.path", "the path is empty"],
    ["a star in the middle", { events: ["a.*.b"] }, "events.0", PATTERN_MESSAGE],
    ["a star without a dot", { events: ["*", "redemption*"] }, "events.1", PATTERN_MESSAGE],
    ["an empty pattern", { events: [""] }, "events.0", PATTERN_MESSAGE],
    ["a pattern with two dots in a row", { events: ["a..b"] }, "events.0", PATTERN_MESSAGE],
    ["a pattern with a space", { events: ["a b"] }, "events.0", PATTERN_MESSAGE],
    ["an id in capitals", { id: "All" }, "id", NAME_MESSAGE],
    ["an unknown key", { filter: [] }, "filter", UNKNOWN_MESSAGE],
    ["no target", { to: [] }, "to", "expected at least one target"],
    ["a condition without its op", { when: [{ path: "a", value: 1 }] }, "when.0.op", MISSING_MESSAGE],
    ["a condition without its value", { when: [{ path: "a", op: "eq" }] }, "when.0.value", MISSING_MESSAGE],
  ])("refuses a route with %s", (_name, parts, path, message) => {
    expect(issuesOf(withRoute(parts))).toEqual([{ path: `routes.0.${path}`, message }]);
  });

  it("refuses a route with the id of another", () => {
    const routes = [createRoute(), createRoute({ id: "other" }), createRoute()];
    expect(issuesOf(createDocument({ routes }))).toEqual([
      { path: "routes.2.id", message: 'another route has the id "all"' },
    ]);
  });

  it.each([
    ["an unknown key", { url: "x" }, "url", UNKNOWN_MESSAGE],
    ["an unknown key in its request", { request: { verb: "PUT" } }, "request.verb", UNKNOWN_MESSAGE],
    ["an unknown key in its auth", { auth: { type: "none", secret: "A" } }, "auth.secret", UNKNOWN_MESSAGE],
    ["an unknown auth", { auth: { type: "digest" } }, "auth.type", AUTH_MESSAGE],
    ["an auth without its type", { auth: { secret: "A" } }, "auth.type", MISSING_MESSAGE],
    ["an auth without its secret", { auth: { type: "bearer" } }, "auth.secret", MISSING_MESSAGE],
    ["too short a timeout", { timeoutMs: 99 }, "timeoutMs", "expected >=100"],
    ["too long a timeout", { timeoutMs: 30_001 }, "timeoutMs", "expected <=30000"],
    ["too short a wait", { retry: [5, 0] }, "retry.1", "expected >=1"],
    ["a wait that is text", { retry: [5, "60"] }, "retry.1", "expected number"],
    ["a schedule that does not exist", { retry: "forever" }, "retry", RETRY_MESSAGE],
    ["a template that does not close", { request: { body: { a: ["{{ b", 1] } } }, "request.body.a.0", OPEN_MESSAGE],
    [
      "a number that JSON cannot carry",
      { request: { body: { a: [Number.POSITIVE_INFINITY] } } },
      "request.body.a.0",
      NUMBER_MESSAGE,
    ],
    ["a host from the payload", { request: { url: "https://{{ host }}/" } }, "request.url", URL_MESSAGE],
    [
      "a host that a payload extends",
      { request: { url: "https://crm.example.com\t{{ host }}/" } },
      "request.url",
      URL_MESSAGE,
    ],
    [
      "a path that walks by itself",
      { request: { url: "https://crm.example.com/a/../b" } },
      "request.url",
      "a path has no . or .. between its slashes",
    ],
    ["a header given twice", { request: { headers: { "x-a": 1, "X-A": 2 } } }, "request.headers.X-A", TWICE_MESSAGE],
    [
      "a header that its bearer token sets",
      { request: { headers: { Authorization: "x" } }, auth: { type: "bearer", secret: "A" } },
      "request.headers.Authorization",
      AUTH_TWICE_MESSAGE,
    ],
    [
      "a header that its password sets",
      { request: { headers: { authorization: "x" } }, auth: { type: "basic", username: "u", password: "A" } },
      "request.headers.authorization",
      AUTH_TWICE_MESSAGE,
    ],
    [
      "a header that its own auth sets",
      { request: { headers: { "x-key": { $secret: "A" } } }, auth: { type: "header", name: "X-Key", secret: "A" } },
      "request.headers.x-key",
      AUTH_TWICE_MESSAGE,
    ],
    ["a reserved header", { request: { headers: { Host: "x" } } }, "request.headers.Host", HOST_MESSAGE],
    ["a reserved header as auth", { auth: { type: "header", name: "Host", secret: "A" } }, "auth.name", HOST_MESSAGE],
    ["a bad header as auth", { auth: { type: "header", name: "x y", secret: "A" } }, "auth.name", HEADER_MESSAGE],
  ])("refuses a target with %s", (_name, parts, path, message) => {
    expect(issuesOf(withTarget(parts))).toEqual([{ path: `targets.crm.${path}`, message }]);
  });

  it.each([
    ["none", { type: "none" }],
    ["another header's", { type: "header", name: "x-key", secret: "A" }],
  ])("takes an authorization header of the template's own beside the auth %s", (_name, auth) => {
    const document = withTarget({ request: { headers: { Authorization: "x" } }, auth });
    expect(issuesOf(document)).toEqual([]);
  });

  it.each([
    ["auth of another kind", { auth: "open" }, "auth", 'expected ("none" | Object)'],
    ["a secret's name in small letters", { auth: { secrets: ["key"] } }, "auth.secrets.0", SECRET_MESSAGE],
    [
      "the admin token as its secret",
      { auth: { secrets: ["A", "SIGNALBOX_ADMIN_TOKEN"] } },
      "auth.secrets",
      TOKEN_MESSAGE,
    ],
  ])("refuses an inlet with %s", (_name, inlet, path, message) => {
    const document = createDocument({ inlets: { voucherify: inlet } });
    expect(issuesOf(document)).toEqual([{ path: `inlets.voucherify.${path}`, message }]);
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

  it.each([
    ["a query", { query: { n: Number.POSITIVE_INFINITY } }, "query.n"],
    ["a header", { headers: { n: Number.NEGATIVE_INFINITY } }, "headers.n"],
  ])("refuses a number in %s that JSON cannot write", (_name, request, path) => {
    expect(issuesOf(withTarget({ request })).map((issue) => issue.path)).toEqual([`targets.crm.request.${path}`]);
  });

  it("refuses a header text that could never be sent", () => {
    expect(issuesOf(withTarget({ request: { headers: { "x-name": "Zoë" } } }))).toEqual([
      {
        path: "targets.crm.request.headers.x-name",
        message: "a header value has ASCII characters only and no line break",
      },
    ]);
  });

  it("refuses authentication by the header that says what the body is", () => {
    const auth = { type: "header", name: "Content-Type", secret: "CRM_KEY" };
    expect(issuesOf(withTarget({ auth }))).toEqual([
      { path: "targets.crm.auth.name", message: "this header says what the body is" },
    ]);
  });

  it("reports a wrong secret together with a wrong template of the same target", () => {
    const request = { url: "https://{{ host }}/", body: { $secret: "lake key" } };
    expect(issuesOf(withTarget({ request })).map(({ path }) => path)).toEqual([
      "targets.crm.request.url",
      "targets.crm.request.body",
    ]);
  });

  it.each(["deepest", 1, null])(
    "counts 32 levels below the body as deep enough and 33 as too deep, whatever ends them: %j",
    (end) => {
      const nest = (levels: number): unknown => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], end);
      expect(issuesOf(withTarget({ request: { body: nest(32) } }))).toEqual([]);
      expect(issuesOf(withTarget({ request: { body: nest(33) } })).map(({ message }) => message)).toEqual([
        DEPTH_MESSAGE,
      ]);
    },
  );

  it("keeps every key of a body template, whatever its name", async () => {
    const body: unknown = JSON.parse('{"__proto__":{"constructor":"{{ a }}"},"constructor":[{"prototype":1}]}');
    const request = compile(withTarget({ request: { body } }))
      .targets.get("crm")
      ?.requests.get("any");
    expect(request && (await renderRequest(request, createInput({ data: { a: 5 } })))).toMatchObject({
      ok: true,
      value: { body: ['{"__proto__":{"constructor":5},"constructor":[{"prototype":1}]}'] },
    });
  });

  it.each([
    ["objects", (inner: unknown) => ({ a: inner }), "a"],
    ["arrays", (inner: unknown) => [inner], "0"],
  ])("refuses a body template of 20,000 levels of %s", (_name, wrap, key) => {
    let body: unknown = { $secret: "CRM_KEY" };
    for (let level = 0; level < 20_000; level++) body = wrap(body);
    expect(issuesOf(withTarget({ request: { body } }))).toEqual([
      { path: `targets.crm.request.body${`.${key}`.repeat(33)}`, message: DEPTH_MESSAGE },
    ]);
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

  it.each([
    ["a bearer token", (name: string) => ({ auth: { type: "bearer", secret: name } }), "auth"],
    ["a password", (name: string) => ({ auth: { type: "basic", username: "u", password: name } }), "auth"],
    ["a header's value", (name: string) => ({ auth: { type: "header", name: "x-key", secret: name } }), "auth"],
    [
      "a template's header",
      (name: string) => ({ request: { headers: { "x-key": { $secret: name } } } }),
      "request.headers.x-key",
    ],
    [
      "a template's parameter",
      (name: string) => ({ request: { query: { key: { $secret: name } } } }),
      "request.query.key",
    ],
    ["a whole body", (name: string) => ({ request: { body: { $secret: name } } }), "request.body"],
    [
      "a place deep in a body",
      (name: string) => ({ request: { body: [{ a: [{ $secret: name }] }] } }),
      "request.body.0.a.0",
    ],
  ])("never lets Signalbox's own secrets go out as %s", (_name, partsFor, path) => {
    for (const name of ["VOUCHERIFY_SECRET", "SIGNALBOX_ADMIN_TOKEN", "SIGNALBOX_ANYTHING"]) {
      expect(issuesOf(withTarget(partsFor(name)))).toEqual([
        { path: `targets.crm.${path}`, message: `${name} belongs to Signalbox and is never sent to a target` },
      ]);
    }
    const target = compile(withTarget(partsFor("CRM_KEY"))).targets.get("crm");
    expect(target?.secrets).toEqual(new Set(["CRM_KEY"]));
  });

  it.each(["crm_key", "1KEY", "CRM-KEY", "CRM KEY", "_KEY", "K".repeat(65), ""])(
    "refuses %j as a secret's name",
    (name) => {
      expect(issuesOf(withTarget({ auth: { type: "bearer", secret: name } }))).toEqual([
        { path: "targets.crm.auth.secret", message: SECRET_MESSAGE },
      ]);
      const node = { $secret: name };
      const request = { query: { key: node }, headers: { "x-key": node }, body: { a: [1, node], b: { c: node } } };
      expect(issuesOf(withTarget({ request }))).toEqual([
        { path: "targets.crm.request.query.key", message: SECRET_MESSAGE },
        { path: "targets.crm.request.headers.x-key", message: SECRET_MESSAGE },
        { path: "targets.crm.request.body.a.1", message: SECRET_MESSAGE },
        { path: "targets.crm.request.body.b.c", message: SECRET_MESSAGE },
      ]);
    },
  );

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

  it.each([
    ["targets of another type", createDocument({ targets: "HUSH-1234" })],
    ["an inlet's secret in place of its name", createDocument({ inlets: { a: { auth: { secrets: ["HUSH-1234"] } } } })],
    ["a target's secret in place of its name", withTarget({ auth: { type: "bearer", secret: "HUSH-1234" } })],
    [
      "a secret in place of its name in a header",
      withTarget({ request: { headers: { a: { $secret: "HUSH-1234" } } } }),
    ],
    ["a secret in place of its name in a query", withTarget({ request: { query: { a: { $secret: "HUSH-1234" } } } })],
    ["a secret in place of its name in a body", withTarget({ request: { body: { a: [{ $secret: "HUSH-1234" }] } } })],
    ["an unknown auth", withTarget({ auth: { type: "HUSH-1234" } })],
    ["the value of an unknown key", withTarget({ token: "HUSH-1234" })],
    ["an unknown method", withTarget({ request: { method: "HUSH-1234" } })],
    ["a URL of another type", withTarget({ request: { url: ["HUSH-1234"] } })],
    ["a URL with a password", withTarget({ request: { url: "https://user:HUSH-1234@crm.example.com/" } })],
    ["an unknown schedule", withTarget({ retry: "HUSH-1234" })],
    ["a filter's value", withRoute({ when: [{ path: "a", op: "gt", value: "HUSH-1234" }] })],
  ])("does not repeat %s", (_name, document) => {
    const issues = issuesOf(document);
    expect(issues).toHaveLength(1);
    expect(JSON.stringify(issues)).not.toContain("HUSH");
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

  it("lets local targets pass where they are allowed", () => {
    expect(addressIssues(table, true)).toEqual([]);
  });
});
