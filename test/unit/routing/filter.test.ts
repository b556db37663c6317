import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { compileFilter, ConditionSchema, failedCondition, type Condition } from "../../../src/routing/filter.ts";
import type { PlainCondition } from "../../../src/translation/condition.ts";
import { createSendout } from "../../fixtures/sendout.ts";

const sendout = createSendout({
  data: {
    name: "Zoë",
    code: "AUTUMN-15",
    amount: 100,
    zero: 0,
    text: "100",
    paid: true,
    unpaid: false,
    coupon: null,
    empty: "",
    tags: ["vip", 7, null, true],
    address: { city: "Łódź" },
    event: "data's own",
  },
});

const RECEIVED_AT = Date.UTC(2026, 9, 5, 8, 15, 31);

/** The first of the conditions that does not hold for the sendout. */
async function firstFailed(...conditions: Condition[]): Promise<Condition | undefined> {
  const filter = compileFilter(conditions, (_index, message) => {
    throw new Error(message);
  });
  return (await failedCondition(filter, sendout, RECEIVED_AT))?.condition;
}

const CASES: [PlainCondition["op"], string, unknown, boolean][] = [
  ["eq", "name", "Zoë", true],
  ["eq", "name", "zoë", false],
  ["eq", "amount", 100, true],
  ["eq", "amount", "100", false],
  ["eq", "text", 100, false],
  ["eq", "paid", true, true],
  ["eq", "paid", "true", false],
  ["eq", "unpaid", null, false],
  ["eq", "zero", false, false],
  ["eq", "empty", null, false],
  ["eq", "coupon", null, true],
  ["eq", "missing", null, true],
  ["eq", "missing.more", null, true],
  ["eq", "coupon", "null", false],
  ["eq", "address", "Łódź", false],
  ["ne", "name", "Zoë", false],
  ["ne", "name", "Zoe", true],
  ["ne", "missing", "x", true],
  ["ne", "coupon", "x", true],
  ["ne", "missing", null, false],
  ["ne", "coupon", null, false],
  ["ne", "empty", null, true],
  ["gt", "amount", 99.5, true],
  ["gt", "amount", 100, false],
  ["gte", "amount", 100, true],
  ["gte", "amount", 100.5, false],
  ["lt", "amount", 100.5, true],
  ["lt", "amount", 100, false],
  ["lte", "amount", 100, true],
  ["lte", "amount", 99, false],
  ["gt", "text", 1, false],
  ["lt", "missing", 1, false],
  ["lte", "missing", 0, false],
  ["gte", "coupon", 0, false],
  ["lt", "coupon", 1, false],
  ["gt", "unpaid", -1, false],
  ["in", "name", ["Zoe", "Zoë"], true],
  ["in", "name", ["Zoe"], false],
  ["in", "amount", ["100", 100], true],
  ["in", "amount", ["100"], false],
  ["in", "missing", ["x", null], true],
  ["in", "coupon", [null], true],
  ["in", "missing", ["x"], false],
  ["in", "name", [], false],
  ["contains", "code", "AUTUMN", true],
  ["contains", "code", "autumn", false],
  ["contains", "code", 15, true],
  ["contains", "tags", "vip", true],
  ["contains", "tags", "vi", false],
  ["contains", "tags", 7, true],
  ["contains", "tags", "7", false],
  ["contains", "tags", null, true],
  ["contains", "tags", true, true],
  ["contains", "tags", false, false],
  ["contains", "amount", 1, false],
  ["contains", "address", "city", false],
  ["contains", "missing", "x", false],
  ["contains", "coupon", "null", false],
  ["exists", "name", true, true],
  ["exists", "name", false, false],
  ["exists", "zero", true, true],
  ["exists", "unpaid", true, true],
  ["exists", "empty", true, true],
  ["exists", "missing", true, false],
  ["exists", "missing", false, true],
  ["exists", "coupon", true, false],
  ["exists", "coupon", false, true],
  ["exists", "constructor", true, false],
  ["exists", "tags[0]", true, true],
  ["exists", "tags[2]", true, false],
  ["exists", "tags[4]", true, false],
  ["exists", "tags.length", true, false],
  ["gt", "tags.length", 0, false],
  ["eq", "address.city", "Łódź", true],
  ["eq", "tags.0", "vip", true],
  ["eq", "event", "data's own", true],
  ["eq", "$webhook.event.type", "redemption.succeeded", true],
  ["eq", "$webhook.source.object", "distribution", false],
];

