// Expressions and payloads that have stopped, grown or broken engines like this one, or that somebody may try; each with
// how it must end. `refused`: when the table is published. A code: when it runs. `value`: it is harmless as it is.

/** How a case must end. */
export type Ending =
  | "refused"
  | "value"
  | "template_budget_exceeded"
  | "template_expression_failed"
  | "template_body_too_large";

export interface HostileCase {
  name: string;
  /** What stands between the braces, or a whole body. */
  template: string | object;
  data?: () => object;
  ending: Ending;
}

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const named = (count: number, make: (index: number) => unknown): object =>
  Object.fromEntries(many(count, (index) => [`n${index}`, make(index)]));

/** Does something for each of a thousand numbers. */
export const again = (expression: string): string => `$map([1..1000], function($i) { $exists(${expression}) })`;

/** Every list shorter than the limit, all of them nearly as much as an inlet takes in. */
const LISTS = () => ({ o: many(200, () => many(4_900, () => 0)) });
const OBJECTS = () => ({
  o: many(20, (list) => Object.fromEntries(many(4_900, (i) => [`${list}_${i}`, i % 2 ? [] : i]))),
});
const WIDE = () => ({ o: named(200_000, () => 0) });
const LONG = () => ({ o: many(1_000_000, () => 0) });
const WORDS = () => ({ o: many(4_900, (index) => `w${(index * 7_919) % 4_900}`) });
const TEXT = () => ({ o: "a".repeat(199_000), b: `${"a".repeat(40_000)}b${"a".repeat(40_000)}` });
const ROWS = () => ({
  o: many(4_900, (i) => ({ id: i, sku: "same", a: [1], b: { c: null } })),
  p: many(4_900, (i) => ({ id: i, sku: "same", a: [1], b: { c: null } })),
});
const LAMBDA = () => ({ evil: { _jsonata_lambda: true, arguments: [{ value: "x" }], body: { type: "descendant" } } });

/** As much as an inlet takes in, in shapes that no limit on a single list or text catches. */
export const LARGE_PAYLOADS: Readonly<Record<string, () => object>> = {
  lists: LISTS,
  texts: () => ({ o: many(4_900, () => "x".repeat(400)) }),
  "long texts": () => ({ o: many(10, () => "x".repeat(199_000)) }),
};

const BUDGET = "template_budget_exceeded";
const FAILED = "template_expression_failed";

/** The rows of the reference's table of hostile expressions. */
const KNOWN: HostileCase[] = [
  { name: "endless tail recursion", template: "($f := function() { $f() }; $f())", ending: "refused" },
  { name: "endless recursion through an argument", template: "$map([1], function($f) { $f($f) })", ending: "refused" },
  { name: "a text of 50 million", template: '$pad("x", 50000000)', ending: FAILED },
  { name: "a pattern that backtracks", template: '$match("aaaa!", /^(a+)+$/)', ending: "refused" },
  { name: "a pattern in $contains", template: "$contains(o, /^(a+)+$/)", ending: "refused" },
  { name: "$toMillis with a picture", template: '$toMillis(o, "[f1][f1][f1][f1][f1]")', ending: "refused" },
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
  { name: "4,000 brackets", template: "(".repeat(4_000), ending: "refused" },
  {
    name: "brackets that copy, at compile time",
    template: `${"(".repeat(40)}a${" ?? b)".repeat(40)}`,
    ending: "refused",
  },
  { name: "the same with ?:", template: `${"[".repeat(40)}a${" ?: b]".repeat(40)}`, ending: "refused" },
  {
    name: "the same behind a quote in a comment",
    template: `/* " */ ${"(".repeat(40)}a${" ?? b)".repeat(40)}`,
    ending: "refused",
  },
  { name: "descendants", template: "**", ending: "refused" },
  { name: "counted descendants", template: "$count(**)", ending: "refused" },
  {
    name: "a transformation of prototypes",
    template: "$$ ~> |constructor.prototype|{'polluted': 1}|",
    ending: "refused",
  },
  { name: "__proto__", template: "__proto__.polluted ?? $lookup($$, '__proto__')", ending: "value" },
  { name: "constructor", template: "constructor.constructor ?? $lookup($, 'constructor')", ending: "value" },
  { name: "a function's properties", template: "$sum.constructor", ending: "refused" },
  { name: "a function's descendants", template: "$sum.**", ending: "refused" },
  { name: "a payload's function, called", template: "evil()", data: LAMBDA, ending: "refused" },
  { name: "a payload's function, handed over", template: "$map([1], evil)", data: LAMBDA, ending: "refused" },
  { name: "a payload's function in a path", template: "$each(evil)", data: LAMBDA, ending: "refused" },
  { name: "a payload's function, chained", template: "evil ~> $uppercase", data: LAMBDA, ending: FAILED },
  { name: "code as text", template: '$eval("1")', ending: "refused" },
  { name: "a division by zero", template: "1 / 0", ending: FAILED },
  { name: "a payload's 1e999", template: "o + 1", data: () => JSON.parse('{"o":1e999}') as object, ending: FAILED },
];

