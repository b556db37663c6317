// Nodes of the template language: $each, $if, $secret, and what becomes of missing values under each policy.

import { describe, expect, it } from "vitest";
import { bodyOf, bodyText, DATA, issuesOf, render } from "./run.ts";

const data = {
  ...DATA,
  carts: [
    { id: "c1", lines: [{ sku: "a" }, { sku: "b" }] },
    { id: "c2", lines: [] },
    { id: "c3", lines: [{ sku: "c" }] },
  ],
  scalar: "one",
  many: Array.from({ length: 5_000 }, (_, index) => index),
  tooMany: Array.from({ length: 5_001 }, (_, index) => index),
};

describe("$each", () => {
  it.each([
    ["a plain path", { $each: "{{ order.items }}", $do: "{{ item.sku }}" }, ["lamp", "wick"]],
    ["an expression", { $each: "{{ order.items[price > 2000] }}", $do: "{{ item.sku }}" }, ["lamp"]],
    [
      "a name of its own",
      { $each: "{{ order.items }}", $as: "line", $do: { sku: "{{ line.sku }}", item: "{{ item }}" } },
      [{ sku: "lamp" }, { sku: "wick" }],
    ],
    ["expressions in its items", { $each: "{{ numbers }}", $do: "{{ item * 10 }}" }, [30, 10, 20]],
    ["a text in its items", { $each: "{{ words }}", $do: "<{{ item }}>" }, ["<b>", "<a>", "<c>", "<a>"]],
    [
      "fixed items",
      { $each: "{{ words }}", $do: { fixed: 1 } },
      [{ fixed: 1 }, { fixed: 1 }, { fixed: 1 }, { fixed: 1 }],
    ],
    ["a list in each item", { $each: "{{ numbers }}", $do: ["{{ item }}", "{{ missing }}"] }, [[3], [1], [2]]],
    ["items without a value, which are left out", { $each: "{{ order.items }}", $do: "{{ item.missing }}" }, []],
    ["an empty list", { $each: "{{ order.none }}", $do: "{{ item }}" }, []],
    ["a single value, a list of one", { $each: "{{ scalar }}", $do: "{{ item }}" }, ["one"]],
    ["a single object", { $each: "{{ order.items[0] }}", $do: "{{ item.sku }}" }, ["lamp"]],
    ["what an expression has made single", { $each: "{{ order.one.sku & '' }}", $do: "{{ item }}" }, ["lamp"]],
    [
      "the event beside the item",
      { $each: "{{ order.items[0] }}", $do: "{{ item.sku & order.currency & $webhook.data.id }}" },
      ["lampEURr_1"],
    ],
    ["names that hide names of data", { $each: "{{ words }}", $as: "order", $do: "{{ order }}" }, ["b", "a", "c", "a"]],
    [
      "hidden names that $webhook still reads",
      { $each: "{{ numbers }}", $as: "id", $do: "{{ $webhook.data.id }}" },
      ["r_1", "r_1", "r_1"],
    ],
  ])("makes a list from %s", async (_name, body, value) => {
    expect(await bodyOf({ body }, data)).toEqual(value);
  });

  it("stands in other lists, with the names of all around it", async () => {
    const body = {
      $each: "{{ carts }}",
      $as: "cart",
      $do: {
        id: "{{ cart.id }}",
        lines: { $each: "{{ cart.lines }}", $as: "line", $do: "{{ cart.id & '/' & line.sku }}" },
        plain: { $each: "{{ cart.lines }}", $do: { sku: "{{ item.sku }}", cart: "{{ cart.id }}" } },
      },
    };
    expect(await bodyOf({ body }, data)).toEqual([
      {
        id: "c1",
        lines: ["c1/a", "c1/b"],
        plain: [
          { sku: "a", cart: "c1" },
          { sku: "b", cart: "c1" },
        ],
      },
      { id: "c2", lines: [], plain: [] },
      { id: "c3", lines: ["c3/c"], plain: [{ sku: "c", cart: "c3" }] },
    ]);
  });

  it("hides the name of an outer list with its own, and gives it back behind it", async () => {
    const inner = { $each: "{{ item.lines }}", $do: "{{ item.sku }}" };
    const body = { $each: "{{ carts }}", $do: { inner, outer: "{{ item.id }}", again: "{{ item.id & '' }}" } };
    expect(await bodyOf({ body }, data)).toEqual([
      { inner: ["a", "b"], outer: "c1", again: "c1" },
      { inner: [], outer: "c2", again: "c2" },
      { inner: ["c"], outer: "c3", again: "c3" },
    ]);
  });

  it("knows the item's name only inside", async () => {
    const body = { list: { $each: "{{ words }}", $do: 1 }, plain: "{{ item }}", expression: "{{ item ?? 'none' }}" };
    expect(await bodyOf({ body }, data)).toEqual({ list: [1, 1, 1, 1], expression: "none" });
  });

  it.each([
    ["as many items as a list may have", "{{ many }}", 5_000],
    ["no more", "{{ tooMany }}", undefined],
  ])("takes %s", async (_name, list, count) => {
    const rendered = await render({ body: { all: { $each: list, $do: 1 } } }, data);
    if (count === undefined) {
      expect(rendered).toEqual({
        ok: false,
        reason: "template_budget_exceeded",
        detail: "request.body.all: it has a list of more than 5000 values, or an object of as many names",
      });
    } else expect(rendered).toMatchObject({ ok: true, value: { body: [`{"all":[${"1,".repeat(count - 1)}1]}`] } });
  });

  it("counts its items, and what is made of each, as steps", async () => {
    const square = { $each: "{{ many }}", $do: { $each: "{{ many }}", $as: "other", $do: "{{ missing }}" } };
    const wide = { $each: "{{ many }}", $do: Array.from({ length: 900 }, () => "{{ missing }}") };
    for (const body of [square, wide]) {
      expect(await render({ body }, data)).toMatchObject({
        ok: false,
        reason: "template_budget_exceeded",
        detail: expect.stringMatching(/^request\.body(?:\.\$do)?: it takes more than 20000 steps$/),
      });
    }
  });
});

