// The routing table's JSON Schema, made from the Valibot schema that validates it, for editors and for the published
// file in schema/.

import { toJsonSchema } from "@valibot/to-json-schema";
import { RoutingTableSchema } from "../src/routing/table.ts";

/** The JSON Schema as text, ready to write to a file. */
export function tableJsonSchema(): string {
  const schema = toJsonSchema(RoutingTableSchema, { typeMode: "input", errorMode: "ignore", target: "draft-2020-12" });
  return `${JSON.stringify({ title: "Signalbox routing table", ...schema }, null, 2)}\n`;
}
