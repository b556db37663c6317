// `npm run generate`: rewrites what is made from the source and committed: the JSON Schemas of the routing table and of
// its tests, the admin API's OpenAPI document and reference page, and the types of the bindings in wrangler.toml.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tableJsonSchema, testsJsonSchema } from "../cli/table-schema.ts";
import { generateOpenApi } from "./openapi/generate.ts";
import { referencePage } from "./reference/page.ts";

writeFileSync("schema/routing-table.schema.json", tableJsonSchema());
writeFileSync("schema/table-tests.schema.json", testsJsonSchema());
const openapi = await generateOpenApi();
writeFileSync("schema/openapi.json", `${JSON.stringify(openapi, null, 2)}\n`);
writeFileSync("schema/reference.html", await referencePage(openapi));
const { status } = spawnSync("wrangler", ["types", "--include-runtime=false", "--env-file", "/dev/null"], {
  stdio: "inherit",
  env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}` },
});
process.exit(status ?? 1);
