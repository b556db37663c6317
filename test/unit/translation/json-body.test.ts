import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Issue } from "../../../src/issues.ts";
import { compileJsonBody, writeJsonBody, type JsonBodyTemplate } from "../../../src/translation/json-body.ts";
import { NotFiniteError } from "../../../src/translation/json-text.ts";
import { TextWriter } from "../../../src/translation/rendered.ts";
import { atOnce, createScope } from "./at-once.ts";
import { textOf } from "./text-of.ts";

function compile(template: unknown) {
  const issues: Issue[] = [];
  return { body: compileJsonBody(template, "body", issues), issues };
}

/** What is written for a payload; undefined when the whole body is missing. */
function write(body: JsonBodyTemplate, data: unknown) {
  const writer = new TextWriter();
  const written = atOnce(writeJsonBody(body, createScope({ data }), { writer, missing: "omit" }));
  return written ? writer.finish() : undefined;
}

function render(template: unknown, data: unknown) {
  const { body, issues } = compile(template);
  expect(issues).toEqual([]);
  return write(body, data);
}

function renderToText(template: unknown, data: unknown): string {
  return writeToText(compile(template).body, data);
}

function writeToText(body: JsonBodyTemplate, data: unknown): string {
  const parts = write(body, data);
  if (parts === undefined) throw new Error("the whole body is missing");
  return textOf({ ok: true, value: parts });
}

const data = {
  name: "Zoë",
  amount: 10_200,
  paid: false,
  coupon: null,
  items: [{ sku: "lamp", quantity: 2 }, "loose"],
  empty: [],
};

describe("compileJsonBody", () => {
  it.each([
    [
      "$secret that is no name",
      { $secret: 42 },
      "body",
      '$secret stands alone and names a secret: { "$secret": "NAME" }',
    ],
    [
      "$secret of an object",
      { $secret: { name: "CRM_KEY" } },
      "body",
      '$secret stands alone and names a secret: { "$secret": "NAME" }',
    ],
    ["an expression without an end", "{{ name", "body", "character 1: this {{ has no }}; write \\{{ for a literal {{"],
  ])("refuses %s", (_name, template, path, message) => {
    expect(compile(template).issues).toEqual([{ path, message }]);
  });

  it.each([
    ["at the top", "1e999", "body"],
    ["below zero", '{"a":-1e999}', "body.a"],
    ["deep in a constant", '{"a":[1,{"b":1e999}]}', "body.a.1.b"],
  ])("refuses a number that JSON cannot carry, %s", (_name, template, path) => {
    expect(compile(JSON.parse(template)).issues).toEqual([{ path, message: "a number too large for JSON" }]);
  });

  it.each([
    ["objects", (inner: unknown) => ({ a: inner }), "a"],
    ["arrays", (inner: unknown) => [inner], "0"],
  ])("takes 32 levels of %s, and refuses more at the place where they begin", (_name, wrap, key) => {
    function nested(levels: number): unknown {
      let template: unknown = 1;
      for (let level = 0; level < levels; level++) template = wrap(template);
      return template;
    }
    const tooDeep = { path: `body${`.${key}`.repeat(33)}`, message: "nested deeper than 32 levels" };
    expect(renderToText(nested(32), data)).toBe(JSON.stringify(nested(32)));
    expect(compile(nested(33)).issues).toEqual([tooDeep]);
    expect(compile(nested(20_000)).issues).toEqual([tooDeep]);
  });

  it("reports every problem with its place", () => {
    const { issues } = compile({ a: ["fine", "{{"], b: { c: "{{ x. }}", d: { $if: true } } });
    expect(issues.map(({ path }) => path)).toEqual(["body.a.1", "body.b.c", "body.b.d.$if", "body.b.d"]);
  });

  it("takes keys that only look like the template's own as keys", () => {
    expect(renderToText({ $other: 1, "{{ name }}": 2, each: 3 }, data)).toBe('{"$other":1,"{{ name }}":2,"each":3}');
  });
});

