// Which expressions of a request somebody sees at once.

import { expect, test } from "vitest";
import { divide, type Entry } from "../../../src/dashboard/pages/builder/trace-parts.ts";

const written: Entry = { place: "request.body.text", expression: "customer.name", value: "Mira" };
const brought: Entry = { place: "request.body.code", expression: "$replace(voucher.code, '<', '')", value: "A-1" };
const empty: Entry = { place: "request.body.tier", expression: "promotion_tier.name", empty: "it is null" };
const failed: Entry = { place: "request.url", expression: "$required(customer.id, 'no id')", error: "no id" };

test("a recipe's own expressions stand apart, but for those that gave nothing, which come first", () => {
  expect(divide([written, brought, empty, failed], ["Hello {{ customer.name }}", ""])).toEqual({
    shown: [empty, failed, written],
    ofRecipe: [brought],
  });
});

test("without a recipe every expression is somebody's own", () => {
  expect(divide([brought, written, empty], undefined)).toEqual({ shown: [empty, brought, written], ofRecipe: [] });
});
