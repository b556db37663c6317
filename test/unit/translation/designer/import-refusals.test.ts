// Texts that are not imported, and where and why it is said that they are not.

import { describe, expect, it } from "vitest";
import { STEPS_MAX } from "../../../../src/translation/engine/budget.ts";
import { importDesigner } from "../../../../src/translation/designer/import.ts";
import { imported } from "./imported.ts";
import { renderWith } from "./render.ts";

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
    expect(
      await renderWith({ customer: { name: "Zoë" } }, { a: "{{ {'$secret': customer.name, '$if': 1} }}" }),
    ).toEqual({
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
