// The pages as static assets, built when what they are made of has changed. Building takes two seconds, looking takes a
// few milliseconds, so whoever starts a router or a test run looks first.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the pages are made of. Of the Worker they take types and the pure parts. */
const SOURCES = ["src", "schema", "scripts/reference/style.css", "vite.config.ts", "package-lock.json"];

const STAMP = join(ROOT, ".tmp/pages-built");

/**
 * Builds the pages into dist/pages, unless they are there and as new as their sources.
 *
 * @throws when they do not compile
 */
export async function buildPages(): Promise<void> {
  const fingerprint = readFingerprint();
  const isBuilt = existsSync(join(ROOT, "dist/pages/index.html")) && existsSync(STAMP);
  if (isBuilt && readFileSync(STAMP, "utf8") === fingerprint) return;
  const { build } = await import("vite");
  await build({ configFile: join(ROOT, "vite.config.ts"), logLevel: "warn" });
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, fingerprint);
}

/** Names, sizes and times of every source. */
function readFingerprint(): string {
  const hash = createHash("sha256");
  for (const path of SOURCES.flatMap((source) => filesBelow(join(ROOT, source)))) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(ROOT, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}
