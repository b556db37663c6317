// What a Payload-designer text becomes, and what is sent for it.

import { describe, expect, it } from "vitest";
import type { Issue } from "../../../../src/issues.ts";
import { importDesigner } from "../../../../src/translation/designer/import.ts";
import { compileJsonBody } from "../../../../src/translation/json-body.ts";
import { imported } from "./imported.ts";
import { renderFor, renderWith } from "./render.ts";

const data = {
  customer: {
    name: "Zoë",
    email: null,
    age: 41,
    vip: true,
    "first-name": "Zo",
    "1st": "first",
    tags: ["warm"],
    address: { city: "Łódź" },
    metadata: { "first name": "Zoë A.", "2026": "gold", ключ: "значение", "utm:source": "mail", true: "yes", in: 1 },
  },
  order: { total_amount: 10_200, items: [{ name: "Lamp", sizes: [[1, 2], [3]] }, { name: "Shade" }] },
  $webhook: { id: "not the envelope" },
  $code: "A-1",
};

describe("importDesigner reads", () => {
  it.each<[string, string, unknown, unknown]>([
    ["a value with its type", "{{order.total_amount}}", "{{ order.total_amount }}", 10_200],
    ["spaces in the braces", "{{ \n order.total_amount\t}}", "{{ order.total_amount }}", 10_200],
    [
      "a list and an object whole",
      "[{{customer.tags}},{{customer.address}}]",
      ["{{ customer.tags }}", "{{ customer.address }}"],
      [["warm"], { city: "Łódź" }],
    ],
    ["null with its type", '{"e": {{customer.email}}}', { e: "{{ customer.email }}" }, { e: null }],
    ["text in quotes", '"{{customer.name}}"', "{{ $text(customer.name) }}", "Zoë"],
    ["a number in quotes as text", '"{{customer.age}}"', "{{ $text(customer.age) }}", "41"],
    ["a flag in quotes as text", '"{{customer.vip}}"', "{{ $text(customer.vip) }}", "true"],
    ["a list in quotes as JSON", '"{{customer.tags}}"', "{{ $text(customer.tags) }}", '["warm"]'],
    ["an object in quotes as JSON", '"{{customer.address}}"', "{{ $text(customer.address) }}", '{"city":"Łódź"}'],
    ["null in quotes as null", '["{{customer.email}}"]', ["{{ $text(customer.email) }}"], [null]],
    [
      "mixed text",
      '"Hello {{customer.name}}, {{ customer.age }}!"',
      "Hello {{ customer.name }}, {{ customer.age }}!",
      "Hello Zoë, 41!",
    ],
    ["spaces that make a text mixed", '" {{customer.age}}"', " {{ customer.age }}", " 41"],
    ["two values in one text", '"{{customer.age}}{{customer.age}}"', "{{ customer.age }}{{ customer.age }}", "4141"],
    [
      "null and nothing within a text",
      '"[{{customer.email}}{{customer.phone}}]"',
      "[{{ customer.email }}{{ customer.phone }}]",
      "[]",
    ],
    ["positions with dots", "{{order.items.0.name}}", "{{ order.items[0].name }}", "Lamp"],
    ["positions in brackets", "{{order.items[1].name}}", "{{ order.items[1].name }}", "Shade"],
    ["positions in quotes", '"{{order.items.1.name}}"', "{{ $text(order.items[1].name) }}", "Shade"],
    [
      "positions in lists of lists",
      '["{{order.items.0.sizes.0.1}}", {{order.items[0].sizes[1][0]}}]',
      ["{{ $text(order.items[0].sizes[0][1]) }}", "{{ order.items[0].sizes[1][0] }}"],
      ["2", 3],
    ],
    ["a name with a hyphen", "{{customer.first-name}}", "{{ customer.first-name }}", "Zo"],
    ["a name with a hyphen in quotes", '"{{customer.first-name}}"', "{{ $text(customer.`first-name`) }}", "Zo"],
    ["a name that begins with a digit", "{{customer.1st}}", "{{ customer.`1st` }}", "first"],
    ["a name with a space", "{{customer.metadata.first name}}", "{{ customer.metadata.`first name` }}", "Zoë A."],
    ["a name with a colon", "{{customer.metadata.utm:source}}", "{{ customer.metadata.`utm:source` }}", "mail"],
    ["a name in another script", '"{{customer.metadata.ключ}}"', "{{ $text(customer.metadata.`ключ`) }}", "значение"],
    [
      "a number that is a key of metadata",
      '["{{customer.metadata.2026}}", {{customer.metadata.2026}}]',
      ["{{ $text(customer.metadata.`2026`) }}", "{{ customer.metadata.2026 }}"],
      ["gold", "gold"],
    ],
    [
      "a name that is a word of our expressions",
      '["{{customer.metadata.true}}", "{{customer.metadata.in}}"]',
      ["{{ $text(customer.metadata.`true`) }}", "{{ $text(customer.metadata.`in`) }}"],
      ["yes", "1"],
    ],
    ["a name with a $", '["{{$code}}", {{$code}}]', ["{{ $text(`$code`) }}", "{{ `$code` }}"], ["A-1", "A-1"]],
    [
      "data that is called like our envelope",
      '["{{$webhook.id}}", {{$webhook.id}}, "> {{$webhook.id}}"]',
      ["{{ $text(`$webhook`.id) }}", "{{ (`$webhook`.id) }}", "> {{ (`$webhook`.id) }}"],
      ["not the envelope", "not the envelope", "> not the envelope"],
    ],
    [
      "static values",
      '{"a":"x","b":-1.5e3,"c":true,"d":false,"e":null,"f":[],"g":{},"":0}',
      { a: "x", b: -1500, c: true, d: false, e: null, f: [], g: {}, "": 0 },
      { a: "x", b: -1500, c: true, d: false, e: null, f: [], g: {}, "": 0 },
    ],
    ["escapes of JSON", String.raw`"\"\\\/\b\f\n\r\t\u00e9\ud83c\udf9f"`, '"\\/\b\f\n\r\té🎟', '"\\/\b\f\n\r\té🎟'],
    ["braces that are not doubled", '"{ a } } {b}"', "{ a } } {b}", "{ a } } {b}"],
    [
      "a template of another kind as text",
      '"{{#if a}}{{ a + b }}{{ f(x) }}{{}}{{ }}"',
      "\\{{#if a}}\\{{ a + b }}\\{{ f(x) }}\\{{}}\\{{ }}",
      "{{#if a}}{{ a + b }}{{ f(x) }}{{}}{{ }}",
    ],
    [
      "braces around a quote or space that no name has",
      '"{{customer.name”}} {{“}} {{customer.first\u00a0name}}"',
      "\\{{customer.name”}} \\{{“}} \\{{customer.first\u00a0name}}",
      "{{customer.name”}} {{“}} {{customer.first\u00a0name}}",
    ],
    ["braces without an end as text", '"{{customer.name} }"', "\\{{customer.name} }", "{{customer.name} }"],
    ["three braces as one and a value", '"{{{customer.age}}}"', '{{ "{" }}{{ customer.age }}}', "{41}"],
    [
      "a backslash before a value",
      String.raw`"C:\\{{customer.age}}"`,
      String.raw`C:{{ "\\" }}{{ customer.age }}`,
      "C:\\41",
    ],
    ["a backslash before other braces", String.raw`"\\{{#if}}"`, String.raw`\\{{#if}}`, "\\{{#if}}"],
    [
      "JSON in a text",
      String.raw`"{\"age\":{{customer.age}},\"in\":{\"name\":\"{{customer.name}}\"}}"`,
      '{"age":{{ customer.age }},"in":{"name":"{{ customer.name }}"}}',
      '{"age":41,"in":{"name":"Zoë"}}',
    ],
    [
      "a value right before closing braces",
      '{"a":{"b":{{customer.age}}}}',
      { a: { b: "{{ customer.age }}" } },
      { a: { b: 41 } },
    ],
    [
      "a byte order mark, and lines of Windows",
      '\ufeff{\r\n\t"a": {{customer.age}}\r\n}\r\n',
      { a: "{{ customer.age }}" },
      { a: 41 },
    ],
  ])("%s", async (_name, text, body, sent) => {
    expect(imported(text).body).toEqual(body);
    expect(await renderWith(data, imported(text).body)).toEqual(sent);
  });

  it("keys that JavaScript has a meaning for, as data", async () => {
    const text = '{"__proto__":{"a":"{{customer.age}}"},"constructor":{{customer.age}},"$other":1}';
    const { body } = imported(text);
    expect(JSON.stringify(await renderWith(data, body))).toBe('{"__proto__":{"a":"41"},"constructor":41,"$other":1}');
    expect(Reflect.get({}, "a")).toBeUndefined();
  });

  it("values that the event lacks: their keys are left out, and said so once", async () => {
    const { body, notes } = imported('{"a":\n {{no.a}}, "b": "{{no.b}}", "c": [{{no.c}}, 1], "d": "[{{no.d}}]"}');
    expect(await renderWith(data, body)).toEqual({ c: [1], d: "[]" });
    expect(notes).toEqual([
      {
        line: 2,
        column: 2,
        message:
          "what Voucherify sends for a value that an event lacks is not documented: here its key is left out, null stays null in quotes too, and both are nothing within a text",
      },
    ]);
  });

  it("nothing of a payload as a template", async () => {
    const hostile = { a: '{{ b }} \\{{ {{$eval("1")}}', b: { $secret: "CRM_KEY" } };
    const { body } = imported('{"a": "{{a}}", "t": {{a}}, "m": "> {{a}}", "b": {{b}}, "s": "{{b}}"}');
    expect(await renderWith(hostile, body)).toEqual({
      a: hostile.a,
      t: hostile.a,
      m: `> ${hostile.a}`,
      b: hostile.b,
      s: '{"$secret":"CRM_KEY"}',
    });
  });
});

