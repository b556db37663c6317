import { expect, test } from "vitest";
import {
  fieldsWith,
  parentsOf,
  rowsOf,
  type CataloguedField,
} from "../../../src/dashboard/pages/builder/field-rows.ts";

const field = (path: string, meaning = ""): CataloguedField => ({
  path,
  kind: "text",
  nullable: false,
  presence: "optional",
  meaning,
});

const CATALOGUED = [
  field("customer"),
  field("customer.name", "Full name"),
  field("order"),
  field("order.items"),
  field("order.items[].price"),
  field("$webhook.id"),
];

const DATA = {
  customer: { name: "Kim", metadata: { "shoe size": 39 } },
  order: { items: [{ price: 5 }, { price: 6 }] },
  extra: null,
};

const fields = fieldsWith(CATALOGUED, { envelope: { id: "whs_1", data: DATA }, data: DATA });

test("each field has the value of the event that is looked at, of a list the first", () => {
  const values = Object.fromEntries(fields.map(({ path, value }) => [path, value]));
  expect(values).toMatchObject({ "customer.name": "Kim", "order.items[].price": 5, "$webhook.id": "whs_1" });
});

test("what the event has beside the catalogue comes along, with names as templates write them", () => {
  expect(fields.map(({ path }) => path).slice(CATALOGUED.length)).toEqual([
    "customer.metadata",
    "customer.metadata.`shoe size`",
    "order.items[]",
    "extra",
  ]);
  expect(fields.at(-1)).toMatchObject({ nullable: true, kind: "null" });
});

test("without an event there are the catalogue's fields", () => {
  expect(fieldsWith(CATALOGUED, undefined).map(({ value }) => value)).toEqual(CATALOGUED.map(() => undefined));
});

const names = (open: readonly string[], sought = "") =>
  rowsOf(fieldsWith(CATALOGUED, undefined), (path) => open.includes(path), sought).map(
    ({ name, depth }) => `${" ".repeat(depth)}${name}`,
  );

test("what is below a closed field is not to be seen", () => {
  expect(names([])).toEqual(["customer", "order"]);
  expect(names(["customer"])).toEqual(["customer", " name", "order"]);
  expect(names(["order", "order.items"])).toEqual(["customer", "order", " items", "  price"]);
});

test("a search shows what fits by name or meaning, and the way there", () => {
  expect(names([], "PRICE")).toEqual(["order", " items", "  price"]);
  expect(names([], "full customer")).toEqual(["customer", " name"]);
  expect(names([], "nothing like it")).toEqual([]);
});

test("the fields above a field, through lists", () => {
  expect(parentsOf("order.items[].price")).toEqual(["order", "order.items"]);
});