/** Work that natives do without a node of their own. */
const NATIVES: HostileCase[] = [
  {
    name: "loops in loops in loops",
    template:
      "$map([1..1000], function($i) { $map([1..1000], function($j) { $map([1..1000], function($k) { $k }) }) })",
    ending: BUDGET,
  },
  { name: "ranges in a loop", template: again("[1..5000]"), ending: BUDGET },
  { name: "a sort in a loop", template: again("$sort($$.o)"), data: WORDS, ending: BUDGET },
  { name: "a sort that never agrees", template: "$sort(o, function($l, $r) { true })", data: WORDS, ending: BUDGET },
  { name: "an order in a loop", template: again("$$.o^(>$)"), data: WORDS, ending: BUDGET },
  { name: "distinct values in a loop", template: again("$distinct($$.o)"), data: WORDS, ending: BUDGET },
  { name: "in over a long list", template: again("'z' in $$.o"), data: WORDS, ending: BUDGET },
  { name: "a list joined in a loop", template: again("$join($$.o, ', ')"), data: WORDS, ending: BUDGET },
  { name: "a list spread in a loop", template: again("$spread($$.o)"), data: ROWS, ending: BUDGET },
  { name: "a list merged in a loop", template: again("$merge($$.o)"), data: ROWS, ending: BUDGET },
  { name: "keys in a loop", template: again("$keys($$.o)"), data: OBJECTS, ending: BUDGET },
  { name: "a list zipped in a loop", template: again("$zip($$.o, $$.o, $$.o, $$.o)"), data: WORDS, ending: BUDGET },
  { name: "a list reversed in a loop", template: again("$reverse($$.o)"), data: WORDS, ending: BUDGET },
  { name: "functions handed over in a loop", template: again("$map($$.o, $uppercase)"), data: WORDS, ending: BUDGET },
  {
    name: "hashes in a loop",
    template: again("$sha256($$.o) & $md5($$.o) & $hmac($$.o, $$.o)"),
    data: TEXT,
    ending: BUDGET,
  },
  { name: "characters in a loop", template: again("$length($$.o)"), data: TEXT, ending: BUDGET },
  { name: "a text split in a loop", template: again("$split($$.o, '', 5000)"), data: TEXT, ending: BUDGET },
  { name: "a text replaced in a loop", template: again("$replace($$.o, 'a', 'b')"), data: TEXT, ending: BUDGET },
  { name: "a text sought in a text", template: "$contains(o, b)", data: TEXT, ending: BUDGET },
  { name: "a text sought by $substringBefore", template: "$substringBefore(o, b)", data: TEXT, ending: BUDGET },
  { name: "a text sought by $split", template: "$split(o, b)", data: TEXT, ending: BUDGET },
  { name: "a text sought by $replace", template: "$replace(o, b, 'x')", data: TEXT, ending: BUDGET },
  { name: "big lists compared", template: again("$$.o = $$.p"), data: ROWS, ending: BUDGET },
  { name: "big lists compared in a filter", template: "o[$ = $$.p]", data: ROWS, ending: BUDGET },
  { name: "the payload as text", template: "$string($$)", data: LISTS, ending: BUDGET },
  { name: "the payload appended to a text", template: "'' & o", data: LISTS, ending: BUDGET },
  {
    name: "the payload as text, many times over",
    template: "$map([1..5000], function($i) { $string($$.o[0]) })",
    data: LISTS,
    ending: BUDGET,
  },
  { name: "a name in lists of lists", template: again("$$.o.x"), data: LISTS, ending: BUDGET },
  { name: "$lookup in lists of lists", template: again("$lookup($$.o, 'x')"), data: LISTS, ending: BUDGET },
  { name: "a star over lists of lists", template: again("$$.*"), data: LISTS, ending: BUDGET },
  { name: "a star over objects", template: again("$$.o.*"), data: OBJECTS, ending: BUDGET },
  { name: "the truth of lists of lists", template: again("$$.o ? 1 : 2"), data: LISTS, ending: BUDGET },
  { name: "a list of a million", template: "$count(o)", data: LONG, ending: BUDGET },
  { name: "an item of a list of a million", template: "o[0] + 1", data: LONG, ending: BUDGET },
  { name: "an object of 200,000 names", template: "$count($keys(o))", data: WIDE, ending: BUDGET },
  { name: "the truth of 200,000 names", template: again("$$.o ? 1 : 2"), data: WIDE, ending: BUDGET },
  { name: "a name of 200,000", template: "o.n5 + 1", data: WIDE, ending: BUDGET },
  {
    name: "groups with huge names",
    template: "$map([1..200], function($i) { $$.o & $i }){$: 1}",
    data: TEXT,
    ending: BUDGET,
  },
  { name: "one group of everything", template: "$count(o{sku: $})", data: ROWS, ending: "value" },
  { name: "a group for each", template: "$count($keys(o{$string(id): 1}))", data: ROWS, ending: BUDGET },
  {
    name: "a value of 4,000 levels",
    template: "$reduce([1..4000], function($a, $i) { {'x': $a} }, {})",
    ending: BUDGET,
  },
  { name: "a list of 4,000 levels", template: "$reduce([1..4000], function($a, $i) { [[$a]] }, [])", ending: BUDGET },
  {
    name: "such a value as text",
    template: "$string($reduce([1..4000], function($a, $i) { {'x': $a} }, {}))",
    ending: BUDGET,
  },
  { name: "a sum that overflows", template: "$sum([1e308, 1e308])", ending: FAILED },
  { name: "a power that overflows", template: "$power(10, 309)", ending: FAILED },
  { name: "a root of minus one", template: "$power(-1, 0.5)", ending: FAILED },
  { name: "infinity in a picture", template: "$formatNumber(1 / 0, '0.0e0')", ending: FAILED },
  {
    name: "a payload's infinity in a picture",
    template: "$formatNumber(o, '0.0e0')",
    data: () => JSON.parse('{"o":1e999}') as object,
    ending: FAILED,
  },
  { name: "a picture of the payload", template: "$formatNumber(1, o)", data: TEXT, ending: "refused" },
  {
    name: "a picture with an empty separator",
    template: "$formatNumber(1, '0', {'grouping-separator': ''})",
    ending: "refused",
  },
  { name: "a picture with too many digits", template: `$formatNumber(1, '0.${"0".repeat(98)}')`, ending: "value" },
  { name: "a base of ten thousand", template: "$formatBase(1e300, 10000)", ending: FAILED },
  { name: "a large number in base two", template: "$formatBase(1e300, 2)", ending: "value" },
  { name: "a number with too many digits", template: "$number('1e999')", ending: FAILED },
  { name: "a rounding to a million places", template: "$round(1.5, 1000000)", ending: FAILED },
  { name: "predicates in predicates", template: again("$$.o[$ in $$.o]"), data: WORDS, ending: BUDGET },
  { name: "a predicate that binds", template: "o[($x := $; $x)]", data: WORDS, ending: BUDGET },
  { name: "a chain of 40 conditions", template: `${"o ?: ".repeat(40)}1`, ending: "value" },
  { name: "a chain of 60 conditions with bodies", template: `${"o ? 1 : ".repeat(61)}1`, ending: "refused" },
  { name: "4,000 minus signs", template: `${"-".repeat(3_999)}o`, ending: "refused" },
  { name: "4,000 signs of no operator", template: "!".repeat(4_000), ending: "refused" },
  { name: "a path of 2,000 names", template: `o${".b".repeat(1_999)} & ''`.slice(0, 4_000), ending: "value" },
  { name: "2,000 items", template: `[${"o,".repeat(1_998)}o]`, data: () => ({ o: 1 }), ending: "value" },
  {
    name: "300 names in an object, evaluated beside each other",
    template: `{${many(300, (i) => `'k${i}':o.p`).join(",")}}`,
    data: () => ({ o: { p: 1 } }),
    ending: "value",
  },
  { name: "$$ all over", template: "[$$, $$, $$, $$, $$, $$, $$, $$]", data: ROWS, ending: BUDGET },
  { name: "a comment of 3,900 characters", template: `1 /* ${"(".repeat(3_900)} */`, ending: "value" },
  {
    name: "dates in bad zones in a loop",
    template: "$map(o, function($z) { $date(0, 'yyyy', $z) })",
    data: WORDS,
    ending: FAILED,
  },
  {
    name: "dates in good ones",
    template: "$map([1..2000], function($i) { $date($i, 'yyyy-MM-dd HH:mm:ss', 'Europe/Oslo') })",
    ending: "value",
  },
  { name: "money in a loop", template: "$map([1..2000], function($i) { $money($i, 'JPY') })", ending: "value" },
];

