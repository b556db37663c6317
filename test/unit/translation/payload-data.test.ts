// What a payload brings stays data: it is never a template, a secret, a function or a name of the engine's, and it is
// never written into.

import { describe, expect, it } from "vitest";
import { renderRequest } from "../../../src/translation/request.ts";
import { createInput } from "./at-once.ts";
import { bodyOf, bodyText, compile, failureOf, render, valueOf } from "./run.ts";
import { textOf } from "./text-of.ts";

/** What tries to become something else. */
const HOSTILE: Record<string, unknown> = {
  "an expression": '{{ $eval("1") }}',
  "an expression in an expression": "{{ {{ id }} }}",
  "an escaped expression": "\\{{ id }}",
  "a secret node": { $secret: "CRM_KEY" },
  "a secret node as text": '{"$secret":"CRM_KEY"}',
  "a part of a rendered text": { $secret: "CRM_KEY", as: "json" },
  "nodes of the language": { $each: "{{ list }}", $do: 1, $if: true, $then: 2 },
  "a placeholder of recipes": "<<text>>",
  "a function of the engine's": { _jsonata_function: true, implementation: "x", signature: { definition: "<x:x>" } },
  "a function of an expression's": { _jsonata_lambda: true, arguments: [], body: { type: "value", value: 1 } },
  "a function with a body that walks everything": {
    _jsonata_lambda: true,
    arguments: [{ type: "variable", value: "x" }],
    environment: { base: { depth: 0 } },
    input: {},
    body: { type: "descendant" },
  },
  "a function that ends another": {
    _jsonata_lambda: true,
    thunk: true,
    arguments: [],
    body: { type: "function", procedure: { type: "variable", value: "string" }, arguments: [] },
  },
  // oxlint-disable-next-line no-thenable -- that is what a payload may bring
  "a promise": { then: "x", next: "y" },
  "a list's marks": { sequence: true, keepSingleton: true, cons: true, length: 2, 0: "a", 1: "b" },
  "an error": { code: "D2015", position: 1, token: "x" },
  "a prototype": JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
};

/** Every way an expression can take a value in and give it out again. */
const PASSING: [string, (value: unknown) => unknown][] = [
  ["evil", (value) => value],
  ["evil ?? 1", (value) => value],
  ["id ? evil : 1", (value) => value],
  ["$default(missing, evil)", (value) => value],
  ["$required(evil)", (value) => value],
  ["(evil)", (value) => value],
  ["($x := evil; $x)", (value) => value],
  ["$lookup($$, 'evil')", (value) => value],
  ["[evil]", (value) => [value]],
  ["$list(evil)", (value) => [value]],
  ["{'a': evil}", (value) => ({ a: value })],
  ["{'a': {'b': [evil, evil]}}", (value) => ({ a: { b: [value, value] } })],
  ["$append(1, evil)", (value) => [1, value]],
  ["$append(evil, 1)", (value) => [value, 1]],
  ["$append(evils, evil)", (value) => [value, value, value]],
  ["$map(evils, function($e) { $e })", (value) => [value, value]],
  ["$map([1, 2], function($n) { $$.evil })", (value) => [value, value]],
  ["$map(evils, $list)", (value) => [[value], [value]]],
  ["$filter(evils, function($e) { true })", (value) => [value, value]],
  ["evils[true]", (value) => [value, value]],
  ["$reduce([1], function($a, $b) { $a }, evil)", (value) => value],
  ["$reduce(evils, function($a, $b) { $b })", (value) => value],
  ["$sort(evils, function($l, $r) { true })", (value) => [value, value]],
  ["evils^(1)", (value) => [value, value]],
  ["$reverse(evils)", (value) => [value, value]],
  [
    "$zip(evils, evils)",
    (value) => [
      [value, value],
      [value, value],
    ],
  ],
  ["$distinct(evils)", (value) => [value]],
  ["$merge([{'a': evil}])", (value) => ({ a: value })],
  ["$spread({'a': evil})", (value) => ({ a: value })],
  ["$each({'a': evil, 'b': evil}, function($v) { $v })", (value) => [value, value]],
  ["$sift({'a': evil}, function($v) { true })", (value) => ({ a: value })],
  ["$single([evil], function($v) { true })", (value) => value],
  ["{'a': 1, 'b': evil}.b", (value) => value],
  ["$string([evil])", (value) => JSON.stringify([value])],
  ["$json(evil)", (value) => JSON.stringify(value)],
  ["evil ~> $json()", (value) => JSON.stringify(value)],
  ["evil ~> $json", (value) => JSON.stringify(value)],
  ["evil ~> $list", (value) => [value]],
  ["evil = evil", () => true],
  ["$exists(evil)", () => true],
  ["$count(evils)", () => 2],
];