describe("writeJsonBody", () => {
  it.each([
    ["text", "plain", '"plain"'],
    ["a number", 1.5, "1.5"],
    ["null", null, "null"],
    ["an empty object", {}, "{}"],
    ["an empty array", [], "[]"],
    ["a nested constant", { a: [1, { b: [true, null, ""] }] }, '{"a":[1,{"b":[true,null,""]}]}'],
    ["an escaped expression", { a: "\\{{ name }}" }, '{"a":"{{ name }}"}'],
    ["a whole expression", "{{ items }}", '[{"sku":"lamp","quantity":2},"loose"]'],
    [
      "whole expressions, with their types",
      { n: "{{ name }}", a: "{{ amount }}", p: "{{ paid }}", e: "{{ empty }}", i: "{{ items[0] }}" },
      '{"n":"Zoë","a":10200,"p":false,"e":[],"i":{"sku":"lamp","quantity":2}}',
    ],
    ["mixed text", { n: "{{ amount }} for {{ name }}{{ coupon }}{{ nothing }}" }, '{"n":"10200 for Zoë"}'],
    ["null", { a: "{{ coupon }}", b: ["{{ coupon }}"] }, '{"a":null,"b":[null]}'],
  ])("writes %s", (_name, template, text) => {
    expect(renderToText(template, data)).toBe(text);
  });

  it.each([
    ["the first key", { a: "{{ nothing }}", b: 1 }, '{"b":1}'],
    ["a middle key", { a: 1, b: "{{ nothing }}", c: "{{ amount }}" }, '{"a":1,"c":10200}'],
    ["the last key", { a: 1, b: "{{ nothing }}" }, '{"a":1}'],
    ["every key", { a: "{{ nothing }}", b: "{{ nothing.more }}" }, "{}"],
    ["a key inside a key, which stays", { a: { b: "{{ nothing }}" } }, '{"a":{}}'],
    ["the first element", ["{{ nothing }}", "{{ amount }}", 1], "[10200,1]"],
    ["a middle element", [1, "{{ nothing }}", 2], "[1,2]"],
    ["every element", ["{{ nothing }}", "{{ nothing }}"], "[]"],
    ["elements of a nested array", { a: [["{{ nothing }}"], { b: "{{ nothing }}" }, 1] }, '{"a":[[],{},1]}'],
  ])("leaves out %s whose value is missing", (_name, template, text) => {
    expect(renderToText(template, data)).toBe(text);
  });

  it("writes nothing for a body whose one expression has no value", () => {
    expect(render("{{ nothing }}", data)).toBeUndefined();
  });

  it("keeps the place of a secret as a part of its own", () => {
    const template = { key: { $secret: "CRM_KEY" }, list: ["{{ name }}", { $secret: "OTHER_KEY" }] };
    expect(render(template, data)).toEqual([
      '{"key":',
      { $secret: "CRM_KEY", as: "json" },
      ',"list":["Zoë",',
      { $secret: "OTHER_KEY", as: "json" },
      "]}",
    ]);
  });

  it("is nothing but the secret when the body is one", () => {
    expect(render({ $secret: "CRM_KEY" }, data)).toEqual([{ $secret: "CRM_KEY", as: "json" }]);
  });

  it.each([
    ["an expression", "{{ name }}"],
    ["an escaped expression", "\\{{ name }}"],
    ["a secret node", { $secret: "CRM_KEY" }],
    ["a node that looks like a part", { $secret: "CRM_KEY", as: "json" }],
    ["JSON that breaks out", '","admin":true,"x":"'],
    ["a quote and a backslash", '\\"\u0000\u2028'],
    ["a lone surrogate", "\ud800"],
    ["markup", "</script><!--"],
  ])("writes a payload's value that is %s as data", (_name, value) => {
    const text = renderToText({ whole: "{{ value }}", mixed: "> {{ value }}" }, { value });
    const mixed = typeof value === "string" ? value : JSON.stringify(value);
    expect(JSON.parse(text)).toEqual({ whole: value, mixed: `> ${mixed}` });
  });

  it("writes a payload's __proto__ as an own key, and pollutes nothing", () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}');
    expect(renderToText({ whole: "{{ value }}" }, { value })).toBe(
      '{"whole":{"__proto__":{"polluted":true},"constructor":1}}',
    );
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("writes a template's own __proto__ and constructor keys", () => {
    const template: unknown = JSON.parse('{"__proto__":{"a":"{{ amount }}"},"constructor":1,"prototype":null}');
    expect(renderToText(template, data)).toBe('{"__proto__":{"a":10200},"constructor":1,"prototype":null}');
  });

  it.each([
    ["at the top", "{{ n }}", '{"n":1e999}'],
    ["below zero", { a: "{{ n }}" }, '{"n":-1e999}'],
    ["deep in a value", { a: [1, "{{ n }}"] }, '{"n":{"list":[{"x":1e999}]}}'],
    ["in a text", { a: "n: {{ n }}" }, '{"n":1e999}'],
    ["in a list in a text", { a: "n: {{ n }}" }, '{"n":[1e999]}'],
  ])("throws for a number that JSON cannot carry, %s", (_name, template, payload) => {
    const { body, issues } = compile(template);
    expect(issues).toEqual([]);
    expect(() => write(body, JSON.parse(payload))).toThrow(NotFiniteError);
  });

  it("gives the same text every time", () => {
    const template = { b: "{{ items }}", a: { z: "{{ name }}", y: 1 } };
    expect(renderToText(template, data)).toBe(renderToText(template, structuredClone(data)));
  });

  it("writes JSON that holds any payload unchanged, and never a secret", () => {
    const { body } = compile({
      whole: "{{ value }}",
      list: ["{{ value }}", "{{ value.a }}"],
      text: "> {{ value }}",
      deep: { $webhook: "{{ $webhook.data.value }}" },
    });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = JSON.parse(writeToText(body, { value }));
        const text = JSON.stringify(value);
        expect(JSON.stringify(parsed.whole)).toBe(text);
        expect(JSON.stringify(parsed.list[0])).toBe(text);
        expect(JSON.stringify(parsed.deep.$webhook)).toBe(text);
        expect(parsed.text).toBe(`> ${value === null ? "" : typeof value === "string" ? value : text}`);
      }),
    );
  });

  it("gives any payload string back as it was, broken UTF-16 included", () => {
    const { body } = compile({ whole: "{{ value }}" });
    const codeUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(codeUnits, (value) => {
        expect(JSON.parse(writeToText(body, { value }))).toEqual({ whole: value });
      }),
    );
  });
});
