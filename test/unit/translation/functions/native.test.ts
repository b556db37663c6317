// JSONata's own functions, as they are called here: what they give, and that each call counts.

import * as fc from "fast-check";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { ALLOWED_FUNCTIONS, OWN_FUNCTIONS } from "../../../../src/translation/engine/functions.ts";
import { failureOf, valueOf } from "../run.ts";

const data = {
  text: "Zoë Łódź",
  empty: "",
  nil: null,
  yes: true,
  number: -2.5,
  numbers: [3, 1, 2],
  words: ["b", "a", "c"],
  object: { a: 1, b: 2 },
  objects: [{ a: 1 }, { b: 2 }, { a: 3 }],
  nested: { a: { b: [1, { c: 2 }] } },
  none: [],
  emoji: "a🎟b🎟c",
  one: [7],
  lists: [["a", "b"], ["c"]],
};

const CASES: Record<string, [string, unknown][]> = {
  abs: [
    ["$abs(number)", 2.5],
    ["$abs(missing)", undefined],
  ],
  append: [
    ["$append(numbers, 4)", [3, 1, 2, 4]],
    ["$append(numbers, words)", [3, 1, 2, "b", "a", "c"]],
    ["$append(missing, 1)", 1],
    ["$append(nil, nil)", [null, null]],
  ],
  average: [
    ["$average(numbers)", 2],
    ["$average(none)", undefined],
    ["$average(7)", 7],
    ["$average(missing)", undefined],
  ],
  boolean: [
    ["$boolean(empty)", false],
    ["$boolean('0')", true],
    ["$boolean(0)", false],
    ["$boolean(nil)", false],
    ["$boolean(none)", false],
    ["$boolean([0])", false],
    ["$boolean(object)", true],
    ["$boolean(missing)", undefined],
  ],
  ceil: [
    ["$ceil(number)", -2],
    ["$ceil(missing)", undefined],
  ],
  count: [
    ["$count(numbers)", 3],
    ["$count(none)", 0],
    ["$count(text)", 1],
    ["$count(nil)", 1],
    ["$count(missing)", 0],
  ],
  each: [
    ["$each(object, function($v, $k) { $k & $v })", ["a1", "b2"]],
    ["object.$each(function($v) { $v })", [1, 2]],
    ["object ~> $each(function($v, $k) { $k })", ["a", "b"]],
    ["$each(object, $string)", ["1", "2"]],
    ["$each(missing, $string)", undefined],
  ],
  exists: [
    ["$exists(text)", true],
    ["$exists(nil)", true],
    ["$exists(missing)", false],
  ],
  filter: [
    ["$filter(numbers, function($n) { $n > 1 })", [3, 2]],
    ["$filter(numbers, function($n, $i, $all) { $i = $count($all) - 1 })", 2],
    ["$filter(numbers, function($n) { $n > 9 })", undefined],
    ["$filter([0, 1, ''], $boolean)", 1],
    ["$filter(missing, $boolean)", undefined],
  ],
  floor: [
    ["$floor(number)", -3],
    ["$floor(missing)", undefined],
  ],
  formatBase: [
    ["$formatBase(255, 16)", "ff"],
    ["$formatBase(-5, 2)", "-101"],
    ["$formatBase(7)", "7"],
    ["$formatBase(missing, 2)", undefined],
  ],
  formatNumber: [
    ["$formatNumber(1234567.891, '#,##0.00')", "1,234,567.89"],
    ["$formatNumber(0.14, '0%')", "14%"],
    ["$formatNumber(-5, '0.0;(0.0)')", "(5.0)"],
    ["$formatNumber(12345, '0.00e0')", "1.23e4"],
    ["$formatNumber(0, '0.00e0')", "0.00e0"],
    ["number ~> $formatNumber('0.00')", "-2.50"],
    ["number.$formatNumber('0.0')", "-2.5"],
    ["$formatNumber(missing, '0')", undefined],
  ],
  keys: [
    ["$keys(object)", ["a", "b"]],
    ["$keys(objects)", ["a", "b"]],
    ["$keys({'a': 1})", "a"],
    ["$keys(text)", undefined],
    ["$keys(missing)", undefined],
  ],
  length: [
    ["$length(text)", 8],
    ["$length(emoji)", 5],
    ["$length(empty)", 0],
    ["text.$length()", 8],
    ["$length(missing)", undefined],
  ],
  lookup: [
    ["$lookup(object, 'b')", 2],
    ["$lookup(objects, 'a')", [1, 3]],
    ["$lookup(object, 'constructor')", undefined],
    ["$lookup(object, '__proto__')", undefined],
    ["$lookup(missing, 'a')", undefined],
  ],
  lowercase: [
    ["$lowercase(text)", "zoë łódź"],
    ["$lowercase(missing)", undefined],
  ],
  map: [
    ["$map(numbers, function($n) { $n * 2 })", [6, 2, 4]],
    ["$map(words, function($w, $i) { $w & $i })", ["b0", "a1", "c2"]],
    ["$map(words, $uppercase)", ["B", "A", "C"]],
    ["words ~> $map(function($w) { $w & '!' })", ["b!", "a!", "c!"]],
    ["$map(one, function($n) { $n })", 7],
    ["$map(lists, function($w) { $map($w, $uppercase) })", [["A", "B"], ["C"]]],
    ["$map(lists, function($w) { $map($w, $title) })", [["A", "B"], ["C"]]],
    ["$map(none, $string)", undefined],
    ["$map(missing, $string)", undefined],
  ],
  max: [
    ["$max(numbers)", 3],
    ["$max(none)", undefined],
    ["$max(missing)", undefined],
  ],
  merge: [
    ["$merge(objects)", { a: 3, b: 2 }],
    ["$merge([object, {'c': 3}])", { a: 1, b: 2, c: 3 }],
    ["$merge(missing)", undefined],
  ],
  min: [
    ["$min(numbers)", 1],
    ["$min(missing)", undefined],
  ],
  not: [
    ["$not(yes)", false],
    ["$not(empty)", true],
    ["$not(missing)", undefined],
  ],
  number: [
    ["$number('12.50')", 12.5],
    ["$number('0x1F')", 31],
    ["$number(yes)", 1],
    ["$number('-1e3')", -1_000],
    ["$number(missing)", undefined],
  ],
  power: [
    ["$power(2, 10)", 1_024],
    ["$power(9, 0.5)", 3],
    ["$power(missing, 2)", undefined],
  ],
  reduce: [
    ["$reduce(numbers, function($a, $b) { $a + $b })", 6],
    ["$reduce(numbers, function($a, $b) { $a & $b }, '')", "312"],
    ["$reduce(objects, function($a, $b) { $merge([$a, $b]) }, {})", { a: 3, b: 2 }],
    ["$reduce([words, numbers], $append)", ["b", "a", "c", 3, 1, 2]],
    ["$reduce(missing, function($a, $b) { $a })", undefined],
  ],
  reverse: [
    ["$reverse(words)", ["c", "a", "b"]],
    ["$reverse(none)", []],
    ["$reverse(missing)", undefined],
  ],
  round: [
    ["$round(number)", -2],
    ["$round(2.345, 2)", 2.34],
    ["$round(12345, -2)", 12_300],
    ["$round(missing)", undefined],
  ],
  sift: [
    ["$sift(object, function($v) { $v > 1 })", { b: 2 }],
    ["object.$sift(function($v, $k) { $k = 'a' })", { a: 1 }],
    ["$sift(object, function($v) { false })", undefined],
    ["$sift(missing, $boolean)", undefined],
  ],
  single: [
    ["$single(numbers, function($n) { $n > 2 })", 3],
    ["$single(one)", 7],
    ["$single(missing)", undefined],
  ],
  sort: [
    ["$sort(numbers)", [1, 2, 3]],
    ["$sort(words)", ["a", "b", "c"]],
    ["$sort(numbers, function($l, $r) { $l < $r })", [3, 2, 1]],
    ["numbers^(>$)", [3, 2, 1]],
    ["objects^(b, <a)[0]", { b: 2 }],
    ["$sort(none)", []],
    ["$sort(missing)", undefined],
  ],
  spread: [
    ["$spread(object)", [{ a: 1 }, { b: 2 }]],
    ["$spread(objects)", [{ a: 1 }, { b: 2 }, { a: 3 }]],
    ["$spread(missing)", undefined],
  ],
  sqrt: [
    ["$sqrt(16)", 4],
    ["$sqrt(missing)", undefined],
  ],
  string: [
    ["$string(number)", "-2.5"],
    ["$string(nested)", '{"a":{"b":[1,{"c":2}]}}'],
    ["$string(nil)", "null"],
    ["$string(object, true)", '{\n  "a": 1,\n  "b": 2\n}'],
    ["$string(0.1 + 0.2)", "0.3"],
    ["$string(missing)", undefined],
  ],
  substring: [
    ["$substring(text, 4)", "Łódź"],
    ["$substring(text, 0, 3)", "Zoë"],
    ["$substring(text, -4, 2)", "Łó"],
    ["$substring(emoji, 1, 3)", "🎟b🎟"],
    ["$substring(text, 99)", ""],
    ["text.$substring(4)", "Łódź"],
    ["$substring(missing, 1)", undefined],
  ],
  substringAfter: [
    ["$substringAfter(text, ' ')", "Łódź"],
    ["$substringAfter(text, 'x')", "Zoë Łódź"],
    ["$substringAfter(missing, ' ')", undefined],
  ],
  substringBefore: [
    ["$substringBefore(text, ' ')", "Zoë"],
    ["text.$substringBefore(' ')", "Zoë"],
    ["$substringBefore(missing, ' ')", undefined],
  ],
  sum: [
    ["$sum(numbers)", 6],
    ["$sum(none)", 0],
    ["$sum(5)", 5],
    ["$sum(missing)", undefined],
  ],
  trim: [
    ["$trim('  a \\n b ')", "a b"],
    ["$trim(missing)", undefined],
  ],
  type: [
    ["$type(nil)", "null"],
    ["$type(numbers)", "array"],
    ["$type(object)", "object"],
    ["$type(number)", "number"],
    ["$type(missing)", undefined],
  ],
  uppercase: [
    ["$uppercase(text)", "ZOË ŁÓDŹ"],
    ["text.$uppercase()", "ZOË ŁÓDŹ"],
    ["text ~> $uppercase", "ZOË ŁÓDŹ"],
    ["$uppercase(missing)", undefined],
  ],
  zip: [
    [
      "$zip(numbers, words)",
      [
        [3, "b"],
        [1, "a"],
        [2, "c"],
      ],
    ],
    ["$zip(numbers, none)", []],
  ],
};

