// `npm run generate`: rewrites what is made from the source and committed: the JSON Schemas of the routing table and of
// its tests, and the types of the bindings in wrangler.toml.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tableJsonSchema, testsJsonSchema } from "../cli/table-schema.ts";

writeFileSync("schema/routing-table.schema.json", tableJsonSchema());
writeFileSync("schema/table-tests.schema.json", testsJsonSchema());
const { status } = spawnSync("wrangler", ["types", "--include-runtime=false", "--env-file", "/dev/null"], {
  stdio: "inherit",
  env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}` },
});
process.exit(status ?? 1);
