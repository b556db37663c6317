// What an expression may not be made of, where in it, and what to write instead: refused when the table is published.

import * as fc from "fast-check";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { compileEngine, EXPRESSION_LENGTH_MAX } from "../../../../src/translation/engine/compile.ts";
import { scanExpression } from "../../../../src/translation/engine/scan.ts";
import { refusalOf, valueOf } from "../run.ts";

const REGEX =
  "regular expressions are not available; use $contains, $substringBefore, $substringAfter, $split or $replace";
const LAMBDA =
  "a function of your own stands only as an argument of $map, $filter, $reduce, $sort, $each, $sift or $single";
const DEPTH = "the expression is nested too deeply";
const nested = (levels: number) => `${"(".repeat(levels)}a${" + 1)".repeat(levels)}`;

describe("an expression is refused", () => {
  it.each([
    ["a function that runs text", '$eval("1")', "1: there is no function $eval"],
    ["a function of chance", "1 + $random()", "5: there is no function $random"],
    ["a function that shuffles", "$shuffle(words)", "1: there is no function $shuffle"],
    ["a function that matches patterns", '$match(a, "b")', "1: there is no function $match"],
    ["a function that nobody has", "$nothing(a)", "1: there is no function $nothing"],
    ["a function of Node's", "$require('fs')", "1: there is no function $require"],
    ["a regular expression", "$contains(a, /(a+)+$/)", `14: ${REGEX}`],
    ["a regular expression at its start", "/a/", `1: ${REGEX}`],
    ["a regular expression that is none", "/(/", `1: ${REGEX}`],
    ["a regular expression behind a word", "a in /b/", `6: ${REGEX}`],
    ["a parent", "order.items.%.amount", "1: % is not available; write the path from the top"],
    ["descendants", "**.email", "1: ** would walk the whole payload; write the path"],
    ["descendants in a path", "order.**", "7: ** would walk the whole payload; write the path"],
    [
      "a transformation",
      "$$ ~> |order|{'a':1}|",
      "7: |…|…| changes its input, which nothing here may; build a new object instead",
    ],
    [
      "a partial call",
      "$substring(?, 1)",
      "11: a function with ? for an argument is not available; call it with all of them",
    ],
    ["a call of what the payload brings", "customer.evil()", "14: only functions can be called; they begin with a $"],
    ["a call of a call", "$default(a)(b)", "12: only functions can be called; they begin with a $"],
    ["a call of a block", "(a)(b)", "4: only functions can be called; they begin with a $"],
    ["a function of its own, called", "($f := function($x) { $x }; $f(1))", `16: ${LAMBDA}`],
    ["a function that calls itself", "($f := function() { $f() }; $f())", `16: ${LAMBDA}`],
    ["a function called at once", "function($x) { $x }(1)", "20: only functions can be called; they begin with a $"],
    ["a function as an ordinary argument", "$string(function() { 1 })", `17: ${LAMBDA}`],
    ["a function in a list", "[function() { 1 }]", `10: ${LAMBDA}`],
    ["a function that gives functions", "$map(a, function($x) { function($y) { $y } })", `32: ${LAMBDA}`],
    [
      "a function as $reduce's beginning",
      "$reduce(a, $append, $uppercase)",
      "21: $uppercase is a function; call it: $uppercase(…)",
    ],
    ["a function's name as a value", "$sum", "1: $sum is a function; call it: $sum(…)"],
    ["a path out of a function", "$sum.constructor", "1: $sum is a function; call it: $sum(…)"],
    ["a star behind a function", "$sum.*", "1: $sum is a function; call it: $sum(…)"],
    [
      "a payload's value as a function",
      "$map(words, customer.evil)",
      "13: $map takes a function here, like function($item) { $item.sku }",
    ],
    [
      "a payload's value as a function behind ~>",
      "words ~> $map(customer.evil)",
      "15: $map takes a function here, like function($item) { $item.sku }",
    ],
    ["a name that means nothing", "$nothing.a & 1", "1: there is no $nothing here; there is $webhook, $settings"],
    ["such a name as a whole path", "$nothing.a", "1: there is no $nothing here; there is $webhook, $settings"],
    ["a name from another block", "(($x := 1); $x)", "13: there is no $x here; there is $webhook, $settings"],
    ["a function's name for something else", "($sum := 1; 2)", "2: $sum is a function; choose another name"],
    [
      "a function's name for an argument",
      "$map(a, function($sum) { 1 })",
      "18: $sum is a function; choose another name",
    ],
    ["the context's name for something else", "($ := 1; 2)", "2: $ has a meaning of its own; choose another name"],
    [
      "the root's name for an argument",
      "$map(a, function($$) { 1 })",
      "18: $$ has a meaning of its own; choose another name",
    ],
    ["a name without a block", "$x := 1", "4: bind is not available here"],
    ["a bound focus", "order.items@$i.sku", "7: @ and # are not available; use $map"],
    ["a bound index", "order.items#$i.sku", "7: @ and # are not available; use $map"],
    ["a signature", "$map(a, function($x)<s:s>{ $x })", "21: a function of your own has no signature here"],
    ["something else behind ~>", "a ~> b", "6: behind ~> stands a function: value ~> $uppercase()"],
    ["a function of its own behind ~>", "a ~> function($x) { $x }", `14: ${LAMBDA}`],
    ["two functions without a value", "$uppercase ~> $trim", "1: $uppercase is a function; call it: $uppercase(…)"],
    [
      "a message that is no text",
      "$required(a, customer.name)",
      "14: $required takes a message in quotes, up to 100 characters",
    ],
    [
      "such a message behind ~>",
      "a ~> $required(name)",
      "16: $required takes a message in quotes, up to 100 characters",
    ],
    [
      "a long message",
      `$required(a, '${"x".repeat(101)}')`,
      "14: $required takes a message in quotes, up to 100 characters",
    ],
    [
      "$required handed over",
      "$reduce(words, $required)",
      "16: $required cannot be handed over; write function($item) { $required($item, …) }",
    ],
    [
      "$required handed to ~>",
      "a ~> $required",
      "6: $required cannot be handed over; write function($item) { $required($item, …) }",
    ],
    [
      "a picture from the payload",
      "$formatNumber(1, a)",
      "18: $formatNumber takes a picture in quotes, up to 100 characters",
    ],
    [
      "such a picture in a path",
      "a.$formatNumber(b)",
      "17: $formatNumber takes a picture in quotes, up to 100 characters",
    ],
    [
      "such a picture behind ~>",
      "a ~> $formatNumber(b)",
      "20: $formatNumber takes a picture in quotes, up to 100 characters",
    ],
    [
      "a number's format with options",
      "$formatNumber(1, '0', {'grouping-separator': ''})",
      "23: $formatNumber takes a picture in quotes, up to 100 characters",
    ],
    ["too many arguments", "$fromMillis(1, '[Y]')", "1: $fromMillis takes 1 argument"],
    ["too many arguments behind ~>", "a ~> $title(1)", "6: $title takes 1 argument"],
    ["too few arguments", "customer.name.$mask()", "15: $mask takes 1 to 2 arguments"],
    ["an argument where there is none", "$now('[Y]')", "1: $now takes no arguments"],
    ["no argument for as many as there are", "$default()", "1: $default takes 1 or more arguments"],
    ["a text without an end", '"abc', "1: a text has no closing quote"],
    ["a name without an end", "`abc", "1: a quoted name has no closing `"],
    ["a comment without an end", "a /* b", "3: a comment has no end"],
    ["a number behind a dot", "items.0.name & 'x'", "7: a number cannot stand behind a dot: write items[0].name"],
    ["an operator that is none", "a ! b", "3: this is no operator"],
    ["nothing behind an operator", "a + ", "3: the expression ends too early"],
    ["an opening bracket alone", "(a", "2: the expression ends too early"],
    ["a closing bracket alone", "a)", "2: something is left over here"],
    ["a number too large", "1e999", "1: this cannot be read"],
  ])("that has %s", (_name, expression, refusal) => {
    expect(refusalOf(expression)).toBe(refusal);
  });

  it("with the line and column of a template's text that has several", () => {
    expect(refusalOf("\n  a +\n  $eval(b)")).toBe("line 3, column 3: there is no function $eval");
  });
});