/** Whole bodies. */
const BODIES: HostileCase[] = [
  {
    name: "a list in itself",
    template: { $each: "{{ o }}", $do: { $each: "{{ o }}", $as: "x", $do: "{{ missing }}" } },
    data: WORDS,
    ending: BUDGET,
  },
  {
    name: "a thousand paths for each item",
    template: { $each: "{{ o }}", $do: many(998, () => "{{ missing.a }}") },
    data: WORDS,
    ending: BUDGET,
  },
  {
    name: "the payload for each item",
    template: { $each: "{{ o }}", $do: "{{ $webhook }}" },
    data: ROWS,
    ending: "template_body_too_large",
  },
  {
    name: "an expression for each item beside 4,900 names",
    template: { $each: "{{ l }}", $do: "{{ item + 1 }}" },
    data: () => ({ l: many(4_900, (i) => i), ...named(4_900, () => 0) }),
    ending: BUDGET,
  },
  {
    name: "an expression for each of objects that double",
    template: { $each: "{{ $map([1..100], function($i) { $$ }) }}", $do: "{{ $string(item) }}" },
    data: ROWS,
    ending: BUDGET,
  },
  { name: "900 texts of 200,000", template: { a: "{{ o }}".repeat(900) }, data: TEXT, ending: BUDGET },
  {
    name: "900 texts of 200,000, by expressions",
    template: { a: "{{ $uppercase(o) }}".repeat(900) },
    data: TEXT,
    ending: BUDGET,
  },
];

export const HOSTILE_CASES: readonly HostileCase[] = [...KNOWN, ...NATIVES, ...BODIES];