describe("failedCondition", () => {
  it.each(CASES)("judges %s on %s with %j as %s", async (op, path, value, expected) => {
    const condition = v.parse(ConditionSchema, { path, op, value });
    expect(await firstFailed(condition)).toEqual(expected ? undefined : condition);
  });

  it("wants every condition to hold, and names the first that does not", async () => {
    const first: Condition = { path: "paid", op: "eq", value: true };
    const second: Condition = { path: "amount", op: "gt", value: 500 };
    const third: Condition = { path: "missing", op: "exists", value: true };
    expect(await firstFailed(first)).toBeUndefined();
    expect(await firstFailed(first, second, third)).toEqual(second);
    expect(await firstFailed(first, third, second)).toEqual(third);
  });

  it("lets everything pass an empty filter", async () => {
    expect(await firstFailed()).toBeUndefined();
  });
});

describe("an expression as a condition", () => {
  it.each([
    ["{{ amount > 50 and paid }}", true],
    ["{{ amount > 100 }}", false],
    ["{{ paid }}", true],
    ["{{ $contains(code, 'AUTUMN') }}", true],
    ["{{ 'vip' in tags }}", true],
    ["{{ $webhook.event.type = 'redemption.succeeded' }}", true],
    // Only true is a yes: a text or number that is there would be one by accident.
    ["{{ name }}", false],
    ["{{ amount }}", false],
    ["{{ missing }}", false],
    ["{{ coupon }}", false],
  ])("%s holds: %s", async (condition, expected) => {
    expect(await firstFailed(condition)).toEqual(expected ? undefined : condition);
  });

  it("is a no with its reason when it cannot be answered, and never repeats what it found", async () => {
    const filter = compileFilter(["{{ name + 1 > 0 }}"], (_index, message) => {
      throw new Error(message);
    });
    expect(await failedCondition(filter, sendout, RECEIVED_AT)).toEqual({
      condition: "{{ name + 1 > 0 }}",
      failure: {
        code: "template_expression_failed",
        message: "the left side of an arithmetic operator is no number",
      },
    });
    const asked = compileFilter(["{{ $required(missing, 'no customer') }}"], () => undefined);
    expect(await failedCondition(asked, sendout, RECEIVED_AT)).toMatchObject({
      failure: { code: "template_value_required", message: "no customer" },
    });
  });

  it("stands beside plain conditions, and all must hold", async () => {
    const plain: Condition = { path: "paid", op: "eq", value: true };
    expect(await firstFailed(plain, "{{ amount = 100 }}")).toBeUndefined();
    expect(await firstFailed(plain, "{{ amount = 101 }}")).toBe("{{ amount = 101 }}");
  });

  it.each([
    ["amount > 50", "expected one expression: {{ order.total_amount > 1000 }}"],
    ["{{ paid }} and {{ paid }}", "expected one expression: {{ order.total_amount > 1000 }}"],
    ["{{ amount > }}", "character 11: the expression ends too early"],
    ["{{ $eval('1') }}", "character 4: there is no function $eval"],
  ])("%s is refused: %s", (condition, message) => {
    const issues: [number, string][] = [];
    expect(compileFilter([condition], (index, text) => issues.push([index, text]))).toEqual([]);
    expect(issues).toEqual([[0, message]]);
  });
});

describe("compileFilter", () => {
  it("reports every path it cannot read, by position", async () => {
    const issues: [number, string][] = [];
    compileFilter(
      [
        { path: "a.", op: "exists", value: true },
        { path: "a", op: "exists", value: true },
        { path: "", op: "exists", value: true },
      ],
      (index, message) => issues.push([index, message]),
    );
    expect(issues).toEqual([
      [0, '"a." is not a plain path (character 2); write names with dots, like customer.name'],
      [2, "the path is empty"],
    ]);
  });
});

describe("ConditionSchema", () => {
  it.each([
    ["an unknown op", { path: "a", op: "like", value: "x" }],
    ["a regular expression", { path: "a", op: "matches", value: "^x" }],
    ["no op", { path: "a", value: "x" }],
    ["no value", { path: "a", op: "eq" }],
    ["a path that is no text", { path: 1, op: "eq", value: 1 }],
    ["a size that is text", { path: "a", op: "gt", value: "1" }],
    ["a list for eq", { path: "a", op: "eq", value: ["x"] }],
    ["a scalar for in", { path: "a", op: "in", value: "x" }],
    ["an object in the list of in", { path: "a", op: "in", value: [{}] }],
    ["a text for exists", { path: "a", op: "exists", value: "yes" }],
    ["an unknown key", { path: "a", op: "eq", value: 1, not: true }],
  ])("refuses %s", async (_name, condition) => {
    expect(v.safeParse(ConditionSchema, condition).success).toBe(false);
  });
});
