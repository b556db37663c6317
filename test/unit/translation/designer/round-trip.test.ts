// Designer text to body template and back: the same meaning both ways, measured by what is sent.

import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { exportDesigner } from "../../../../src/translation/designer/export.ts";
import { bodyOf } from "./imported.ts";
import { printTable } from "./print-table.ts";
import { renderWith } from "./render.ts";

const data = {
  customer: {
    id: "cust_1",
    name: "Zoë",
    email: null,
    age: 41,
    "first-name": "Zo",
    tags: ["warm", "vip"],
    metadata: { "first name": "Zoë A.", ключ: "значение", "2026": "gold", "🎟": true },
  },
  order: {
    id: "ord_1",
    total_amount: 10_200,
    status: "PAID",
    items: [
      { name: "Lamp", sizes: [[1, 2], [3]] },
      { name: "Shade", sizes: [] },
    ],
  },
  voucher: { code: "AUTUMN-15", active: true, discount: { type: "PERCENT", percent_off: 12.5 } },
};

describe("a Payload-designer text", () => {
  const rows: Record<string, string>[] = [];
  afterAll(() => printTable(rows));

  it.each<[string, string, unknown]>([
    ["typed", '{"total": {{order.total_amount}}, "on": {{voucher.active}}}', { total: 10_200, on: true }],
    ["quoted", '{"total": "{{order.total_amount}}", "on": "{{voucher.active}}"}', { total: "10200", on: "true" }],
    ["mixed", '{"greeting": "Hello {{customer.name}}!"}', { greeting: "Hello Zoë!" }],
    ["mixed with a number", '{"line": "{{order.id}}: {{order.total_amount}}"}', { line: "ord_1: 10200" }],
    [
      "static",
      '{"a": "USD", "b": 7, "c": true, "d": null, "e": [], "f": {}}',
      { a: "USD", b: 7, c: true, d: null, e: [], f: {} },
    ],
    ["nested objects", '{"o": {"p": {"q": {{order.status}}}}}', { o: { p: { q: "PAID" } } }],
    ["positions", '["{{order.items.0.name}}", {{order.items[1].name}}]', ["Lamp", "Shade"]],
    ["lists of lists", '[[{{order.items.0.sizes.0.1}}, ["{{order.items.0.sizes.1.0}}"]], []]', [[2, ["3"]], []]],
    [
      "lists and objects whole",
      '{"i": {{order.items}}, "d": "{{voucher.discount}}"}',
      { i: data.order.items, d: '{"type":"PERCENT","percent_off":12.5}' },
    ],
    ["an empty list whole", '[{{order.items.1.sizes}}, "{{order.items.1.sizes}}"]', [[], "[]"]],
    [
      "dotted keys",
      '{"order.status": {{order.status}}, "a.b": {"c.d": 1}}',
      { "order.status": "PAID", "a.b": { "c.d": 1 } },
    ],
    [
      "hyphens and spaces",
      '[{{customer.first-name}}, "{{customer.first-name}}", "> {{customer.metadata.first name}}"]',
      ["Zo", "Zo", "> Zoë A."],
    ],
    [
      "unicode",
      '{"ключ": "{{customer.metadata.ключ}}", "🎟": {{customer.metadata.🎟}}}',
      { ключ: "значение", "🎟": true },
    ],
    ["a year as a key", '["{{customer.metadata.2026}}", {{customer.metadata.2026}}]', ["gold", "gold"]],
    [
      "long numbers",
      '{"id": 12345678901234567890, "n": 9007199254740991}',
      { id: "12345678901234567890", n: 9_007_199_254_740_991 },
    ],
    ["null", '[{{customer.email}}, "{{customer.email}}", "<{{customer.email}}>"]', [null, null, "<>"]],
    ["missing", '{"a": {{no.thing}}, "b": "{{no.thing}}", "c": "<{{no.thing}}>"}', { c: "<>" }],
    [
      "JSON in a text",
      String.raw`{"s": "{\"n\":\"{{customer.name}}\",\"a\":{{customer.age}}}"}`,
      { s: '{"n":"Zoë","a":41}' },
    ],
    ["three braces", '"{{{customer.age}}}"', "{41}"],
    ["another template language", '"{{#if vip}}Dear {{customer.name}}{{/if}}"', "{{#if vip}}Dear Zoë{{/if}}"],
    ["the whole document", "{{customer.tags}}", ["warm", "vip"]],
    ["comments and commas", '{"a": 1, // one\n "b": [2,],}', { a: 1, b: [2] }],
  ])("with %s is sent as the designer would, and comes back", async (name, text, sent) => {
    const body = bodyOf(text);
    expect(await renderWith(data, body)).toEqual(sent);
    const back = exportDesigner(body);
    expect(back.losses).toEqual([]);
    expect(bodyOf(back.text)).toEqual(body);
    expect(exportDesigner(bodyOf(back.text)).text).toBe(back.text);
    rows.push({
      what: name,
      "template in": text.replaceAll("\n", " "),
      ours: JSON.stringify(body),
      output: JSON.stringify(sent),
      "exported back": back.text.replaceAll(/\n\s*/g, " "),
      lost: back.losses.map(({ message }) => message).join("; ") || "nothing",
    });
  });
});

describe("exportDesigner", () => {
  const parts = fc.constantFrom(
    "{{ customer.name }}",
    "{{ order.items[0].name }}",
    "{{ $string(order.total_amount) }}",
    "{{ $uppercase(customer.name) }}",
    "{{ customer.metadata.`first name` }}",
    "{{ customer.`a.b` }}",
    "{{ $webhook.id }}",
    '{{ "{" }}',
    '{{ "\\\\" }}',
    '{{ "\n" }}',
    "\\{{",
    "\\{{ a }}",
    "{",
    "}}",
    "\\",
    "text ",
    "{{",
  );
  const strings = fc.oneof(
    parts,
    fc.array(parts, { maxLength: 5 }).map((found) => found.join("")),
  );
  const { body: bodies } = fc.letrec((tie) => ({
    body: fc.oneof(
      { maxDepth: 4 },
      strings,
      fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
      fc.array(tie("body"), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(fc.constantFrom("a", "b.c", "$each", "$do", "$secret", "$then"), fc.string()),
        tie("body"),
        { maxKeys: 3 },
      ),
    ),
  }));

  it("gives a text that imports, whatever the body; where nothing is lost, the same is sent", async () => {
    const outcomes = { whole: 0, lossy: 0 };
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { text, losses } = exportDesigner(body);
        const back = bodyOf(text);
        if (losses.length > 0) {
          outcomes.lossy++;
          return;
        }
        outcomes.whole++;
        expect(JSON.stringify(await renderWith(data, back))).toBe(JSON.stringify(await renderWith(data, body)));
      }),
      { numRuns: 1_000 },
    );
    expect(outcomes.whole).toBeGreaterThan(50);
    expect(outcomes.lossy).toBeGreaterThan(50);
  });
});