describe("importDesigner in an envelope", () => {
  const envelope = {
    id: "whs_1",
    project_id: "proj_1",
    created_at: "2026-10-05T08:15:30.250Z",
    type: "Code sent",
    source: { id: "distr_1", object: "distribution", target_url: "https://example.com" },
    event: { id: "evcus_1", type: "customer.publication.succeeded" },
  };

  it("puts the designed data where Voucherify puts it", async () => {
    const { body } = imported('{"to": "{{customer.name}}"}', { envelope: true });
    expect(await renderFor({ ...envelope, data }, body)).toEqual({ ...envelope, data: { to: "Zoë" } });
  });

  it.each([
    [32, false],
    [31, true],
  ])("takes %i levels of lists, with an envelope: %s", (levels, inside) => {
    const nested = (depth: number) => "[".repeat(depth) + "1" + "]".repeat(depth);
    const issues: Issue[] = [];
    compileJsonBody(imported(nested(levels), { envelope: inside }).body, "body", issues);
    expect(issues).toEqual([]);
    const column = levels + 2;
    expect(importDesigner(nested(levels + 1), { envelope: inside })).toEqual({
      ok: false,
      problem: { reason: "designer_too_deep", line: 1, column, message: `nested deeper than ${levels} levels` },
    });
  });
});
