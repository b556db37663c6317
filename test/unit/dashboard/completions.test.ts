import { expect, test } from "vitest";
import { optionsFor, wordAt } from "../../../src/dashboard/editor/completions.ts";
import type { Language } from "../../../src/dashboard/editor/insertion.ts";

/** The word at the cursor, which `|` stands for. */
function word(marked: string, language: Language = "json") {
  const position = marked.indexOf("|");
  return wordAt(marked.replace("|", ""), position, language);
}

test("the word in an expression, with where it begins", () => {
  expect(word('{"a": "Hi {{ customer.na| }}"}')).toEqual({ from: 13, to: 24, text: "customer.na", isClosed: true });
});

test("an expression that has no end yet is one", () => {
  expect(word('{"a": "{{ $up|"}')).toEqual({ from: 10, to: 13, text: "$up", isClosed: false });
});

test.each([
  ["outside of the braces", '{"a": "cust|omer {{ a }}"}'],
  ["in a text of an expression", `{"a": "{{ $default(a, 'cu|') }}"}`],
  ["in a property's value that is no text", '{"a": 12|}'],
  ["between properties", '{"a": "{{ a }}", |}'],
])("there is none %s", (_, marked) => {
  expect(word(marked)).toBeUndefined();
});

test("in a template string nothing is escaped", () => {
  expect(word("https://a.example/{{ vou| }}", "text")).toEqual({ from: 21, to: 24, text: "vou", isClosed: true });
});

test("fields come with kind, meaning and sample, functions with what they take", () => {
  const options = optionsFor([
    { path: "order.items[].price", kind: "number", meaning: "What one costs.", sample: 1250, isNullable: true },
  ]);
  expect(options[0]).toEqual({
    label: "order.items[0].price",
    apply: "order.items[0].price",
    cursorBack: 0,
    detail: "number, may be null",
    info: "What one costs.\nFor example 1250",
    type: "property",
  });
  expect(options.find(({ label }) => label === "$money")).toMatchObject({ apply: "$money()", cursorBack: 1 });
  expect(options.find(({ label }) => label === "$now")).toMatchObject({ apply: "$now()", cursorBack: 0 });
});
