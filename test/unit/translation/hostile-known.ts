// What has stopped or broken JSONata and engines like it, and some more of the kind.

import { BUDGET, FAILED, TEXT, LAMBDA, type HostileCase } from "./hostile-case.ts";

/** Known attacks and accidents. */
export const KNOWN_CASES: readonly HostileCase[] = [
  {
    name: "endless tail recursion",
    template: "($f := function() { $f() }; $f())",
    ending: "refused",
    because:
      "a function of your own stands only as an argument of $map, $filter, $reduce, $sort, $each, $sift or $single",
  },
  {
    name: "endless recursion through an argument",
    template: "$map([1], function($f) { $f($f) })",
    ending: "refused",
    because: "there is no function $f",
  },
  { name: "a text of 50 million", template: '$pad("x", 50000000)', ending: FAILED },
  {
    name: "a pattern that backtracks",
    template: '$match("aaaa!", /^(a+)+$/)',
    ending: "refused",
    because:
      "regular expressions are not available; use $contains, $substringBefore, $substringAfter, $split or $replace",
  },
  {
    name: "a pattern in $contains",
    template: "$contains(o, /^(a+)+$/)",
    ending: "refused",
    because:
      "regular expressions are not available; use $contains, $substringBefore, $substringAfter, $split or $replace",
  },
  {
    name: "$toMillis with a picture",
    template: '$toMillis(o, "[f1][f1][f1][f1][f1]")',
    ending: "refused",
    because: "$toMillis takes 1 argument",
  },
  { name: "$toMillis of a long text", template: "$toMillis(o)", data: TEXT, ending: FAILED },
  {
    name: "a text that doubles",
    template: "$reduce([1..100], function($a, $i) { $a & $a }, 'x')",
    ending: BUDGET,
  },
  {
    name: "a list that doubles",
    template: "$reduce([1..100], function($a, $i) { $append($a, $a) }, [1])",
    ending: BUDGET,
  },
  {
    name: "an object that doubles",
    template: "$reduce([1..60], function($a, $i) { {'x': $a, 'y': $a} }, {})",
    ending: BUDGET,
  },
  {
    name: "an object that doubles, as text",
    template: "$string($reduce([1..60], function($a, $i) { {'x': $a, 'y': $a} }, {}))",
    ending: BUDGET,
  },
  {
    name: "an object that doubles, compared",
    template: "($o := $reduce([1..60], function($a, $i) { {'x': $a, 'y': $a} }, {}); $o = $o)",
    ending: BUDGET,
  },
  { name: "a range of ten million", template: "[1..10000000]", ending: BUDGET },
  { name: "a range of more than that", template: "[1..100000000]", ending: BUDGET },
  { name: "a range between infinities", template: "[-1e308..1e308]", ending: BUDGET },
  {
    name: "4,000 brackets",
    template: "(".repeat(4_000),
    ending: "refused",
    because: "the expression is nested too deeply",
  },
  {
    name: "brackets that copy, at compile time",
    template: `${"(".repeat(40)}a${" ?? b)".repeat(40)}`,
    ending: "refused",
    because: "too many ?? in each other",
  },
  {
    name: "the same with ?:",
    template: `${"[".repeat(40)}a${" ?: b]".repeat(40)}`,
    ending: "refused",
    because: "too many ?: in each other",
  },
  {
    name: "the same behind a quote in a comment",
    template: `/* " */ ${"(".repeat(40)}a${" ?? b)".repeat(40)}`,
    ending: "refused",
    because: "too many ?? in each other",
  },
  {
    name: "descendants",
    template: "**",
    ending: "refused",
    because: "** would walk the whole payload; write the path",
  },
  {
    name: "counted descendants",
    template: "$count(**)",
    ending: "refused",
    because: "** would walk the whole payload; write the path",
  },
  {
    name: "a transformation of prototypes",
    template: "$$ ~> |constructor.prototype|{'polluted': 1}|",
    ending: "refused",
    because: "|…|…| changes its input, which nothing here may; build a new object instead",
  },
  { name: "__proto__", template: "__proto__.polluted ?? $lookup($$, '__proto__')", ending: "value" },
  { name: "constructor", template: "constructor.constructor ?? $lookup($, 'constructor')", ending: "value" },
  {
    name: "a function's properties",
    template: "$sum.constructor",
    ending: "refused",
    because: "$sum is a function; call it: $sum(…)",
  },
  {
    name: "a function's descendants",
    template: "$sum.**",
    ending: "refused",
    because: "$sum is a function; call it: $sum(…)",
  },
  {
    name: "a payload's function, called",
    template: "evil()",
    data: LAMBDA,
    ending: "refused",
    because: "only functions can be called; they begin with a $",
  },
  {
    name: "a payload's function, handed over",
    template: "$map([1], evil)",
    data: LAMBDA,
    ending: "refused",
    because: "$map takes a function here, like function($item) { $item.sku }",
  },
  {
    name: "a payload's function in a path",
    template: "$each(evil)",
    data: LAMBDA,
    ending: "refused",
    because: "$each takes a function here, like function($item) { $item.sku }",
  },
  { name: "a payload's function, chained", template: "evil ~> $uppercase", data: LAMBDA, ending: FAILED },
  { name: "code as text", template: '$eval("1")', ending: "refused", because: "there is no function $eval" },
  { name: "a division by zero", template: "1 / 0", ending: FAILED },
  { name: "a payload's 1e999", template: "o + 1", data: () => JSON.parse('{"o":1e999}') as object, ending: FAILED },
];