describe.each(Object.entries(CASES))("$%s", (_name, cases) => {
  it.each(cases)("gives for %s", async (expression, value) => {
    expect(await valueOf(expression, data)).toEqual(value);
  });
});

it("has a case for every function of JSONata that may be called", () => {
  const own = new Set(OWN_FUNCTIONS.keys());
  expect(Object.keys(CASES).toSorted()).toEqual([...ALLOWED_FUNCTIONS].filter((name) => !own.has(name)).toSorted());
});

describe("a function of JSONata fails", () => {
  const WRONG = "it was given a value of the wrong kind, or too many";

  it.each([
    ["$abs(text)", `$abs: ${WRONG}`],
    ["$sum(words)", "$sum: it was given a list with values of the wrong kind"],
    ["$uppercase(number)", `$uppercase: ${WRONG}`],
    ["number.$uppercase()", "$uppercase: it stands in a value of the wrong kind"],
    ["$length(nil)", `$length: ${WRONG}`],
    ["$map(words, $formatBase)", WRONG],
    ["$map(lists, function($w) { $map($w, $formatBase) })", WRONG],
    ["$number(text)", "$number: a text is no number"],
    ["$number('1e999')", "$number: a text is no number"],
    ["$power(10, 400)", "$power: a number is too large"],
    ["$power(-1, 0.5)", "$power: a number is too large"],
    ["$sqrt(-1)", "$sqrt: an operation does not fit its values (D3060)"],
    ["$formatBase(10, 37)", "$formatBase: an operation does not fit its values (D3100)"],
    ["$single(numbers)", "$single: an operation does not fit its values (D3138)"],
    ["$single(none)", "$single: an operation does not fit its values (D3139)"],
    ["$sort(objects)", "$sort: an operation does not fit its values (D3070)"],
    ["$sort([1, 'a'])", "$sort: an operation does not fit its values (D3070)"],
    ["$reduce(numbers, $uppercase)", "$reduce: an operation does not fit its values (D3050)"],
    ["$merge(numbers)", "$merge: it was given a list with values of the wrong kind"],
    ["$number('x0o7')", "a number is too large, or divided by zero"],
    ["1 / 0", "a number is too large, or divided by zero"],
    ["0 / 0", "a number is too large, or divided by zero"],
    ["1e308 * 10", "a number is too large, or divided by zero"],
    ["text - 1", "the left side of an arithmetic operator is no number"],
    ["1 - text", "the right side of an arithmetic operator is no number"],
    ["text > 1", "only two numbers or two texts can be compared"],
    ["nil > 1", "only numbers and texts can be compared"],
    ["-text", "an operation does not fit its values (D1002)"],
    ["{number: 1}", "the name of a key is no text"],
    ["objects^($)", "an operation does not fit its values (T2008)"],
  ])("for %s", async (expression, message) => {
    expect((await failureOf(expression, data)).replace(/^template_expression_failed: (?:\$map: )?/, "")).toBe(message);
  });
});

