// Paths as lists of names: own properties only, nothing changed in place, and written so that templates read them.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePath } from "../../../src/translation/path.ts";
import { readPath, valueAt, writePath } from "../../../src/voucherify/json-path.ts";

describe("valueAt", () => {
  const root: unknown = JSON.parse('{"a":{"b":[{"c":1},null]},"n":null,"s":"text","__proto__":{"x":2},"":3}');

  it.each<[string[], unknown]>([
    [[], root],
    [["a", "b", "0", "c"], 1],
    [["a", "b", "1"], null],
    [["n"], null],
    [["__proto__", "x"], 2],
    [[""], 3],
  ])("finds %j", (path, value) => {
    expect(valueAt(root, path)).toEqual(value);
  });

  it.each([
    [["x"]],
    [["n", "x"]],
    [["s", "0"]],
    [["s", "length"]],
    [["a", "b", "2"]],
    [["a", "b", "length"]],
    [["a", "b", "-1"]],
    [["a", "constructor"]],
    [["a", "__proto__"]],
    [["a", "b", "map"]],
  ])("finds nothing at %j", (path) => {
    expect(valueAt(root, path)).toBeUndefined();
  });
});

describe("writePath and readPath", () => {
  it.each<[string[], string]>([
    [[], ""],
    [["data", "order", "total_amount"], "data.order.total_amount"],
    [["order", "items", "0", "price"], "order.items.0.price"],
    [["$webhook", "id"], "$webhook.id"],
    [["metadata", "first-name"], "metadata.first-name"],
    [["metadata", "first name"], "metadata.`first name`"],
    [["metadata", "a.b"], "metadata.`a.b`"],
    [["metadata", "Größe"], "metadata.Größe"],
    [["metadata", "1st"], "metadata.`1st`"],
    [["metadata", ""], "metadata.``"],
    [["metadata", "[]"], "metadata.`[]`"],
  ])("writes %j as %s and reads it again", (path, written) => {
    expect(writePath(path)).toBe(written);
    expect(readPath(written)).toEqual(path);
  });

  it.each([
    ["items[0].price", ["items", "0", "price"]],
    ["items[].price", ["items", "[]", "price"]],
    ["items[]", ["items", "[]"]],
  ])("reads %s, in which the place in a list is written the other way", (written, path) => {
    expect(readPath(written)).toEqual(path);
  });

  it("has an apostrophe for the one character that no path can hold", () => {
    expect(writePath(["a`b"])).toBe("`a'b`");
  });

  const name = fc.oneof(
    fc.constantFrom("id", "object", "0", "12", "__proto__", "$webhook", "first-name", "-", "[0]", " "),
    fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.replaceAll("`", "'")),
  );

  it("agree about every path", () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), (path) => {
        expect(readPath(writePath(path))).toEqual(path);
      }),
      { seed: 20_261_124, numRuns: 2_000 },
    );
  });

  it("agree with templates about every path that these can write: of names that are not empty", () => {
    fc.assert(
      fc.property(
        fc.array(
          name.filter((text) => text !== ""),
          { minLength: 1, maxLength: 6 },
        ),
        (path) => {
          expect(parsePath(writePath(path))).toEqual({ ok: true, value: path });
        },
      ),
      { seed: 20_261_124, numRuns: 2_000 },
    );
  });
});
