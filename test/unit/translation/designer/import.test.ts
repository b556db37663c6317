import { describe, expect, it } from "vitest";
import type { Issue } from "../../../../src/issues.ts";
import { STEPS_MAX } from "../../../../src/translation/engine/budget.ts";
import { importDesigner } from "../../../../src/translation/designer/import.ts";
import { compileJsonBody } from "../../../../src/translation/json-body.ts";
import { renderFor, renderWith } from "./render.ts";

function imported(text: string, options?: { envelope: boolean }) {
  const result = importDesigner(text, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result;
}

/** Notes without the one that every text with a `{{ }}` gets. */
function notesOf(text: string) {
  return imported(text).notes.filter(({ message }) => !message.startsWith("what Voucherify sends for a value"));
}

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

describe("importDesigner notes", () => {
  it.each([
    ["a comment", '{ // why\n"a": 1 /* so */ }', "comments are not part of JSON; left out (and at 1 more place)", 1, 3],
    [
      "a comma too many",
      '{"a": [1,\n2,],}',
      "a comma behind the last one is not part of JSON; left out (and at 1 more place)",
      2,
      2,
    ],
    ["a key that comes twice", '{"a": 1, "b": 2,\n "a": 3}', 'the key "a" comes again; the last one counts', 2, 2],
    [
      "a key with a dot",
      '{"order.status": "x"}',
      "whether Voucherify makes an object of a key with dots is not documented; the key is kept as it is",
      1,
      2,
    ],
    [
      "braces in a key",
      '{"{{customer.name}}": 1}',
      "{{ }} in a key is not documented; the key is kept as it is written",
      1,
      2,
    ],
    [
      "braces without a path",
      '{"a": "{{#if x}}"}',
      "there is no path behind this {{, so it stays as it is, written \\{{ in Signalbox",
      1,
      7,
    ],
    [
      "a space that is none",
      '{\u00a0"a": 1,\u200b\u00a0"b": 2}',
      "a character that only looks like a space has been left out (and at 2 more places)",
      1,
      2,
    ],
    [
      "a number too long",
      "[1, 12345678901234567890]",
      "a number of so many digits would be rounded when it is read, so it has become a text",
      1,
      5,
    ],
  ])("%s", (_name, text, message, line, column) => {
    expect(notesOf(text)).toEqual([{ line, column, message }]);
  });

  it("nothing about plain JSON", () => {
    expect(imported('{"a": ["“quoted”", 1.50, 1e2, -0, 0.1, 9007199254740993e-1]}').notes).toHaveLength(1);
    expect(imported('{"a": ["“quoted”", 1.50, 1e2, -0, 0.1]}').notes).toEqual([]);
  });

  it("its findings in the order of the text", () => {
    const lines = imported('{"a.b": 1, // x\n"c": {{c}},\n"a.b": 2,}').notes.map(({ line }) => line);
    expect(lines).toEqual([1, 1, 2, 3, 3]);
  });

  it.each<[string, unknown]>([
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740992", 9_007_199_254_740_992],
    ["9007199254740993", "9007199254740993"],
    ["-12345678901234567890", "-12345678901234567890"],
    ["12345678901234567000", 12_345_678_901_234_567_000],
    ["1.10", 1.1],
    ["100e-2", 1],
    ["1E+2", 100],
    ["0.000001", 0.000001],
    ["0.0000001", 1e-7],
    ["0.1234567890123456789", "0.1234567890123456789"],
    ["1e400", "1e400"],
    ["1e-400", "1e-400"],
    ["1e99999999999999999999", "1e99999999999999999999"],
    ["-0", 0],
    ["0.000", 0],
    ["0e5", 0],
  ])("keeps every digit of %s", (literal, value) => {
    expect(imported(`[${literal}]`).body).toEqual([value]);
  });
});

describe("importDesigner refuses", () => {
  it.each([
    ["nothing", "", "designer_empty", 1, 1, "there is nothing in this text"],
    ["only comments", "// later\n", "designer_empty", 1, 1, "there is nothing in this text"],
    [
      "typographic quotes",
      "{\n  “name”: 1}",
      "designer_quote_typographic",
      2,
      3,
      'this is a typographic quote, as chats and word processors make them; write "',
    ],
    [
      "a key that one of them closes",
      '{"name”: "Kim"}',
      "designer_quote_typographic",
      1,
      7,
      'this is a typographic quote, as chats and word processors make them; write "',
    ],
    [
      "a text that one of them closes",
      '{"name": "Kim”\n}',
      "designer_quote_typographic",
      1,
      14,
      'this is a typographic quote, as chats and word processors make them; write "',
    ],
    ["single quotes", "{'name': 1}", "designer_not_json", 1, 2, 'texts stand in double quotes: "text"'],
    [
      "a key without quotes",
      "{name: 1}",
      "designer_not_json",
      1,
      2,
      'a key is missing here; it stands in double quotes: "name"',
    ],
    [
      "a value as a key",
      "{ {{a}}: 1}",
      "designer_not_json",
      1,
      3,
      'a key is missing here; it stands in double quotes: "name"',
    ],
    ["a word without quotes", '{"a": yes}', "designer_not_json", 1, 7, 'a text stands in double quotes: "text"'],
    ["undefined", "[undefined]", "designer_not_json", 1, 2, 'a text stands in double quotes: "text"'],
    [
      "a sign of something else",
      "[%]",
      "designer_not_json",
      1,
      2,
      'nothing of JSON begins like this; a text stands in double quotes: "text"',
    ],
    ["a missing colon", '{"a" 1}', "designer_not_json", 1, 6, "a : is missing behind the key"],
    ["a missing comma", '{"a": 1\n"b": 2}', "designer_not_json", 2, 1, "a , or } is missing here"],
    ["a missing value", '{"a": }', "designer_not_json", 1, 7, "a value is missing here"],
    ["two commas", "[1,,2]", "designer_not_json", 1, 4, "a value is missing here"],
    ["an object without an end", '{"a": 1', "designer_not_json", 1, 8, "a , or } is missing here"],
    ["a list without an end", "[1,", "designer_not_json", 1, 4, "the text ends before its JSON does"],
    ["a key without an end", '{"a": 1,', "designer_not_json", 1, 9, "the text ends before its JSON does"],
    ["a bracket of the other kind", '{"a": [1}', "designer_not_json", 1, 9, "a , or ] is missing here"],
    ["more than one value", '{"a": 1} {"b": 2}', "designer_not_json", 1, 10, "this is more than one JSON value"],
    [
      "a text without an end",
      '{"a": "b',
      "designer_not_json",
      1,
      7,
      'this text has no closing " on its line; a line break in a text is written "\\n"',
    ],
    [
      "a line break in a text",
      '{"a": "b\nc"}',
      "designer_not_json",
      1,
      7,
      'this text has no closing " on its line; a line break in a text is written "\\n"',
    ],
    [
      "a tab in a text",
      '{"a": "b\tc"}',
      "designer_not_json",
      1,
      9,
      'a tab or another control character cannot stand in a text; a tab is written "\\t"',
    ],
    [
      "an escape that is none",
      String.raw`["C:\dir"]`,
      "designer_not_json",
      1,
      5,
      'this \\ begins no escape of JSON; a backslash of its own is written "\\\\"',
    ],
    [
      "half an escape",
      String.raw`["\u12"]`,
      "designer_not_json",
      1,
      3,
      'this \\ begins no escape of JSON; a backslash of its own is written "\\\\"',
    ],
    ["a comment without an end", "[1 /* so", "designer_not_json", 1, 4, "this comment has no */"],
    [
      "values beside each other",
      '{"a": {{b}}{{c}}}',
      "designer_not_json",
      1,
      12,
      "a , or } is missing here; {{ }} with anything beside it is a text, in quotes as a whole",
    ],
    [
      "a word behind a value",
      '{"a": {{b}} kg}',
      "designer_not_json",
      1,
      13,
      "a , or } is missing here; {{ }} with anything beside it is a text, in quotes as a whole",
    ],
    [
      "a value behind a number",
      '{"a": 10{{b}}}',
      "designer_not_json",
      1,
      9,
      "a , or } is missing here; {{ }} with anything beside it is a text, in quotes as a whole",
    ],
    ["a value without an end", '{"a": {{b }', "designer_path_invalid", 1, 7, "this {{ has no }}"],
    [
      "a function",
      '{"a":\r\n {{ $sum(order.items.amount) }}}',
      "designer_path_invalid",
      2,
      2,
      "between {{ and }} stands one path, like order.total_amount; anything else belongs in quotes",
    ],
    [
      "nothing in braces",
      "[{{ }}]",
      "designer_path_invalid",
      1,
      2,
      "between {{ and }} stands one path, like order.total_amount; anything else belongs in quotes",
    ],
    [
      "a path with an empty name",
      "[{{a..b}}]",
      "designer_path_invalid",
      1,
      2,
      "between {{ and }} stands one path, like order.total_amount; anything else belongs in quotes",
    ],
  ] as const)("%s", (_name, text, reason, line, column, message) => {
    expect(importDesigner(text)).toEqual({ ok: false, problem: { reason, line, column, message } });
  });

  it.each(["01", "1.", ".5", "+1", "1e", "0x10", "1_000", "--1", "1.2.3", "-", "12px", "-Infinity"])(
    "%s as a number",
    (literal) => {
      expect(importDesigner(`[${literal}]`)).toMatchObject({
        ok: false,
        problem: { reason: "designer_not_json", column: 2 },
      });
    },
  );

  it.each(["$each", "$if", "$secret", "$as", "$do", "$then", "$else"])(
    "the key %s, which is data there and is none here",
    (key) => {
      expect(importDesigner(`{"a": [\n{"${key}": "CRM_KEY"}]}`)).toEqual({
        ok: false,
        problem: {
          reason: "designer_key_reserved",
          line: 2,
          column: 2,
          message: `a key ${key} would mean something to Signalbox; name it otherwise, or write its object as one expression after importing the rest: "{{ {'${key}': …} }}"`,
        },
      });
    },
  );

  it("reserved keys with a remedy that works", async () => {
    expect(await renderWith(data, { a: "{{ {'$secret': customer.name, '$if': 1} }}" })).toEqual({
      a: { $secret: "Zoë", $if: 1 },
    });
  });

  it("more than 64 KB, counted in bytes", () => {
    const fits = `["${"é".repeat(32 * 1024 - 2)}"]`;
    expect(importDesigner(fits).ok).toBe(true);
    expect(importDesigner(`${fits} `)).toEqual({
      ok: false,
      problem: { reason: "designer_too_large", line: 1, column: 1, message: "the text has more than 64 KB" },
    });
  });

  it("more values in quotes than one rendering surely has steps for", async () => {
    const path = Array.from({ length: 20 }, () => "a").join(".");
    let deep: unknown = "Lamp";
    for (let level = 0; level < 20; level++) deep = { a: deep };
    const list = (count: number) => `[${Array.from({ length: count }, () => `"{{${path}}}"`).join(",")}]`;
    const most = Math.floor(STEPS_MAX / 28);
    const names = Array.from({ length: most }, () => "Lamp");
    expect(await renderWith(deep, imported(list(most)).body)).toEqual(names);
    expect(importDesigner(list(most + 1))).toMatchObject({
      ok: false,
      problem: { reason: "designer_too_many_values", column: 2 + most * (path.length + 7) },
    });
  });

  it("a path of over 200 characters, without quotes; in quotes it is text", () => {
    const path = (length: number) => "a".repeat(length);
    expect(importDesigner(`{{${path(200)}}}`).ok).toBe(true);
    expect(importDesigner(`{{${path(201)}}}`)).toMatchObject({ problem: { reason: "designer_path_invalid" } });
    expect(imported(`"{{${path(201)}}}"`).body).toBe(`\\{{${path(201)}}}`);
  });
});
