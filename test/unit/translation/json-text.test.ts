import { describe, expect, it } from "vitest";
import { NotFiniteError, toJson } from "../../../src/translation/json-text.ts";

describe("toJson", () => {
  it.each<[unknown, string]>([
    [null, "null"],
    [false, "false"],
    ["Zoë", '"Zoë"'],
    ["\ud800", '"\\ud800"'],
    [0, "0"],
    [-1.5, "-1.5"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [[1, ["a", null]], '[1,["a",null]]'],
    [{ b: { c: 1 }, a: [] }, '{"b":{"c":1},"a":[]}'],
  ])("writes %j", (value, text) => {
    expect(toJson(value)).toBe(text);
  });

  it.each([
    ["alone", "1e999"],
    ["below zero", "-1e999"],
    ["in a list", "[1,1e999]"],
    ["deep in an object", '{"a":[{"b":1e999}]}'],
  ])("refuses a number that JSON cannot carry: %s", (_name, payload) => {
    expect(() => toJson(JSON.parse(payload))).toThrow(NotFiniteError);
  });

  it("does not repeat the value when it refuses it", () => {
    expect(() => toJson({ code: "HUSH-1234", n: Number.NaN })).toThrow(/^a number is too large for JSON$/);
  });
});