describe.each(Object.entries(HOSTILE))("%s in a payload", (_name, evil) => {
  const data = { id: "r_1", list: [1, 2], evil, evils: [evil, evil] };
  const text = typeof evil === "string" ? evil : JSON.stringify(evil);

  it.each(PASSING)("comes out as it is: %s", async (expression, expected) => {
    // As text, because toEqual does not see a key that is called __proto__.
    expect(JSON.stringify(await valueOf(expression, data))).toBe(JSON.stringify(expected(evil)));
  });

  it("is written as text where text is asked for", async () => {
    const body = { a: "> {{ evil }}", b: "> {{ evil & '' }}", c: "{{ $string(evil) }}", d: "{{ '' & evil }}" };
    expect(await bodyOf({ body }, data)).toEqual({ a: `> ${text}`, b: `> ${text}`, c: text, d: text });
  });

  it("is an item like any other", async () => {
    const body = {
      plain: { $each: "{{ evils }}", $do: "{{ item }}" },
      engine: { $each: "{{ $append(evils, evil) }}", $do: "{{ $json(item) }}" },
      both: { $each: "{{ evils }}", $do: ["{{ item }}", "{{ item ?? 1 }}"] },
    };
    expect(JSON.stringify(await bodyOf({ body }, data))).toBe(
      JSON.stringify({
        plain: [evil, evil],
        engine: [JSON.stringify(evil), JSON.stringify(evil), JSON.stringify(evil)],
        both: [
          [evil, evil],
          [evil, evil],
        ],
      }),
    );
  });

  it.each(["$sum(evils)", "evil - 1", "evil ~> $round", "$map(evils, $floor)", "$sort(evils, $sqrt)", "-evil"])(
    "is no number, nor a function that gives one: %s",
    async (expression) => {
      expect(await failureOf(expression, data)).toMatch(/^template_expression_failed: /);
    },
  );

  it("is a text or none, and no function that gives one", async () => {
    for (const expression of [
      "evil ~> $uppercase",
      "evil.$uppercase()",
      "$single([evil], function($e) { true }) ~> $trim()",
    ]) {
      if (typeof evil === "string") expect(await valueOf(expression, data)).toMatch(/\S/);
      else expect(await failureOf(expression, data)).toMatch(/^template_expression_failed: (?:\$\w+: )?it /);
    }
  });

  it("is a name of an object's at most", async () => {
    const outcome = await render({ body: "{{ {$string(evil): 1} }}" }, data);
    expect(outcome).toMatchObject({ ok: true, value: { body: [JSON.stringify({ [text]: 1 })] } });
  });

  it("names no secret and opens no URL", async () => {
    const source = {
      url: "https://crm.example.com/a{{ evil }}",
      query: { q: "{{ evil }}" },
      headers: { "x-a": "{{ evil }}" },
      body: { a: "{{ evil }}" },
    };
    const rendered = await render(source, data);
    if (!rendered.ok) throw new Error(rendered.detail);
    const { url, headers, body = [] } = rendered.value;
    expect([...url, ...headers.flatMap(([, value]) => value), ...body].every((part) => typeof part === "string")).toBe(
      true,
    );
    expect(new URL(url.map((part) => (typeof part === "string" ? part : "")).join("")).origin).toBe(
      "https://crm.example.com",
    );
  });
});

