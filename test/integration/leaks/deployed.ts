// What a deployment would upload, and the source map beside it, made by wrangler in a folder whose `.dev.vars` has every secret.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Entry } from "./recording.ts";
import { WORKER_SECRETS } from "./values.ts";

/** Makes it in a folder that nobody needs afterwards. `.dev.vars` has no way to write an apostrophe. */
export function readDeployed(folder: string): Entry[] {
  const config = ["src/index.ts", "scripts/run.mjs", "dist/pages"].reduce(
    (text, path) => text.replaceAll(path, resolve(path)),
    readFileSync("wrangler.toml", "utf8"),
  );
  writeFileSync(join(folder, "wrangler.toml"), config);
  const vars = Object.entries(WORKER_SECRETS).map(([name, value]) => `${name}='${value.replaceAll("'", "")}'`);
  writeFileSync(join(folder, ".dev.vars"), vars.join("\n"));
  const args = ["deploy", "--dry-run", "--outdir", "deployed", "--config", "wrangler.toml"];
  const { status, stdout, stderr } = spawnSync(resolve("node_modules/.bin/wrangler"), args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, WRANGLER_LOG: "log" },
  });
  if (status !== 0) throw new Error(`wrangler could not build it: ${stderr}`);
  const files = filesBelow(join(folder, "deployed")).filter((path) => /\.(?:js|map)$/.test(path));
  return [
    { where: "the output of wrangler", what: stdout + stderr },
    ...files.map((path) => ({
      where: path.endsWith(".map") ? "the source map" : "the bundle",
      what: readFileSync(path),
    })),
    ...filesBelow("dist/pages").map((path) => ({ where: "the pages", what: readFileSync(path) })),
  ];
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
