// Secrets in a routing table: which may go out, how they are named, and that no value of one is repeated.

import { describe, expect, it } from "vitest";
import { compile, createDocument, issuesOf, SECRET_MESSAGE, withRoute, withTarget } from "./documents.ts";

describe("compileTable", () => {
  it("reports a wrong secret together with a wrong template of the same target", () => {
    const request = { url: "https://{{ host }}/", body: { $secret: "lake key" } };
    expect(issuesOf(withTarget({ request })).map(({ path }) => path)).toEqual([
      "targets.crm.request.url",
      "targets.crm.request.body",
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
