import { afterAll, describe, expect, it } from "vitest";
import { exportDesigner } from "../../../../src/translation/designer/export.ts";
import { importDesigner } from "../../../../src/translation/designer/import.ts";
import { printTable } from "./print-table.ts";

const NO_FUNCTIONS = "the Payload designer has no functions or operators";
const NO_ENVELOPE = "the Payload designer reads the event's data only, nothing of its envelope";
const NO_ESCAPE = "the Payload designer has no way to write {{ }} as text; a space has been put between the braces";
const NO_NAME = "the Payload designer cannot write a name with a dot, a bracket or the like in it";

describe("exportDesigner writes, with nothing lost,", () => {
  it.each<[string, unknown, string]>([
    ["a value with its type", "{{ order.total_amount }}", "{{order.total_amount}}"],
    ["positions", "{{ order.items[0].sizes.1 }}", "{{order.items.0.sizes.1}}"],
    ["quoted names", "{{ customer.metadata.`first name` }}", "{{customer.metadata.first name}}"],
    ["a value made text", "{{ $string(customer.age) }}", '"{{customer.age}}"'],
    ["a value made text as an import does", "{{ $text(customer.age) }}", '"{{customer.age}}"'],
    ["a value made text as imports once did", "{{ age = null ? null : $string(age) }}", '"{{age}}"'],
    ["quoted names in a text", "{{ $string(customer.`first-name`) }}", '"{{customer.first-name}}"'],
    ["mixed text", "Hello {{ customer.name }}!", '"Hello {{customer.name}}!"'],
    ["text that has an expression", '{{ "{" }}{{ age }}} {{ "C:\\\\" }}', '"{{{age}}} C:\\\\"'],
    ["braces that are no path to it", "\\{{#if}} \\{{", '"{{#if}} {{"'],
    ["data that is called like our envelope", "{{ (`$webhook`.id) }}", "{{$webhook.id}}"],
    ["static values", [1.5, true, null, "x", [], {}], '[\n  1.5,\n  true,\n  null,\n  "x",\n  [],\n  {}\n]'],
    ["keys", { a: { "b.c": '"' } }, '{\n  "a": {\n    "b.c": "\\""\n  }\n}'],
  ])("%s", (_name, body, text) => {
    expect(exportDesigner(body)).toEqual({ text, raw: true, losses: [] });
  });

  it("the data of an envelope, to which Voucherify puts the envelope", () => {
    const { body } = Object(importDesigner('{"a": {{b}}}', { envelope: true }));
    expect(exportDesigner(body)).toEqual({ text: '{\n  "a": {{b}}\n}', raw: false, losses: [] });
    expect(exportDesigner({ ...body, id: "own" }).losses.map(({ place }) => place)).toEqual([
      "body.project_id",
      "body.created_at",
      "body.type",
      "body.source",
      "body.event",
    ]);
  });

  it("the whole depth that a body may have", () => {
    let body: unknown = "{{ a }}";
    for (let level = 0; level < 32; level++) body = [body];
    expect(exportDesigner(body).losses).toEqual([]);
    expect(importDesigner(exportDesigner(body).text)).toMatchObject({ ok: true, body });
  });
});

