// The rules of the template language, one after the other, through whole requests.

import { describe, expect, it } from "vitest";
import { bodyOf, bodyText, DATA, failureOf, issuesOf, render, valueOf } from "./run.ts";

describe("a string that is one whole expression", () => {
  it.each([
    ["a number", "order.amount / 100", 120],
    ["a text", "customer.name & '!'", "Zoë Łódź!"],
    ["true", "order.amount > 100", true],
    ["false", "'x' in words", false],
    ["null", "customer.nickname ?? null", null],
    ["an object", '{"a": {"b": order.id}}', { a: { b: "ord_1" } }],
    ["a list", "order.items[].sku", ["lamp", "wick"]],
    ["an empty list", "[]", []],
  ])("keeps the type of its value: %s", async (_name, expression, value) => {
    expect(await bodyOf({ body: { it: `{{ ${expression} }}` } })).toEqual({ it: value });
    expect(await bodyOf({ body: `{{${expression}}}` })).toEqual(value);
  });

  it("leaves its key out when it has no value, and its element from a list", async () => {
    const body = {
      a: "{{ missing & missing2 ? 1 }}",
      b: ["{{ $uppercase(missing) }}", 1, "{{ order.items[9] }}"],
      c: 2,
    };
    expect(await bodyText({ body })).toBe('{"b":[1],"c":2}');
  });
});

describe("a string with more than one expression in it", () => {
  it.each([
    ["numbers and texts", "{{ order.amount / 100 }} {{ order.currency }}", "120 EUR"],
    ["a missing value, which is nothing", "<{{ $uppercase(missing) }}>", "<>"],
    ["null, which is nothing", "<{{ customer.nickname ?? null }}>", "<>"],
    ["false and nothing's number", "{{ 1 > 2 }}{{ 0 * 1 }}", "false0"],
    ["an object and a list, which are JSON", "{{ {'a': 1} }} {{ [1, 'b'] }}", '{"a":1} ["b"]'],
    ["a space around the one there is", " {{ order.amount / 100 }}", " 120"],
  ])("is text, with %s", async (_name, text, value) => {
    expect(await valueOfText(text)).toBe(value.replace('["b"]', '[1,"b"]'));
  });
});

async function valueOfText(text: string): Promise<unknown> {
  return ((await bodyOf({ body: { it: text } })) as { it: unknown }).it;
}

describe("literal braces", () => {
  it.each([
    ["\\{{ order.id }}", "{{ order.id }}"],
    ["\\{{ {{ order.id & '!' }} }}", "{{ ord_1! }}"],
    ["a \\{{", "a {{"],
    ["}} {", "}} {"],
  ])("are those behind a backslash: %j", async (text, value) => {
    expect(await valueOfText(text)).toBe(value);
  });
});

describe("the end of an expression", () => {
  it.each([
    ["an object in an object", '{{ {"a":{"b":"}}"}} }}', { a: { b: "}}" } }],
    ["an object in an object, without spaces", '{{{"a":{"b":1}}}}', { a: { b: 1 } }],
    ["braces in double quotes", '{{ "}}" & "{{" }}', "}}{{"],
    ["braces in single quotes", "{{ '}}' & '{' }}", "}}{"],
    ["an apostrophe in double quotes", `{{ "it's" & "}}" }}`, "it's}}"],
    ["a double quote in single quotes", `{{ 'say "}}"' & '' }}`, 'say "}}"'],
    ["an escaped quote", '{{ "a\\"}}" & "b" }}', 'a"}}b'],
    ["an escaped backslash", '{{ "a\\\\" & "}}" }}', "a\\}}"],
    ["a function's braces", "{{ $map(words, function($w) { $w & '}}' }) }}", ["b}}", "a}}", "c}}", "a}}"]],
    ["braces in a quoted name", "{{ `a}}b` & 'x' }}", "x"],
    ["several lines", "{{\n  order.amount\n  / 100\n}}", 120],
  ])("is found behind %s", async (_name, text, value) => {
    expect(await valueOfText(text)).toEqual(value);
  });

  it.each([
    ["a quote that does not close", "Hi {{ 'a & b }}", "character 7: a text has no closing quote"],
    [
      "braces that do not close",
      "Hi {{ {'a': 1 }} there",
      "character 4: this {{ has no }}; write \\{{ for a literal {{",
    ],
    [
      "an error in the second line",
      "Hi {{ order.id }},\n{{ order.amount + }}",
      "line 2, column 17: the expression ends too early",
    ],
    [
      "an error in an expression's second line",
      "Hi {{ order.amount\n  + $foo }}",
      "line 2, column 5: there is no $foo here; there is $webhook, $settings",
    ],
    ["the second of two expressions", "{{ order.id }}{{ a b }}", "character 20: something is left over here"],
  ])("is said where it is not: %s", (_name, text, message) => {
    expect(issuesOf({ body: { it: text } })).toEqual([`request.body.it: ${message}`]);
  });
});

