import { expect, test } from "vitest";
import { parseDocument, placeOf, syntaxProblems } from "../../../src/dashboard/editor/json-places.ts";

const DOCUMENT = '{ "url": "x", "body": { "a.b": [1, { "c": "deep" }], "a": 2 } }';

test.each([
  ["url", '"x"'],
  ["body.a.b.1.c", '"deep"'],
  ["body.a", "2"],
  ["body.a.b.0", "1"],
  ["body.a.b.7", '[1, { "c": "deep" }]'],
  ["body.missing.more", '{ "a.b": [1, { "c": "deep" }], "a": 2 }'],
  ["", DOCUMENT],
])("the place of %s", (path, found) => {
  const { from, to } = placeOf(DOCUMENT, path);
  expect(DOCUMENT.slice(from, to)).toBe(found);
});

test("a problem says what is missing, where it is", () => {
  const text = '{\n  "a": 1\n  "b": 2\n}';
  expect(syntaxProblems(text)).toEqual([
    {
      from: text.indexOf('"b"'),
      to: text.indexOf('"b"') + 3,
      message: "A , is missing before this.",
      severity: "error",
    },
  ]);
});

test("what is wrong at the end of a text can be seen", () => {
  const text = '{"a": 1';
  const [problem] = syntaxProblems(text);
  expect(problem).toMatchObject({ to: text.length, message: "A } is missing." });
  expect(problem?.from).toBeLessThan(text.length);
});

test("nothing is wrong with an empty document, with comments, or with a comma behind the last", () => {
  expect(syntaxProblems(" \n")).toEqual([]);
  expect(syntaxProblems('{ // why\n "a": [1, 2,], }')).toEqual([]);
});

test("a document is read as it is written, a property __proto__ like any other", () => {
  expect(parseDocument('{ "a": [1, null, { "__proto__": true }], /* no */ }')).toEqual({
    value: JSON.parse('{ "a": [1, null, { "__proto__": true }] }') as unknown,
  });
  expect(parseDocument('{ "a": }')).toBeUndefined();
});
