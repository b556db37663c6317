import { describe, expect, it } from "vitest";
import { failureOf, valueOf } from "../run.ts";

const data = {
  price: 12_345,
  zero: 0,
  debt: -5,
  text: "12",
  empty: "",
  nil: null,
  no: false,
  none: [],
  one: [{ sku: "lamp" }],
  object: { a: 1, b: { c: [1] } },
  list: [1, "1", 1, { a: 1 }, { a: 1 }, null, null, [1], [1], true],
  currency: "kwd",
};

describe.each<[string, [string, unknown][]]>([
  [
    "$money",
    [
      ["$money(price)", 123.45],
      ["$money(7000)", 70],
      ["$money(1)", 0.01],
      ["$money(price, 'EUR')", 123.45],
      ["$money(price, 'JPY')", 12_345],
      ["$money(price, 'KWD')", 12.345],
      ["$money(price, currency)", 12.345],
      ["$money(price, 'XYZ')", 123.45],
      ["$money(price, 0)", 12_345],
      ["$money(price, 4)", 1.2345],
      ["$money(price, missing)", 123.45],
      ["$money(zero)", 0],
      ["$money(debt)", -0.05],
      ["$money(missing)", undefined],
      ["$money(nil)", undefined],
      ["$money(nil, 'EUR')", undefined],
    ],
  ],
  [
    "$list",
    [
      ["$list(one.sku)", ["lamp"]],
      ["$list(one)", [{ sku: "lamp" }]],
      ["$list(text)", ["12"]],
      ["$list(none)", []],
      ["$list(missing)", []],
      ["$list(nil)", [null]],
      ["$list(object)", [{ a: 1, b: { c: [1] } }]],
    ],
  ],
  [
    "$text",
    [
      ["$text(text)", "12"],
      ["$text(price)", "12345"],
      ["$text(0.1 + 0.2)", "0.30000000000000004"],
      ["$text(no)", "false"],
      ["$text(zero)", "0"],
      ["$text(empty)", ""],
      ["$text(one)", '[{"sku":"lamp"}]'],
      ["$text(one.sku)", "lamp"],
      ["$text(none)", "[]"],
      ["$text(object)", '{"a":1,"b":{"c":[1]}}'],
      ["$text(missing)", undefined],
      ["$text(missing.more)", undefined],
      ["$text(nil)", null],
      ["$default($text(nil), 'none')", "none"],
      ["[1, 2] ~> $map($text)", ["1", "2"]],
    ],
  ],
  [
    "$distinct",
    [
      ["$distinct(list)", [1, "1", { a: 1 }, null, [1], true]],
      ["$distinct(['a', 'a'])", ["a"]],
      ["$distinct(text)", "12"],
      ["$distinct(missing)", undefined],
    ],
  ],
  [
    "$required",
    [
      ["$required(price)", 12_345],
      ["$required(zero, 'no')", 0],
      ["$required(no)", false],
      ["$required(none)", []],
    ],
  ],
  [
    "$default",
    [
      ["$default(missing, nil, empty, text, price)", "12"],
      ["$default(zero, 1)", 0],
      ["$default(no, true)", false],
      ["$default(none, 1)", []],
      ["$default(missing)", undefined],
      ["$default(missing, nil)", undefined],
    ],
  ],
])("%s", (_name, cases) => {
  it.each(cases)("gives for %s", async (expression, value) => {
    expect(await valueOf(expression, data)).toEqual(value);
  });
});

describe("a function about values fails", () => {
  it.each([
    ["$money(text)", "template_expression_failed: $money takes a number"],
    ["$money(no)", "template_expression_failed: $money takes a number"],
    ["$money(none)", "template_expression_failed: $money takes a number"],
    ["$money(price, 'EURO')", "template_expression_failed: $money takes a currency of three letters, like EUR"],
    ["$money(price, '€')", "template_expression_failed: $money takes a currency of three letters, like EUR"],
    ["$money(price, nil)", "template_expression_failed: $money takes a currency of three letters, like EUR"],
    ["$money(price, object)", "template_expression_failed: $money takes a text"],
    ["$money(price, 5)", "template_expression_failed: $money takes a whole number from 0 to 4 there"],
    ["$money(price, -1)", "template_expression_failed: $money takes a whole number from 0 to 4 there"],
    ["$required(missing)", "template_value_required: a value that must be there is missing in this event"],
    ["$required(nil, 'no id')", "template_value_required: no id"],
    ['$required(empty, "it\'s empty")', "template_value_required: it's empty"],
    ["missing ~> $required('no id')", "template_value_required: no id"],
  ])("for %s", async (expression, failure) => {
    expect(await failureOf(expression, data)).toBe(failure);
  });
});
