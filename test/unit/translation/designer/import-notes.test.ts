// What an import says about a text that it takes.

import { describe, expect, it } from "vitest";
import { imported } from "./imported.ts";

/** Notes without the one that every text with a `{{ }}` gets. */
function notesOf(text: string) {
  return imported(text).notes.filter(({ message }) => !message.startsWith("what Voucherify sends for a value"));
}

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
