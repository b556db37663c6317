import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { explainIssue, type Issue } from "../../src/issues.ts";

/** What a schema has against a value. */
function issuesOf(schema: v.GenericSchema, value: unknown): Issue[] {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? [] : parsed.issues.flatMap(explainIssue);
}

/** The schema under the key `a`. */
function at(schema: v.GenericSchema): v.GenericSchema {
  return v.strictObject({ a: schema });
}

const Nothing = v.literal("none");
const Fruit = v.variant("kind", [
  v.strictObject({ kind: v.literal("pear") }),
  v.strictObject({ kind: v.picklist(["plum", "fig"]), ripe: v.boolean() }),
]);

describe("explainIssue", () => {
  it.each<[string, v.GenericSchema, unknown, Issue[]]>([
    ["a whole document of another type", v.object({}), "x", [{ path: "(root)", message: "expected Object" }]],
    ["a value of another type", at(v.string()), { a: 5 }, [{ path: "a", message: "expected string" }]],
    ["null", at(v.string()), { a: null }, [{ path: "a", message: "expected string" }]],
    ["a missing key", at(v.string()), {}, [{ path: "a", message: "this is missing" }]],
    [
      "a missing key with a check",
      at(v.pipe(v.string(), v.email("x"))),
      {},
      [{ path: "a", message: "this is missing" }],
    ],
    ["the text undefined", at(v.number()), { a: "undefined" }, [{ path: "a", message: "expected number" }]],
    ["an unknown key", v.strictObject({}), { b: 1 }, [{ path: "b", message: "this key is not known here" }]],
    [
      "an unknown key with the name undefined",
      v.strictObject({}),
      { undefined: 1 },
      [{ path: "undefined", message: "this key is not known here" }],
    ],
    ["a lower bound", at(v.pipe(v.number(), v.minValue(100))), { a: 99 }, [{ path: "a", message: "expected >=100" }]],
    [
      "a longest length",
      at(v.pipe(v.string(), v.maxLength(2))),
      { a: "abc" },
      [{ path: "a", message: "expected <=2" }],
    ],
    [
      "a check that says nothing of what it expects",
      at(v.pipe(v.number(), v.integer())),
      { a: 1.5 },
      [{ path: "a", message: "expected another value" }],
    ],
    [
      "a check with our own message",
      at(v.pipe(v.string(), v.nonEmpty("must not be empty"))),
      { a: "" },
      [{ path: "a", message: "must not be empty" }],
    ],
    [
      "a schema with our own message",
      at(v.custom<string>(() => false, "must be an object")),
      { a: 1 },
      [{ path: "a", message: "must be an object" }],
    ],
    ["a literal", at(Nothing), { a: "some" }, [{ path: "a", message: 'expected "none"' }]],
    ["a list of literals", at(v.picklist(["b", "c"])), { a: "d" }, [{ path: "a", message: 'expected ("b" | "c")' }]],
    [
      "places in a list",
      at(v.array(v.strictObject({ b: v.number() }))),
      { a: [{ b: 1 }, { b: "x" }, {}] },
      [
        { path: "a.1.b", message: "expected number" },
        { path: "a.2.b", message: "this is missing" },
      ],
    ],
  ])("explains %s", (_name, schema, value, issues) => {
    expect(issuesOf(schema, value)).toEqual(issues);
  });

  it.each<[string, v.GenericSchema, unknown, Issue[]]>([
    [
      "all branches when none comes close",
      v.union([Nothing, v.strictObject({ b: v.string() })]),
      5,
      [{ path: "a", message: 'expected ("none" | Object)' }],
    ],
    [
      "the branch that looks inside",
      v.union([Nothing, v.strictObject({ b: v.string(), c: v.string() })]),
      { b: 5 },
      [
        { path: "a.b", message: "expected string" },
        { path: "a.c", message: "this is missing" },
      ],
    ],
    [
      "the branch that looks inside a union inside a union",
      v.union([Nothing, v.strictObject({ b: v.union([Nothing, v.strictObject({ c: v.string() })]) })]),
      { b: { c: 5 } },
      [{ path: "a.b.c", message: "expected string" }],
    ],
    ["a variant without its key", Fruit, {}, [{ path: "a.kind", message: "this is missing" }]],
    [
      "a variant of no kind",
      Fruit,
      { kind: "nut" },
      [{ path: "a.kind", message: 'expected ("pear" | ("plum" | "fig"))' }],
    ],
    ["a variant of one kind", Fruit, { kind: "fig", ripe: 1 }, [{ path: "a.ripe", message: "expected boolean" }]],
  ])("reports of a union %s", (_name, schema, value, issues) => {
    expect(issuesOf(at(schema), { a: value })).toEqual(issues);
  });

  it.each<[string, v.GenericSchema]>([
    ["a string", v.pipe(v.string(), v.maxLength(3), v.regex(/^[a-z]$/))],
    ["a text with a beginning and an end", v.pipe(v.string(), v.startsWith("#"), v.endsWith("#"), v.includes("#"))],
    ["an address", v.pipe(v.string(), v.url(), v.email())],
    ["a number", v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(1))],
    ["a list", v.pipe(v.array(v.boolean()), v.length(1))],
    ["a literal", Nothing],
    ["a picklist", v.picklist(["b", "c"])],
    ["null", v.null()],
    ["a record", v.record(v.pipe(v.string(), v.maxLength(1)), v.null())],
    ["a union", v.union([Nothing, v.boolean(), v.strictObject({ b: Nothing })])],
    ["a variant", Fruit],
    ["nothing at all", v.never()],
  ])("never repeats what was found in the place of %s", (_name, schema) => {
    const found = fc.oneof(
      fc.string().map((text) => `${text}HUSH-1234`),
      fc.integer({ min: 123_400, max: 123_499 }).map((number) => number + 0.5),
    );
    const value = fc.oneof(found, fc.array(found, { minLength: 2 }), fc.record({ kind: found, b: found }));
    fc.assert(
      fc.property(value, (a) => {
        const issues = issuesOf(at(schema), { a });
        expect(issues).not.toEqual([]);
        expect(JSON.stringify(issues)).not.toMatch(/HUSH|1234/);
      }),
    );
  });
});
