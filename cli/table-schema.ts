// JSON Schemas of what people write, made from the Valibot schemas that validate it, for editors and for the published
// files in schema/.

import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { RoutingTableSchema } from "../src/routing/table.ts";
import { TableTestsSchema } from "./table-tests/schema.ts";

/** The routing table's JSON Schema as text, ready to write to a file. */
export function tableJsonSchema(): string {
  return jsonSchema("Signalbox routing table", RoutingTableSchema);
}

/** The JSON Schema of a table's tests. */
export function testsJsonSchema(): string {
  return jsonSchema("Signalbox table tests", TableTestsSchema);
}

function jsonSchema(title: string, source: GenericSchema): string {
  const schema = toJsonSchema(source, { typeMode: "input", errorMode: "ignore", target: "draft-2020-12" });
  return `${JSON.stringify({ title, ...schema }, null, 2)}\n`;
}
