import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tableJsonSchema, testsJsonSchema } from "../../cli/table-schema.ts";

it.each([
  ["routing-table", tableJsonSchema],
  ["table-tests", testsJsonSchema],
])("the published JSON Schema %s is the one its Valibot schema gives", (name, make) => {
  expect(readFileSync(`schema/${name}.schema.json`, "utf8")).toBe(make());
});