describe("exportDesigner lists as lost", () => {
  const rows: Record<string, string>[] = [];
  afterAll(() => printTable(rows));

  it.each<[string, unknown, string, string]>([
    ["a function", "{{ $uppercase(name) }}", NO_FUNCTIONS, '"[not exported: $uppercase(name)]"'],
    ["an operator", "{{ a + b }}", NO_FUNCTIONS, '"[not exported: a + b]"'],
    ["a difference made text", "{{ $string(a-b) }}", NO_FUNCTIONS, '"[not exported: $string(a-b)]"'],
    ["a number made text", "{{ $string(12) }}", NO_FUNCTIONS, '"[not exported: $string(12)]"'],
    ["a flag made text", "{{ $string(true) }}", NO_FUNCTIONS, '"[not exported: $string(true)]"'],
    [
      "another value made text",
      "{{ a = null ? null : $string(b) }}",
      NO_FUNCTIONS,
      '"[not exported: a = null ? null : $string(b)]"',
    ],
    [
      "a function within text, and nothing else of it",
      "> {{ $title(a) }} {{ b }}",
      NO_FUNCTIONS,
      '"> [not exported: $title(a)] {{b}}"',
    ],
    [
      "an object with doubled braces",
      '{{ {"a":{"b":"{{c}}"}} }}',
      NO_FUNCTIONS,
      '"[not exported: {\\"a\\":{\\"b\\":\\"{ {c}}\\"}}]"',
    ],
    ["the envelope", "{{ $webhook.id }}", NO_ENVELOPE, '"[not exported: $webhook.id]"'],
    ["the envelope made text", "{{ $string($webhook.id) }}", NO_FUNCTIONS, '"[not exported: $string($webhook.id)]"'],
    ["a name with a dot", "{{ metadata.`a.b` }}", NO_NAME, '"[not exported: metadata.`a.b`]"'],
    ["braces as text", "\\{{ name }}", NO_ESCAPE, '"{ { name }}"'],
    ["braces as text before a value", "\\{{ a }} {{ b }}", NO_ESCAPE, '"{ { a }} {{b}}"'],
    ["braces that an expression makes", '{{ "{{a}}" }}', NO_ESCAPE, '"{ {a}}"'],
    [
      "a loop",
      { $each: "{{ order.items }}", $do: "{{ item.sku }}" },
      "the Payload designer has no loops",
      '"[not exported: $each { { order.items }}]"',
    ],
    [
      "a condition",
      { $then: 1, $if: "{{ vip }}" },
      "the Payload designer has no conditions",
      '"[not exported: $if { { vip }}]"',
    ],
    [
      "a secret",
      { $secret: "CRM_KEY" },
      "the Payload designer has no secrets; give the webhook a header",
      '"[not exported: $secret CRM_KEY]"',
    ],
    ["a node that says nothing", { $each: 1 }, "the Payload designer has no loops", '"[not exported: $each]"'],
    ["a part of a node alone", { $then: 1 }, "$then is a part of another node", '"[not exported: $then]"'],
    [
      "what is no template",
      "{{ name",
      "this is no template: character 1: this {{ has no }}; write \\{{ for a literal {{",
      '"[not exported: { { name]"',
    ],
  ])("%s", (_name, body, message, text) => {
    rows.push({ ours: JSON.stringify(body), "exported back": text, lost: message });
    const inside = `{\n  "in": [\n    ${text}\n  ]\n}`;
    expect(exportDesigner(body)).toEqual({ text, raw: true, losses: [{ place: "body", message }] });
    expect(exportDesigner({ in: [body] })).toEqual({
      text: inside,
      raw: true,
      losses: [{ place: "body.in.0", message }],
    });
  });

  it.each(["null", "error"] as const)("the policy %s for missing values", (missing) => {
    expect(exportDesigner("{{ a }}", { missing }).losses).toEqual([
      {
        place: "request.missing",
        message: `"${missing}" for missing values has no counterpart in the Payload designer`,
      },
    ]);
    expect(exportDesigner("{{ a }}", { missing: "omit" }).losses).toEqual([]);
  });

  it("what is nested more deeply than a body may be", () => {
    let body: unknown = 1;
    for (let level = 0; level < 20_000; level++) body = [body];
    const { text, losses } = exportDesigner(body);
    expect(losses).toEqual([{ place: `body${".0".repeat(33)}`, message: "nested too deeply" }]);
    expect(text).toContain('"[not exported: nested too deeply]"');
  });

  it("exactly the keys that an import refuses", () => {
    const keys = ["$each", "$if", "$secret", "$as", "$do", "$then", "$else", "$other", "$", "$webhook", "each"];
    for (const key of keys) {
      const refused = !importDesigner(JSON.stringify({ [key]: "" })).ok;
      expect([key, exportDesigner({ [key]: "" }).losses.length]).toEqual([key, refused ? 1 : 0]);
    }
  });
});
