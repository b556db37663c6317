// Values that a request template may hold: how deep a body goes, which keys it keeps, which numbers JSON can write.

import { describe, expect, it } from "vitest";
import { renderRequest } from "../../../src/translation/request.ts";
import { createInput } from "../translation/at-once.ts";
import { compile, issuesOf, withTarget } from "./documents.ts";

const DEPTH_MESSAGE = "nested deeper than 32 levels";

describe("compileTable", () => {
  it.each([
    ["a query", { query: { n: Number.POSITIVE_INFINITY } }, "query.n"],
    ["a header", { headers: { n: Number.NEGATIVE_INFINITY } }, "headers.n"],
  ])("refuses a number in %s that JSON cannot write", (_name, request, path) => {
    expect(issuesOf(withTarget({ request })).map((issue) => issue.path)).toEqual([`targets.crm.request.${path}`]);
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
});