describe("what names mean", () => {
  const data = { ...DATA, event: { type: "my own" }, item: "my item", "order-id": 7 };

  it.each([
    ["a bare name is a key of data", "event.type & ''", "my own"],
    ["$webhook is the envelope", "$webhook.event.type & ''", "redemption.succeeded"],
    ["$$ is data, however deep it stands", "order.items[0].($$.order.id)", "ord_1"],
    ["$ is where it stands", "order.items.($.sku & '!')", ["lamp!", "wick!"]],
    ["a bare name inside a filter is the item's", "order.items[sku = 'wick'].quantity", 1],
    ["a name of data beside a filter is reached by $$", "order.items[price < $$.order.amount / 3].sku", "wick"],
    ["backticks quote a name", "`order-id` + 1", 8],
    ["without them a hyphen is a minus", "$exists(customer.metadata.first-name)", false],
  ])("%s", async (_name, expression, value) => {
    const event = { event: { type: "redemption.succeeded" }, data };
    expect(await valueOf(expression, data, { event })).toEqual(value);
  });

  it("is the same in a plain path, except for hyphens and lists", async () => {
    const body = {
      plain: "{{ customer.metadata.first-name }}",
      expression: "{{ customer.metadata.`first-name` & '' }}",
      list: ["{{ order.items.sku }}", "{{ order.items.0.sku }}", "{{ $list(order.items.sku) }}"],
    };
    expect(await bodyOf({ body })).toEqual({ plain: "Zoë", expression: "Zoë", list: ["lamp", ["lamp", "wick"]] });
  });
});

describe("a list of one", () => {
  it.each([
    ["order.one[].sku", ["lamp"]],
    ["$list(order.one.sku)", ["lamp"]],
    ["order.one.sku & ''", "lamp"],
    ["$list(order.none.sku)", []],
    ["$count(order.one)", 1],
  ])("becomes a single value in an expression, unless it is asked to stay: %s", async (expression, value) => {
    expect(await valueOf(expression)).toEqual(value);
  });

  it("stays a list in a plain path", async () => {
    expect(await valueOf("order.one")).toEqual([{ sku: "lamp" }]);
  });
});

describe("null, missing and empty", () => {
  it.each([
    ["customer.nickname ?? 'x'", null],
    ["customer.nickname ?: 'x'", "x"],
    ["customer.note ?? 'x'", ""],
    ["customer.note ?: 'x'", "x"],
    ["missing ?? 'x'", "x"],
    ["$default(customer.nickname, customer.note, missing, 'x')", "x"],
    ["$exists(customer.nickname)", true],
    ["$exists(missing)", false],
    ["missing = missing", false],
    ["customer.nickname = null", true],
    ["missing + 1", undefined],
  ])("are three things: %s", async (expression, value) => {
    expect(await valueOf(expression)).toEqual(value);
  });

  it("are refused by $required, all three", async () => {
    for (const path of ["customer.nickname", "customer.note", "missing", "order.items[9].sku"]) {
      expect(await failureOf(`$required(${path}, 'no name')`)).toBe("template_value_required: no name");
    }
  });
});

