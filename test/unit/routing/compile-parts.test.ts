// Routes, targets and inlets that are refused, each at its own place and with what is expected there.

import { describe, expect, it } from "vitest";
import {
  createDocument,
  createRoute,
  issuesOf,
  MISSING_MESSAGE,
  NAME_MESSAGE,
  SECRET_MESSAGE,
  UNKNOWN_MESSAGE,
  withRoute,
  withTarget,
} from "./documents.ts";

const OPEN_MESSAGE = "character 1: this {{ has no }}; write \\{{ for a literal {{";
const URL_MESSAGE =
  "expected https://host/… with scheme and host written out, without user, password, fragment, spaces or backslash";
const HOST_MESSAGE = "the header Host is set by the platform or by Signalbox";
const HEADER_MESSAGE = "a header name has letters, digits and hyphens only";
const TOKEN_MESSAGE = "the admin token does not sign sendouts";
const TWICE_MESSAGE = "this header is given twice";
const AUTH_TWICE_MESSAGE = "auth sets this header already";
const NUMBER_MESSAGE = "a number too large for JSON";
const AUTH_MESSAGE =
  'expected ("none" | "bearer" | "basic" | "header" | "query" | "hmac" | "standard_webhooks" | "oauth2_client_credentials" | "google_service_account" | "aws_sigv4")';
const RETRY_MESSAGE = 'expected (("standard" | "long" | "short") | Array)';
const OP_MESSAGE = 'expected (("eq" | "ne") | ("gt" | "gte" | "lt" | "lte") | "in" | "contains" | "exists")';
const PATTERN_MESSAGE =
  "an event pattern is an event type (redemption.succeeded), a beginning with a star (redemption.*), or *";

describe("compileTable", () => {
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
});