describe("$length and $substring", () => {
  it("give what JSONata's own give, for any text and any numbers", async () => {
    const expression = jsonata("[$length(t), $substring(t, s), $substring(t, s, n), $substring(t, missing)]");
    const piece = fc.constantFrom("a", "Ł", "🎟", "\ud800", "\udc00", "e\u0301");
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const number = fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constantFrom(0, -0, 1e9, -1e9));
    await fc.assert(
      fc.asyncProperty(text, number, number, async (t, s, n) => {
        const theirs: unknown = await expression.evaluate({ t, s, n });
        const ours = await valueOf("[$length(t), $substring(t, s), $substring(t, s, n), $substring(t, missing)]", {
          t,
          s,
          n,
        });
        expect(ours).toEqual(JSON.parse(JSON.stringify(theirs)));
      }),
      { numRuns: 300 },
    );
  });
});

describe("every call of a function is a step", () => {
  const list = { list: Array.from({ length: 4_999 }, () => "a") };

  it.each([
    ["called by its name", "$map([1..5], function($i) { $map($$.list, function($v) { $uppercase($v) }) })"],
    ["handed over to $map", "$map([1..5], function($i) { $map($$.list, $uppercase) })"],
    ["of our own, handed over", "$map([1..5], function($i) { $map($$.list, $title) })"],
    ["handed over to $filter", "$map([1..5], function($i) { $count($filter($$.list, $boolean)) })"],
    ["handed over to $sort", "$sort(list, $contains)"],
  ])("also when it is %s", async (_name, expression) => {
    expect(await failureOf(expression, list)).toBe("template_budget_exceeded: it takes more than 20000 steps");
  });
});