describe("an expression in any place of a request", () => {
  it("is written as its place asks", async () => {
    const source = {
      url: "https://crm.example.com/{{ $lowercase('A/B') }}?q={{ 'a&b' & '' }}",
      query: { n: "{{ order.amount / 100 }}", missing: "{{ $uppercase(missing) }}" },
      headers: { "x-n": "{{ $title('a.b') }}", "x-missing": "{{ $uppercase(missing) }}" },
      body: { n: "{{ order.amount / 100 }}" },
    };
    expect(await render(source)).toEqual({
      ok: true,
      value: {
        method: "POST",
        url: ["https://crm.example.com/a%2Fb?q=a%26b&n=120"],
        headers: [
          ["x-n", ["A B"]],
          ["content-type", ["application/json"]],
        ],
        body: ['{"n":120}'],
      },
    });
  });

  it.each([
    ["the URL", { url: "https://crm.example.com/{{ $required(missing, 'no id') }}" }, "request.url"],
    ["a parameter", { query: { id: "{{ $required(missing, 'no id') }}" } }, "request.query.id"],
    ["a header", { headers: { "X-Id": "{{ $required(missing, 'no id') }}" } }, "request.headers.x-id"],
    ["the body", { body: { a: [{ id: "{{ $required(missing, 'no id') }}" }] } }, "request.body.a.0.id"],
    ["a text in the body", { body: { a: "id: {{ $required(missing, 'no id') }}" } }, "request.body.a"],
    ["a condition", { body: { $if: "{{ $required(missing, 'no id') }}", $then: 1 } }, "request.body"],
    ["a list", { body: { a: { $each: "{{ $required(missing, 'no id') }}", $do: 1 } } }, "request.body.a"],
    [
      "an item",
      { body: { a: { $each: "{{ words }}", $do: "{{ $required(missing, 'no id') }}" } } },
      "request.body.a.$do",
    ],
    ["a form", { encoding: "form", body: { id: "{{ $required(missing, 'no id') }}" } }, "request.body.id"],
    ["a text body", { encoding: "text", body: "{{ $required(missing, 'no id') }}" }, "request.body"],
  ])("says where it failed: %s", async (_name, source, place) => {
    expect(await render(source)).toEqual({ ok: false, reason: "template_value_required", detail: `${place}: no id` });
  });
});

describe("the size of a request template", () => {
  it.each([
    ["1,000 expressions", { body: Array.from({ length: 1_000 }, () => "{{ id }}") }, []],
    [
      "1,001 expressions",
      { body: Array.from({ length: 1_001 }, () => "{{ id }}") },
      ["request: a request has up to 1000 expressions"],
    ],
    ["130,000 characters", { body: "x".repeat(130_000) }, []],
    ["132,000 characters", { body: "x".repeat(132_000) }, ["request: a request has up to 131072 characters of JSON"]],
  ])("is limited: %s", (_name, source, issues) => {
    expect(issuesOf(source)).toEqual(issues);
  });
});

describe("the steps of one request", () => {
  /** An item takes a little over three steps. */
  const loop = (items: number) => `{{ $count($map([1..${items}], function($i) { $i + 1 })) }}`;

  it("are counted over all its expressions", async () => {
    const one = loop(2_500);
    expect(await bodyOf({ body: [one, one] })).toEqual([2_500, 2_500]);
    expect(await render({ body: [one, one, one] })).toEqual({
      ok: false,
      reason: "template_budget_exceeded",
      detail: "request.body.2: it takes more than 20000 steps",
    });
    expect(await render({ url: `https://crm.example.com/${one}`, headers: { "x-a": one }, body: [one] })).toMatchObject(
      {
        reason: "template_budget_exceeded",
        detail: "request.body.0: it takes more than 20000 steps",
      },
    );
  });

  it("are new for the next request", async () => {
    for (let index = 0; index < 3; index++) expect(await bodyOf({ body: [loop(4_999)] })).toEqual([4_999]);
  });
});
