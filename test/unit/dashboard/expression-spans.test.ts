import { expect, test } from "vitest";
import { decodeString, expressionsIn, piecesOf, templatesIn } from "../../../src/dashboard/editor/expression-spans.ts";

function shown(text: string): string[] {
  return templatesIn(text)
    .flatMap((template) => piecesOf(text, template))
    .map(({ from, to, kind }) => `${kind} ${text.slice(from, to)}`);
}

test("names, functions, texts, numbers and words of an expression are told apart", () => {
  expect(shown("Hi {{ $default(customer.name, 'you') and 12.5 }}!")).toEqual([
    "brace {{",
    "function $default",
    "operator (",
    "path customer",
    "operator .",
    "path name",
    "operator ,",
    "text 'you'",
    "operator )",
    "word and",
    "number 12.5",
    "brace }}",
  ]);
});

test("a variable is no function, and a quoted name is a path", () => {
  expect(shown("{{ $webhook.`first name` }}")).toEqual([
    "brace {{",
    "path $webhook",
    "operator .",
    "path `first name`",
    "brace }}",
  ]);
});

test("an expression without an end goes on to that of the text", () => {
  expect(templatesIn("a {{ b")).toEqual([{ from: 4, to: 6, isClosed: false }]);
});

test("escaped braces are text, and braces in texts end nothing", () => {
  expect(templatesIn(String.raw`\{{ a }} {{ '}}' }}`)).toEqual([{ from: 11, to: 17, isClosed: true }]);
});

test("each character of a decoded string knows where it stands", () => {
  const { text, offsets } = decodeString(String.raw`a\nb\u00e9\"`, 10);
  expect(text).toBe('a\nbé"');
  expect(offsets).toEqual([10, 11, 13, 14, 20, 22]);
});

test("every expression of a document has its place, in a string without an end too", () => {
  const text = String.raw`{ "a": "\"{{ b }}", // "{{ c }}"` + '\n "d": "{{ e }\n }';
  expect(expressionsIn(text).map(({ from, to, source }) => [text.slice(from, to), source])).toEqual([
    [" b ", "b"],
    [" c ", "c"],
    [" e }", "e }"],
  ]);
});
