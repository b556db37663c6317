// `npm run generate`: rewrites what is made from the source and committed: the routing table's JSON Schema and the
// types of the bindings in wrangler.toml.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tableJsonSchema } from "../cli/table-schema.ts";

writeFileSync("schema/routing-table.schema.json", tableJsonSchema());
const { status } = spawnSync("wrangler", ["types", "--include-runtime=false", "--env-file", "/dev/null"], {
  stdio: "inherit",
  env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}` },
});
process.exit(status ?? 1);