describe("an expression is allowed", () => {
  it.each([
    ["to divide", "6 / 2", 3],
    ["to divide brackets", "(6)/(2)/1", 3],
    ["to divide fields whose names are words", "(order.amount)/2", 6_000],
    ["comments, whatever is in them", "/* \"((( /x/ */ 1 + /* ' */ 1", 2],
    ["quotes in texts", "'a\"b' & \"c'd\"", "a\"bc'd"],
    ["brackets in texts", `"${"(".repeat(100)}"`, "(".repeat(100)],
    ["a quote inside a name", '$exists(a"b)', false],
    ["names of its own", "($x := order.amount; $y := $x / 2; $x + $y)", 18_000],
    [
      "a loop's names inside loops",
      "$map(words, function($w, $i) { $map(numbers, function($n) { $n + $i }) })",
      [
        [3, 1, 2],
        [4, 2, 3],
        [5, 3, 4],
        [6, 4, 5],
      ],
    ],
    ["filters, order and groups", "order.items[price > 1000]^(price){sku: quantity}", { wick: 1, lamp: 2 }],
    ["stars", "customer.metadata.*", ["Zoë", "M", "red", "blue"]],
    ["a condition without an else", "1 > 2 ? 3", undefined],
  ])("%s", async (_name, expression, value) => {
    expect(await valueOf(expression)).toEqual(value);
  });
});

