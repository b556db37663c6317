// The OpenAPI document against the routes: every call is in it, with what it is for and the scopes that it needs, and nothing
// else is.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../../scripts/openapi/document.ts";
import { NEEDS } from "../../../src/admin/access.ts";
import { app } from "../app.ts";

const OperationSchema = v.object({
  summary: v.string(),
  description: v.string(),
  tags: v.array(v.string()),
  security: v.array(v.record(v.string(), v.array(v.string()))),
  parameters: v.optional(
    v.array(v.object({ in: v.string(), name: v.string(), description: v.optional(v.string()) })),
    [],
  ),
  responses: v.record(v.string(), v.object({ $ref: v.optional(v.string()), description: v.optional(v.string()) })),
});
const DocumentSchema = v.object({
  tags: v.array(v.object({ name: v.string(), description: v.string() })),
  paths: v.record(v.string(), v.record(v.picklist(["get", "put", "post", "patch", "delete"]), OperationSchema)),
  components: v.object({ schemas: v.record(v.string(), v.unknown()), responses: v.record(v.string(), v.unknown()) }),
});

const MADE = await openApiDocument(app);
const DOCUMENT = v.parse(DocumentSchema, MADE);

const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, calls]) =>
  Object.entries(calls).map(([method, operation]) => ({
    call: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    ...operation,
  })),
);

it("every call that needs a token is in the document, and nothing else is", () => {
  const calls = app.routes
    .filter(({ method, path }) => method !== "ALL" && /^\/(?:admin\/|metrics$)/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(OPERATIONS.map(({ call }) => call).toSorted()).toEqual([...new Set(calls)].toSorted());
});

describe.each(OPERATIONS)("$call", ({ call, summary, description, tags, security, parameters, responses }) => {
  it("says in a sentence what it is for", () => {
    expect(summary).toMatch(/^[A-Z].*\w.*\.$/s);
  });

  it("names the scopes that it needs, for programs and for people", () => {
    expect(security).toEqual([{ token: NEEDS[call] }, { session: NEEDS[call] }]);
    for (const scope of NEEDS[call] ?? []) expect(description).toContain(`\`${scope}\``);
  });

  it("belongs to the resource in its path, which has a sentence of its own", () => {
    expect(tags).toEqual([/ \/(?:admin\/)?([\w-]+)/.exec(call)?.[1]]);
    expect(DOCUMENT.tags.map(({ name }) => name)).toContain(tags[0]);
  });

  it("explains each of its parameters", () => {
    expect(parameters.filter((one) => (one.description ?? "") === "")).toEqual([]);
  });

  it("can succeed, and be refused for what every call is refused for", () => {
    const statuses = Object.keys(responses);
    expect(statuses.filter((status) => status.startsWith("2"))).toHaveLength(1);
    expect(statuses).toEqual(expect.arrayContaining(["401", "403", "429", "500", "503"]));
  });
});

it("whatever it refers to is there", () => {
  const references = [...JSON.stringify(MADE).matchAll(/"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(100);
  const { schemas, responses } = DOCUMENT.components;
  for (const [, kind, name = ""] of references) {
    expect(Object.keys(kind === "schemas" ? schemas : responses)).toContain(name);
  }
});