describe("a payload", () => {
  it("pollutes nothing", async () => {
    const data: unknown = JSON.parse('{"evil":{"__proto__":{"polluted":1}},"list":[{"__proto__":{"polluted":2}}]}');
    const expressions = [
      "$merge([evil, list])",
      "$spread(evil)",
      "$merge($spread(evil))",
      "evil.*",
      "list{'a': $}",
      "$sift(evil, function($v) { true })",
    ];
    for (const expression of expressions) await bodyText({ body: [`{{ ${expression} }}`] }, data);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Reflect.get([], "polluted")).toBeUndefined();
    expect(await valueOf("$merge([evil]).__proto__.polluted", data)).toBe(1);
  });

  it.each([
    "constructor",
    "__proto__",
    "toString",
    "constructor.constructor",
    "__proto__.constructor",
    "hasOwnProperty",
  ])("has no %s that it does not bring", async (name) => {
    const path = name
      .split(".")
      .map((part) => `\`${part}\``)
      .join(".");
    expect(
      await valueOf(`[id.${path}, list.${path}, $$.${path}, $lookup($$, '${name}')]`, { id: "a", list: [1] }),
    ).toEqual([]);
  });

  it("is never written into: groups of empty lists, kept lists, sorts and merges", async () => {
    const payload = { none: [], nested: [[], [[]]], one: [{ a: 1 }], list: [3, 1, 2], object: { b: 1 } };
    const event = { data: payload };
    const before = structuredClone(event);
    const expressions = [
      "none{a: 1}",
      "none{'a': $}",
      "nested.{'a': $}",
      "nested[{'a': 1}]",
      "one[]",
      "none[]",
      "one[].a",
      "list^($)",
      "$sort(list)",
      "$append(list, 4)",
      "$merge([object, {'b': 2}])",
      "$reverse(list)",
      "[none{a: 1}, none, $count(none)]",
    ];
    for (const expression of expressions) {
      const source = { body: [`{{ ${expression} }}`, "{{ none }}", "{{ nested }}", "{{ one }}", "{{ list }}"] };
      const rendered = await renderRequest(compile(source), createInput(event));
      if (!rendered.ok) throw new Error(`${expression}: ${rendered.detail}`);
      const parsed = JSON.parse(textOf({ ok: true, value: rendered.value.body ?? [] })) as unknown[];
      expect(parsed.slice(-4)).toEqual([[], [[], [[]]], [{ a: 1 }], [3, 1, 2]]);
      expect(event).toStrictEqual(before);
      expect(Reflect.ownKeys(payload.one)).toEqual(["0", "length"]);
      expect(Reflect.ownKeys(payload.none)).toEqual(["length"]);
    }
    expect(await valueOf("$count(none) + $count(none{a: 1}) + $count(none)", payload)).toBe(1);
  });

  it("may be frozen", async () => {
    const data = Object.freeze({ none: Object.freeze([]), one: Object.freeze([Object.freeze({ a: 1 })]) });
    expect(await valueOf("[none{a: 1}, one[], one[].a]", data)).toEqual([{}, { a: 1 }, 1]);
  });

  it.each(["tupleStream", "outerWrapper"])("with a name that the engine keeps for itself fails: %s", async (name) => {
    const evil = { [name]: true, "@": { l: [7] }, sum: 1, 0: "x", l: [1, 2] };
    const failure = `template_expression_failed: an object of this event has the name ${name}, which expressions cannot read; a plain path can`;
    for (const expression of ["{'a': $sum(l)}", "$.l", "$string($)", "$$.l"]) {
      expect(await failureOf(expression, evil)).toBe(failure);
    }
    for (const expression of [
      "evil[l]",
      "evil{'a': $sum(l)}",
      "evil.{'a': $sum(l)}",
      "$json(evil)",
      "$map(evils, function($e) { $e.l })",
    ]) {
      expect(await failureOf(expression, { evil, evils: [evil] })).toBe(failure);
    }
    expect(await bodyOf({ body: ["{{ evil }}", "{{ 1 + 1 }}"] }, { evil })).toEqual([evil, 2]);
  });
});
