// Writes the routing table's JSON Schema from the schema that validates it.

import { writeFileSync } from "node:fs";
import { tableJsonSchema } from "../cli/table-schema.ts";

writeFileSync(new URL("../schema/routing-table.schema.json", import.meta.url), tableJsonSchema());