describe("$if", () => {
  it.each([
    ["true", "{{ order.amount > 100 }}", "yes"],
    ["false", "{{ order.amount < 100 }}", "no"],
    ["a text", "{{ customer.name }}", "yes"],
    ["an empty text", "{{ customer.note }}", "no"],
    ["the text false", "{{ 'false' & '' }}", "yes"],
    ["zero", "{{ 1 - 1 }}", "no"],
    ["another number", "{{ customer.age }}", "yes"],
    ["null", "{{ customer.nickname }}", "no"],
    ["a missing value", "{{ missing }}", "no"],
    ["an object", "{{ customer }}", "yes"],
    ["an empty object", "{{ {} }}", "no"],
    ["a list", "{{ words }}", "yes"],
    ["a list with nothing true in it", "{{ [0] }}", "yes"],
    ["an empty list", "{{ order.none }}", "no"],
    ["an empty list of an expression", "{{ [] }}", "no"],
    ["what a filter found", "{{ order.items[sku = 'lamp'] }}", "yes"],
    ["what a filter did not find", "{{ order.items[sku = 'x'] }}", "no"],
  ])("asks whether there is something: %s", async (_name, condition, value) => {
    expect(await bodyOf({ body: { $if: condition, $then: "yes", $else: "no" } })).toBe(value);
  });

  it("leaves its key out where nothing stands for it, and its element from a list", async () => {
    const no = { $if: "{{ missing }}", $then: 1 };
    expect(await bodyText({ body: { a: no, b: [no, 2, no], c: 3 } })).toBe('{"b":[2],"c":3}');
  });

  it("evaluates only the branch that stands", async () => {
    const fails = "{{ $required(missing, 'never') }}";
    expect(await bodyOf({ body: { $if: "{{ id }}", $then: 1, $else: fails } })).toBe(1);
    expect(await bodyOf({ body: { $if: "{{ missing }}", $then: fails, $else: 2 } })).toBe(2);
  });

  it("takes any node in its branches, secrets too", async () => {
    const body = {
      a: { $if: "{{ id }}", $then: { $secret: "CRM_KEY" } },
      b: { $if: "{{ missing }}", $then: 1, $else: { $each: "{{ numbers }}", $do: "{{ item }}" } },
      c: { $if: "{{ id }}", $then: { $if: "{{ missing }}", $then: 1, $else: { d: "{{ id }}" } } },
    };
    expect(await bodyText({ body })).toBe('{"a":<CRM_KEY>,"b":[3,1,2],"c":{"d":"r_1"}}');
  });
});

