// The bookkeeping of a conversion: what is moved is reported, what is not is dropped, and two accounts of one thing
// become one without either being changed.

import { describe, expect, it } from "vitest";
import { Conversion, keptReport, toChange, type FieldChange } from "../../../src/voucherify/conversion.ts";
import type { JsonObject } from "../../../src/voucherify/read-json.ts";

/** A report as lines to compare. */
function lines(report: readonly FieldChange[]): string[] {
  return report.map(({ change, from, to }) => `${change}: ${from} -> ${to}`);
}

/** A conversion after some moves, paths written with dots. */
function convert(old: JsonObject, moves: readonly (readonly [string, string])[]): Conversion {
  const conversion = new Conversion(old);
  for (const [from, to] of moves) conversion.move(from.split("."), to.split("."));
  return conversion;
}

/** A value that throws when anything in it is written to. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}

describe("move", () => {
  it("puts a value where it goes, and null too, but nothing where there is nothing", () => {
    const conversion = convert({ a: { b: 1 }, empty: null }, [
      ["a.b", "x.y"],
      ["empty", "x.z"],
      ["a.missing", "x.missing"],
    ]);
    expect(conversion.body).toEqual({ x: { y: 1, z: null } });
    expect(lines(conversion.report())).toEqual(["moved: a.b -> x.y", "moved: empty -> x.z"]);
  });

  it.each<[string, unknown, unknown]>([
    ["another text", "first", "second"],
    ["a text after null", null, "second"],
    ["null after a text", "first", null],
    ["a list with other items", [1, 2], [1, 2, 3]],
    ["an object after a text", "first", { id: "v_1" }],
    ["a text after an object", { id: "v_1" }, "second"],
    ["an object of another id", { id: "v_1" }, { id: "v_2", code: "B" }],
  ])("lets the first account win over %s, and reports the second as dropped", (_name, first, second) => {
    const conversion = convert({ first, second }, [
      ["first", "it"],
      ["second", "it"],
    ]);
    expect(conversion.body).toEqual({ it: first });
    expect(lines(conversion.report())).toEqual(["renamed: first -> it", "dropped: second -> null"]);
  });

  it("reports both of two accounts that say the same", () => {
    const conversion = convert({ one: { id: "v_1", tags: ["a"] }, other: { id: "v_1", tags: ["a"] } }, [
      ["one", "it"],
      ["other", "it"],
    ]);
    expect(conversion.body).toEqual({ it: { id: "v_1", tags: ["a"] } });
    expect(lines(conversion.report())).toEqual(["renamed: one -> it", "renamed: other -> it"]);
  });

  it.each([
    ["the same id", { id: "v_1" }, { id: "v_1" }],
    ["an id in one of them only", { id: "v_1" }, {}],
    ["an id in the other only", {}, { id: "v_1" }],
    ["no id at all", {}, {}],
  ])("fills in what the first account leaves out, given %s", (_name, one, other) => {
    const conversion = convert(
      {
        first: { ...one, code: "A", card: { points: 10 } },
        second: { ...other, code: "B", active: true, card: { points: 20, balance: 5 } },
      },
      [
        ["first", "it"],
        ["second", "it"],
      ],
    );
    expect(conversion.body).toEqual({
      it: { ...one, ...other, code: "A", card: { points: 10, balance: 5 }, active: true },
    });
    const report = lines(conversion.report());
    expect(report).toContain("renamed: first -> it");
    expect(report).toContain("moved: second.active -> it.active");
    expect(report).toContain("moved: second.card.balance -> it.card.balance");
    expect(report).toContain("dropped: second.code -> null");
    expect(report).toContain("dropped: second.card.points -> null");
    expect(report.filter((line) => line.includes("second.id"))).toEqual(
      "id" in other ? ["moved: second.id -> it.id"] : [],
    );
  });

  it("takes objects that differ in nothing but the order of their keys for the same", () => {
    const conversion = convert({ first: { code: "A", active: true }, second: { active: true, code: "A" } }, [
      ["first", "it"],
      ["second", "it"],
    ]);
    expect(lines(conversion.report()).filter((line) => line.startsWith("dropped"))).toEqual([]);
  });

  it("keeps things of different ids apart further down as well", () => {
    const conversion = convert(
      { first: { owner: { id: "cust_1" } }, second: { owner: { id: "cust_2", name: "Kim" } } },
      [
        ["first", "it"],
        ["second", "it"],
      ],
    );
    expect(conversion.body).toEqual({ it: { owner: { id: "cust_1" } } });
    expect(lines(conversion.report())).toEqual(["renamed: first -> it", "dropped: second -> null"]);
  });

  it("changes neither the old body nor what was moved out of it", () => {
    const old = frozen({ first: { id: "v_1" }, second: { id: "v_1", code: "A" }, note: "x" });
    const conversion = convert(old, [
      ["first", "it"],
      ["second", "it"],
      ["note", "it.note"],
    ]);
    expect(conversion.body).toEqual({ it: { id: "v_1", code: "A", note: "x" } });
    expect(old.first).toEqual({ id: "v_1" });
  });
});

describe("moveText", () => {
  it.each([[""], [null], [7], [{ id: "x" }], [["x"]]])("leaves %j where it is", (value) => {
    const conversion = new Conversion({ id: value });
    conversion.moveText(["id"], ["event", "id"]);
    expect(conversion.body).toEqual({});
    expect(lines(conversion.report())).toEqual(["dropped: id -> null"]);
  });

  it("moves a text that says something", () => {
    const conversion = new Conversion({ id: "evred_1" });
    conversion.moveText(["id"], ["event", "id"]);
    expect(conversion.body).toEqual({ event: { id: "evred_1" } });
  });
});

describe("silence and constant", () => {
  it("fill only what is empty; silence is reported, a constant is not", () => {
    const conversion = convert({ id: "a" }, [["id", "id"]]);
    conversion.silence(["id"]);
    conversion.silence(["event", "group_id"]);
    conversion.silence(["previous"], {});
    conversion.constant(["id"], "b");
    conversion.constant(["object"], "event");
    expect(conversion.body).toEqual({ id: "a", event: { group_id: null }, previous: {}, object: "event" });
    expect(conversion.unknown).toEqual(["event.group_id", "previous"]);
    expect(lines(conversion.report())).toEqual([
      "kept: id -> id",
      "unknown: null -> event.group_id",
      "unknown: null -> previous",
    ]);
  });
});

describe("the report", () => {
  it("gives a line to the shortest path of which nothing was moved", () => {
    const old = {
      whole: { a: 1, b: { c: 2 } },
      part: { kept: 1, gone: { d: 3, e: 4 }, deep: { kept: 1, gone: 2 } },
      list: [1, 2],
      empty: {},
      text: "x",
    };
    const conversion = convert(old, [
      ["part.kept", "kept"],
      ["part.deep.kept", "deep"],
    ]);
    expect(lines(conversion.report())).toEqual([
      "dropped: whole -> null",
      "moved: part.kept -> kept",
      "moved: part.deep.kept -> deep",
      "dropped: part.gone -> null",
      "dropped: part.deep.gone -> null",
      "dropped: list -> null",
      "dropped: empty -> null",
      "dropped: text -> null",
    ]);
  });

  it("drops nothing below what was moved, whichever move came first", () => {
    const old = { entity: { id: "r_1", voucher: { code: "A" } } };
    const [all, inner] = [
      ["entity", "data.redemption"],
      ["entity.voucher", "data.voucher"],
    ] as const;
    for (const moves of [
      [all, inner],
      [inner, all],
    ]) {
      expect(lines(convert(old, moves).report()).toSorted()).toEqual([
        "moved: entity -> data.redemption",
        "moved: entity.voucher -> data.voucher",
      ]);
    }
  });

  it("follows the keys of the old body, moves before drops, and ends with what is new", () => {
    const conversion = convert({ a: { x: 1, y: 2 }, b: 3, c: { z: 4 } }, [
      ["c.z", "first"],
      ["a.y", "second"],
    ]);
    conversion.silence(["new"]);
    expect(lines(conversion.report())).toEqual([
      "moved: a.y -> second",
      "dropped: a.x -> null",
      "dropped: b -> null",
      "moved: c.z -> first",
      "unknown: null -> new",
    ]);
  });

  it("tells keeping, renaming and moving apart", () => {
    expect(toChange(["a", "b"], ["a", "b"])).toEqual({ change: "kept", from: "a.b", to: "a.b" });
    expect(toChange(["a", "b"], ["a", "c"])).toEqual({ change: "renamed", from: "a.b", to: "a.c" });
    expect(toChange(["a", "b"], ["c", "b"])).toEqual({ change: "moved", from: "a.b", to: "c.b" });
    expect(toChange(["a"], ["a", "a"])).toEqual({ change: "moved", from: "a", to: "a.a" });
    expect(toChange(["a", "b"], null)).toEqual({ change: "dropped", from: "a.b", to: null });
  });

  it("of a body that is passed on keeps every key", () => {
    expect(lines(keptReport({ id: "a", "first name": null }))).toEqual([
      "kept: id -> id",
      "kept: `first name` -> `first name`",
    ]);
    expect(keptReport({})).toEqual([]);
  });
});

describe("names that JavaScript has plans for", () => {
  const HOSTILE = ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "a.b", "", "0", "[]"];

  it.each(HOSTILE)("moves and reports %j as a name like any other", (name) => {
    const old = JSON.parse(JSON.stringify({ in: {} }).replace("{}", `{${JSON.stringify(name)}: {"id": "x"}}`));
    const conversion = new Conversion(old);
    conversion.move(["in", name], ["out", name]);
    expect(Object.getPrototypeOf(conversion.body["out"])).toBe(Object.prototype);
    expect(JSON.parse(JSON.stringify(conversion.body))).toEqual({ out: old.in });
    expect(Object.keys(Object(conversion.body["out"]))).toEqual([name]);
    expect(conversion.report()).toMatchObject([{ change: "moved" }]);
  });

  it.each(HOSTILE)("does not find %j where it was never sent", (name) => {
    const conversion = new Conversion({ in: {} });
    conversion.move(["in", name], ["out"]);
    expect(conversion.body).toEqual({});
    expect(lines(conversion.report())).toEqual(["dropped: in -> null"]);
    expect({}).not.toHaveProperty("id");
  });
});

describe("a body with very many keys", () => {
  const keys = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]));

  it("is converted in one pass: a copy for each key would take minutes", () => {
    const conversion = new Conversion({ bag: keys, other: { ...keys, more: true } });
    for (const name of Object.keys(keys)) conversion.move(["bag", name], ["data", name]);
    conversion.move(["other"], ["data"]);
    expect(Object.keys(conversion.body["data"] ?? {})).toHaveLength(50_001);
    expect(conversion.report()).toHaveLength(100_001);
  });
});
