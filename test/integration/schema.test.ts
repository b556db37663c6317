import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { tableJsonSchema } from "../../cli/table-schema.ts";

it("the published JSON Schema of the routing table is the one its Valibot schema gives", () => {
  expect(readFileSync("schema/routing-table.schema.json", "utf8")).toBe(tableJsonSchema());
});
