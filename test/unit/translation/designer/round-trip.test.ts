// Designer text to body template and back: the same meaning both ways, measured by what is sent.

import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Issue } from "../../../../src/issues.ts";
import { exportDesigner } from "../../../../src/translation/designer/export.ts";
import { importDesigner } from "../../../../src/translation/designer/import.ts";
import { compileJsonBody } from "../../../../src/translation/json-body.ts";
import { printTable } from "./print-table.ts";
import { renderWith } from "./render.ts";

/** Thousands of texts take seconds where other tests run beside them; how many they are is what counts here. */
const PROPERTY_TIMEOUT_MS = 30_000;

function bodyOf(text: string): unknown {
  const imported = importDesigner(text);
  if (!imported.ok) throw new Error(`${JSON.stringify(imported.problem)} in ${text}`);
  return imported.body;
}

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

// What the designer documents, told a second time and in another way: a text is searched for paths in one go, and a
// path is walked name by name.
const PLACEHOLDER =
  /\{\{\s*((?:[\w$é][\w$é-]*(?: +[\w$é][\w$é-]*)*)(?:\.[\w$é][\w$é-]*(?: +[\w$é][\w$é-]*)*|\[\d+\])*)\s*\}\}/g;

function find(values: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((name) => name !== "")
    .reduce(
      (value, name) => (value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined),
      values,
    );
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const LEFT_OUT = Symbol("left out");

/** What a text in quotes is sent as. */
function expectText(text: string, values: unknown): unknown {
  const [only] = text.matchAll(PLACEHOLDER);
  if (only === undefined || only[0] !== text) {
    return text.replaceAll(PLACEHOLDER, (_all, path: string) => asText(find(values, path)));
  }
  const value = find(values, only[1] ?? "");
  if (value === undefined) return LEFT_OUT;
  return value === null ? null : asText(value);
}

/** A designer document, before it is written down. */
type Document =
  | { kind: "static"; value: unknown }
  | { kind: "typed"; path: string }
  | { kind: "text"; text: string }
  | { kind: "list"; items: Document[] }
  | { kind: "object"; entries: [string, Document][] };

function expectSent(document: Document, values: unknown): unknown {
  switch (document.kind) {
    case "static":
      return document.value;
    case "typed": {
      const value = find(values, document.path);
      return value === undefined ? LEFT_OUT : value;
    }
    case "text":
      return expectText(document.text, values);
    case "list":
      return document.items.map((item) => expectSent(item, values)).filter((item) => item !== LEFT_OUT);
    case "object":
      return Object.fromEntries(
        document.entries
          .map(([key, inner]) => [key, expectSent(inner, values)] as const)
          .filter(([, value]) => value !== LEFT_OUT),
      );
  }
}

/** Writes a document, with whatever space between its tokens. */
function write(document: Document, space: () => string): string {
  const around = (text: string): string => `${space()}${text}${space()}`;
  switch (document.kind) {
    case "static":
      return around(JSON.stringify(document.value));
    case "typed":
      return around(`{{${space()}${document.path}${space()}}}`);
    case "text":
      return around(JSON.stringify(document.text));
    case "list":
      return around(`[${document.items.map((item) => write(item, space)).join(",") || space()}]`);
    case "object":
      return around(
        `{${document.entries.map(([key, inner]) => `${around(JSON.stringify(key))}:${write(inner, space)}`).join(",") || space()}}`,
      );
  }
}

const PATHS = [
  "name",
  "customer.name",
  "customer.first-name",
  "customer.first name",
  "customer.é.$x",
  "order.items",
  "order.items.0",
  "order.items.0.name",
  "order.items[1].name",
  "order.items.0.sizes.1",
  "order.items.7.name",
  "no.such.thing",
  "$webhook",
  "in.true.null",
];

const scalar = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("{{ customer.name }}", "\\{{", "{{", '{{ $eval("1") }}', "null", ""),
  fc.integer(),
  fc.integer({ min: -9999, max: 9999 }).map((cents) => cents / 100),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.constantFrom("a", "b-c"), scalar));
const sparse = { requiredKeys: [] };
const events = fc.record(
  {
    name: value,
    customer: fc.record(
      { name: value, "first-name": value, "first name": value, é: fc.record({ $x: value }, sparse) },
      sparse,
    ),
    order: fc.record(
      {
        items: fc.array(fc.record({ name: value, sizes: fc.array(value, { maxLength: 3 }) }, sparse), { maxLength: 3 }),
      },
      sparse,
    ),
    $webhook: value,
    in: fc.record({ true: fc.record({ null: value }, sparse) }, sparse),
  },
  sparse,
);