describe("the limits of an expression", () => {
  const engine = (source: string) => {
    const compiled = compileEngine(source, new Set());
    return compiled.ok ? "compiled" : compiled.problem.message;
  };

  it.each([
    ["58 brackets in each other", `${"(".repeat(58)}a${")".repeat(58)}`, "compiled"],
    ["61 brackets", nested(61), DEPTH],
    ["600 brackets", nested(600), DEPTH],
    ["4,000 brackets", "(".repeat(4_000), DEPTH],
    ["brackets behind a quote in a name", `a" + ${nested(61)}`, DEPTH],
    ["brackets behind a quote in a comment", `/* " */ ${nested(61)}`, DEPTH],
    ["minus signs without end", `${"-".repeat(3_999)}a`, DEPTH],
    ["names without end", `a${".b".repeat(1_999)}`, "compiled"],
    ["operators in each other", `1${" + 1".repeat(61)}`, DEPTH],
    ["conditions in each other", `${"a ? b : ".repeat(61)}c`, DEPTH],
    ["values without end", `[${"1,".repeat(1_998)}1]`, "compiled"],
    ["its length", `'${"x".repeat(EXPRESSION_LENGTH_MAX - 2)}'`, "compiled"],
    ["one character more", `'${"x".repeat(EXPRESSION_LENGTH_MAX - 1)}'`, "an expression has up to 4000 characters"],
  ])("hold for %s", (_name, source, outcome) => {
    expect(engine(source)).toBe(outcome);
  });

  it.each(["??", "?:"])("hold for %s, whose left side JSONata's parser copies", (operator) => {
    const chain = Array.from({ length: 40 }, (_, index) => `a${index}`).join(` ${operator} `);
    const left = (levels: number) => `${"(".repeat(levels)}a${` ${operator} b)`.repeat(levels)}`;
    expect(engine(chain)).toBe("compiled");
    expect(engine(left(4))).toBe("compiled");
    expect(engine(left(5))).toBe(`too many ${operator} in each other`);
    expect(engine(left(30))).toBe(`too many ${operator} in each other`);
    for (const hidden of [
      `/* " */ ${left(30)}`,
      `a" & ${left(30)}`,
      `[$f(${left(30)})]`,
      `$map(a, λ($x)<s/"/>{${left(30)}})`,
    ]) {
      expect(engine(hidden)).not.toBe("compiled");
    }
  });
});

describe("the scan before parsing", () => {
  it("sees the same tokens as JSONata: what it lets pass is parsed at once, whatever the text", () => {
    const piece = fc.constantFrom(
      ..."( ) [ ] { } . , ; : ? ?? ?: + - * / % = < > & ~> := .. ! @ # ^ ** in and or $ $x $f function λ a `a` \" ' ` \\ 1 0.5 /* */ \n".split(
        " ",
      ),
      " ",
      '"b"',
      "function($x){",
      "a[]",
    );
    let parsed = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = pieces.join("");
        if (scanExpression(source) !== undefined) return;
        try {
          const { length } = JSON.stringify(jsonata(source).ast());
          parsed++;
          // Without the limit on copies, 60 pieces give gigabytes.
          expect(length).toBeLessThan(500_000);
        } catch (error) {
          if (error instanceof Error && error.name === "AssertionError") throw error;
          // not an expression
        }
      }),
      { numRuns: 2_000 },
    );
    expect(parsed).toBeGreaterThan(20);
  });
});