describe("a node is refused", () => {
  const WHOLE = "expected one expression: {{ order.items }}";
  const NAME = "expected a name for the list's item: letters, digits and _";

  it.each([
    ["$each without an expression", { $each: "items", $do: 1 }, [`.$each: ${WHOLE}`]],
    ["$each of a text with one", { $each: "a {{ items }}", $do: 1 }, [`.$each: ${WHOLE}`]],
    ["$each of a list", { $each: ["{{ items }}"], $do: 1 }, [`.$each: ${WHOLE}`]],
    [
      "$each of a broken one",
      { $each: "{{ items + }}", $do: 1 },
      [".$each: character 10: the expression ends too early"],
    ],
    ["$each without $do", { $each: "{{ items }}" }, [": $each needs $do: what is made of each item"]],
    ["$each with a stray key", { $each: "{{ items }}", $do: 1, sku: 2 }, [".sku: sku cannot stand beside $each"]],
    ["$each with $then", { $each: "{{ items }}", $do: 1, $then: 2 }, [".$then: $then cannot stand beside $each"]],
    ["$as that is no name", { $each: "{{ items }}", $as: "my item", $do: 1 }, [`.$as: ${NAME}`]],
    ["$as with a $", { $each: "{{ items }}", $as: "$item", $do: 1 }, [`.$as: ${NAME}`]],
    ["$as of JavaScript's", { $each: "{{ items }}", $as: "__proto__", $do: 1 }, [`.$as: ${NAME}`]],
    ["$as that is a number", { $each: "{{ items }}", $as: 1, $do: 1 }, [`.$as: ${NAME}`]],
    ["$as with an expression", { $each: "{{ items }}", $as: "{{ id }}", $do: 1 }, [`.$as: ${NAME}`]],
    ["$if without an expression", { $if: true, $then: 1 }, [`.$if: ${WHOLE}`]],
    ["$if without $then", { $if: "{{ id }}", $else: 1 }, [": $if needs $then: what stands here when it holds"]],
    ["$if with $do", { $if: "{{ id }}", $then: 1, $do: 2 }, [".$do: $do cannot stand beside $if"]],
    [
      "$if with a secret beside it",
      { $if: "{{ id }}", $then: 1, $secret: "A" },
      [".$secret: $secret cannot stand beside $if"],
    ],
    ["$then alone", { $then: 1 }, [".$then: $then stands only beside $each or $if"]],
    ["$else alone", { a: 1, $else: 2 }, [".$else: $else stands only beside $each or $if"]],
    [
      "$do and $as alone",
      { $do: 1, $as: "a" },
      [".$do: $do stands only beside $each or $if", ".$as: $as stands only beside $each or $if"],
    ],
    [
      "a secret with another key",
      { $secret: "CRM_KEY", a: 1 },
      [".a: a cannot stand beside $secret", ': $secret stands alone and names a secret: { "$secret": "NAME" }'],
    ],
    [
      "problems inside nodes, each at its place",
      { $if: "{{ id }}", $then: "{{ a", $else: { $each: "{{ b", $do: "{{ c" } },
      [
        ".$else.$each: character 1: this {{ has no }}; write \\{{ for a literal {{",
        ".$else.$do: character 1: this {{ has no }}; write \\{{ for a literal {{",
        ".$then: character 1: this {{ has no }}; write \\{{ for a literal {{",
      ],
    ],
  ])("that is %s", (_name, node, issues) => {
    expect(issuesOf({ body: { it: node } })).toEqual(issues.map((issue) => `request.body.it${issue}`));
  });

  it.each([
    [
      "in an expression",
      { a: "{{ $secret('CRM_KEY') }}" },
      "request.body.a: character 4: there is no function $secret",
    ],
    [
      "as a name in one",
      { a: "{{ $secret & '' }}" },
      "request.body.a: character 4: there is no $secret here; there is $webhook, $settings",
    ],
  ])("when a secret is asked for %s", (_name, body, issue) => {
    expect(issuesOf({ body })).toEqual([issue]);
  });
});

