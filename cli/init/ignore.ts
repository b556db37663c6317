// What must not be committed, in a folder's .gitignore.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Secrets of this machine, and the data of a router that runs here. */
const IGNORED = [".dev.vars", ".wrangler/"];

/** Adds what .gitignore lacks of it. Returns what was added. */
export function ignoreOwnFiles(folder: string): string[] {
  const file = join(folder, ".gitignore");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, "")));
  const missing = IGNORED.filter((name) => !lines.has(name) && !lines.has(name.replace(/\/$/, "")));
  if (missing.length === 0) return [];
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(file, `${gap}${missing.join("\n")}\n`);
  return missing;
}