const pieces = fc.oneof(
  fc.constantFrom(...PATHS).map((path) => `{{${path}}}`),
  fc.constantFrom(...PATHS).map((path) => `{{ ${path}  }}`),
  fc.constantFrom(
    "{",
    "}",
    "{{",
    "}}",
    "\\",
    "{{{",
    "}}}",
    "{{#if}}",
    "name",
    "é",
    " ",
    "-",
    ".",
    '"',
    "“",
    "\n",
    "+",
    "$",
    "[0]",
  ),
);
const texts = fc.oneof(
  pieces,
  fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join("")),
);
const keys = fc.oneof(
  fc.constantFrom("To", "order.status", "{{name}}", "__proto__", "constructor", "$x", "", "“", "0"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);
const { document: documents } = fc.letrec<{ document: Document }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    fc
      .oneof(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("{{")),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
      )
      .map((constant): Document => ({ kind: "static", value: constant })),
    fc.constantFrom(...PATHS).map((path): Document => ({ kind: "typed", path })),
    texts.map((text): Document => ({ kind: "text", text })),
    fc.array(tie("document"), { maxLength: 4 }).map((items): Document => ({ kind: "list", items })),
    fc
      .uniqueArray(fc.tuple(keys, tie("document")), { maxLength: 4, selector: ([key]) => key })
      .map((entries): Document => ({ kind: "object", entries })),
  ),
}));
const written = fc
  .tuple(documents, fc.array(fc.constantFrom("", " ", "\n", "\r\n", "\t"), { minLength: 1, maxLength: 5 }))
  .map(([document, spaces]) => {
    let turn = 0;
    return { document, text: write(document, () => spaces[turn++ % spaces.length] ?? "") };
  });

describe("any Payload-designer text", () => {
  it("is sent as the designer documents it", async () => {
    await fc.assert(
      fc.asyncProperty(written, events, async ({ document, text }, values) => {
        const sent = expectSent(document, values);
        expect(JSON.stringify(await renderWith(values, bodyOf(text)))).toBe(
          JSON.stringify(sent === LEFT_OUT ? undefined : sent),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("comes back from an export with the same meaning, and the second time with the same text", () => {
    fc.assert(
      fc.property(written, fc.boolean(), ({ text }, envelope) => {
        const imported = importDesigner(text, { envelope });
        if (!imported.ok) throw new Error(JSON.stringify(imported.problem));
        const { body } = imported;
        const back = exportDesigner(body);
        expect(back).toMatchObject({ raw: !envelope, losses: [] });
        expect(importDesigner(back.text, { envelope })).toMatchObject({ ok: true, body });
        expect(exportDesigner(bodyOf(back.text)).text).toBe(back.text);
      }),
      { numRuns: 500 },
    );
  });
});

const damage = fc.tuple(
  fc.nat(),
  fc.nat(3),
  fc.constantFrom("{", "}", "{{", "}}", '"', "“", ",", ":", "\\", "[", "/*", "//", "\n", "$each", "0", "\u00a0"),
);

describe("importDesigner", () => {
  it(
    "takes any text or says where and why not, and what it makes always compiles",
    () => {
      const damaged = fc.tuple(written, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([{ text }, damages]) =>
        damages.reduce((broken, [at, removed, inserted]) => {
          const place = at % (broken.length + 1);
          return broken.slice(0, place) + inserted + broken.slice(place + removed);
        }, text),
      );
      const outcomes = { taken: 0, refused: 0 };
      fc.assert(
        fc.property(fc.oneof(damaged, fc.string({ unit: "binary" })), (text) => {
          const imported = importDesigner(text);
          if (imported.ok) {
            const issues: Issue[] = [];
            compileJsonBody(imported.body, "body", issues);
            expect(issues).toEqual([]);
            outcomes.taken++;
            return;
          }
          outcomes.refused++;
          const { line, column, reason, message } = imported.problem;
          const lines = text.split(/\r\n|\r|\n/);
          expect(reason).toMatch(/^designer_/);
          expect(message).not.toBe("");
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          // A byte order mark is no column.
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
        }),
        { numRuns: 3_000 },
      );
      expect(outcomes.taken).toBeGreaterThan(100);
      expect(outcomes.refused).toBeGreaterThan(100);
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("takes what JSON.parse takes, and reads the same from it", async () => {
    const literal = fc.json({ noUnicodeString: false }).filter((text) => !text.includes("{{") && !/"\$/.test(text));
    await fc.assert(
      fc.asyncProperty(literal, async (text) => {
        // Numbers that JavaScript cannot hold become text; fast-check makes numbers that it can.
        expect(JSON.stringify(await renderWith({}, bodyOf(text)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["braces", "{".repeat(65_000)],
    ["braces and their end", `"${"{".repeat(64_000)}}}"`],
    ["braces in pairs without an end", `"${"{{ ".repeat(21_000)}"`],
    ["braces before a value", `"${"{".repeat(64_000)}a}}"`],
    ["lists", "[".repeat(65_000)],
    ["spaces", `[${" ".repeat(65_000)}]`],
    ["comments", "//\n".repeat(21_000)],
    ["zeros", `[1${"0".repeat(60_000)}1]`],
    ["a name", `{{${"a".repeat(65_000)}}}`],
    ["keys", `{${'"":0,'.repeat(13_000)}}`],
    ["backslashes", `"${"\\".repeat(65_000)}{{a}}"`],
  ])(
    "ends within a second for 64 KB of %s",
    (_name, text) => {
      expect(importDesigner(text)).toHaveProperty("ok");
    },
    1_000,
  );
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
