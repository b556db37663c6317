import { expect, test } from "vitest";
import { insertField, type Language } from "../../../src/dashboard/editor/insertion.ts";

/** The text after a field was put in; `|` stands for the cursor, two of them for the ends of a selection. */
function put(marked: string, path: string, language: Language = "json"): string | undefined {
  const from = marked.indexOf("|");
  const text = marked.replaceAll("|", "");
  const second = marked.indexOf("|", from + 1);
  const insertion = insertField(text, { from, to: second === -1 ? from : second - 1 }, path, language);
  if (insertion === undefined) return undefined;
  return insertion.changes
    .toReversed()
    .reduce((now, one) => now.slice(0, one.from) + one.insert + now.slice(one.to), text);
}

test.each([
  ["an empty document becomes an object", "|", '{\n  "name": "{{ customer.name }}"\n}'],
  ["an empty text becomes the expression", '{"a": "|"}', '{"a": "{{ customer.name }}"}'],
  ["into a text", '{"a": "Hello |!"}', '{"a": "Hello {{ customer.name }}!"}'],
  ["into an expression, as a path", '{"a": "{{ $uppercase(|) }}"}', '{"a": "{{ $uppercase(customer.name) }}"}'],
  ["into an expression behind an escape", String.raw`{"a": "\n{{ | }}"}`, String.raw`{"a": "\n{{ customer.name }}"}`],
  ["over what is selected in a text", '{"a": "Hello |Kim|!"}', '{"a": "Hello {{ customer.name }}!"}'],
  ["over a selected text with its quotes", '{"a": |"Kim"|}', '{"a": "{{ customer.name }}"}'],
  ["over a number", '{"a": 1|2}', '{"a": "{{ customer.name }}"}'],
  ["as a value that is missing", '{"a": |}', '{"a": "{{ customer.name }}"}'],
  ["as the first of a list", "[|]", '["{{ customer.name }}"]'],
  ["as another of a list", "[1|]", '["{{ customer.name }}"]'],
  ["behind another of a list", "[1, |]", '[1, "{{ customer.name }}"]'],
  ["before another of a list", "[| 1]", '["{{ customer.name }}", 1]'],
  ["as a property of an empty object", "{|}", '{"name": "{{ customer.name }}"}'],
  ["as a property behind another", '{"a": 1, |}', '{"a": 1, "name": "{{ customer.name }}"}'],
  ["as a property right behind a text", '{"a": "b"|}', '{"a": "b", "name": "{{ customer.name }}"}'],
  ["as a property in a line of its own", '{\n  "a": "b"\n  |\n}', '{\n  "a": "b",\n  "name": "{{ customer.name }}"\n}'],
  ["as a property before another", '{|"a": 1}', '{"name": "{{ customer.name }}","a": 1}'],
])("%s", (_, before, after) => {
  expect(put(before, "customer.name")).toBe(after);
});

test("a property's name is no place for a field", () => {
  expect(put('{"na|me": 1}', "customer.name")).toBeUndefined();
});

test("a path into a list is that of its first item, and the property has the field's name", () => {
  expect(put("{|}", "order.items[].price")).toBe('{"price": "{{ order.items[0].price }}"}');
});

test("what would end a JSON string is escaped", () => {
  expect(put('{"a": "|"}', 'metadata.`a"b`')).toBe('{"a": "{{ metadata.`a\\"b` }}"}');
});

test.each([
  ["https://a.example/|", "https://a.example/{{ customer.name }}"],
  ["https://a.example/{{ | }}", "https://a.example/{{ customer.name }}"],
  ["|", "{{ customer.name }}"],
])("in a template string: %s", (before, after) => {
  expect(put(before, "customer.name", "text")).toBe(after);
});
