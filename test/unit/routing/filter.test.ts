import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { compileFilter, ConditionSchema, failedCondition, type Condition } from "../../../src/routing/filter.ts";
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

/** The first of the conditions that does not hold for the sendout. */
function firstFailed(...conditions: Condition[]): Condition | undefined {
  const filter = compileFilter(conditions, (_index, message) => {
    throw new Error(message);
  });
  return failedCondition(filter, sendout);
}

const CASES: [Condition["op"], string, unknown, boolean][] = [
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
  it.each(CASES)("judges %s on %s with %j as %s", (op, path, value, expected) => {
    const condition = v.parse(ConditionSchema, { path, op, value });
    expect(firstFailed(condition)).toEqual(expected ? undefined : condition);
  });

  it("wants every condition to hold, and names the first that does not", () => {
    const first: Condition = { path: "paid", op: "eq", value: true };
    const second: Condition = { path: "amount", op: "gt", value: 500 };
    const third: Condition = { path: "missing", op: "exists", value: true };
    expect(firstFailed(first)).toBeUndefined();
    expect(firstFailed(first, second, third)).toEqual(second);
    expect(firstFailed(first, third, second)).toEqual(third);
  });

  it("lets everything pass an empty filter", () => {
    expect(firstFailed()).toBeUndefined();
  });
});

describe("compileFilter", () => {
  it("reports every path it cannot read, by position", () => {
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
  ])("refuses %s", (_name, condition) => {
    expect(v.safeParse(ConditionSchema, condition).success).toBe(false);
  });
});