describe("a missing value", () => {
  const body = {
    path: "{{ missing }}",
    expression: "{{ $uppercase(missing) }}",
    list: ["{{ missing }}", 1],
    each: { $each: "{{ missing }}", $do: 1 },
    nothing: { $each: "{{ customer.nickname }}", $do: 1 },
    no: { $if: "{{ missing }}", $then: 1 },
    text: "<{{ missing }}>",
    null: "{{ customer.nickname }}",
    empty: "{{ customer.note }}",
  };

  it("is left out when nobody says otherwise", async () => {
    const left = { list: [1], text: "<>", null: null, empty: "" };
    expect(await bodyOf({ body })).toEqual(left);
    expect(await bodyOf({ body, missing: "omit" })).toEqual(left);
  });

  it("is null by that policy, but not where an $if leaves something out", async () => {
    expect(await bodyOf({ body, missing: "null" })).toEqual({
      path: null,
      expression: null,
      list: [null, 1],
      each: null,
      nothing: null,
      text: "<>",
      null: null,
      empty: "",
    });
    expect(await bodyOf({ body: "{{ missing }}", missing: "null" })).toBeNull();
  });

  it.each([
    ["a plain path", { a: "{{ missing }}" }, "request.body.a"],
    ["an expression", { a: "{{ $uppercase(missing) }}" }, "request.body.a"],
    ["an element", ["{{ missing }}"], "request.body.0"],
    ["a list", { a: { $each: "{{ missing }}", $do: 1 } }, "request.body.a"],
    ["a list that is null", { a: { $each: "{{ customer.nickname }}", $do: 1 } }, "request.body.a"],
    ["an item", { $each: "{{ words }}", $do: "{{ item.x }}" }, "request.body.$do"],
    ["the whole body", "{{ missing }}", "request.body"],
  ])("fails the delivery by the third policy: %s", async (_name, source, place) => {
    expect(await render({ body: source, missing: "error" })).toEqual({
      ok: false,
      reason: "template_value_missing",
      detail: `${place}: a value that must be there is missing in this event`,
    });
  });

  it("is none of these by the third policy: null, empty, part of a text, nothing by $if", async () => {
    const { null: nothing, empty, text, no } = body;
    expect(await bodyOf({ body: { nothing, empty, text, no }, missing: "error" })).toEqual({
      nothing: null,
      empty: "",
      text: "<>",
    });
  });

  it.each(["{{ missing }}", { $if: "{{ missing }}", $then: 1 }, { $each: "{{ missing }}", $do: 1 }])(
    "fails the delivery when it is the whole body: %j",
    async (whole) => {
      expect(await render({ body: whole })).toEqual({
        ok: false,
        reason: "template_value_missing",
        detail: "request.body: the whole body is missing in this event",
      });
    },
  );
});
