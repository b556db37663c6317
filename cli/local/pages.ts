// The pages as static assets, built when what they are made of has changed. Looking takes a few milliseconds, so whoever
// starts a router or a test run looks first.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { oneAtATime } from "./one-at-a-time.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the pages are made of. Of the Worker they take types and the pure parts. */
const SOURCES = ["src", "schema", "scripts/reference/style.css", "vite.config.ts", "package-lock.json"];

/** Where wrangler.toml has them. */
const PAGES = join(ROOT, "dist/pages");

/** What the build leaves beside them, in a folder that git does not look at. */
const OWN = join(ROOT, ".tmp/pages");

/** The fingerprint of the sources that the pages there are of. */
const STAMP = join(OWN, "built");

/**
 * Builds the pages into dist/pages, unless they are there and as new as their sources. Whoever looks at the folder finds
 * it whole: it is built beside it and put in its place, by one process at a time.
 *
 * @throws when they do not compile
 */
export async function buildPages(): Promise<void> {
  if (isBuilt(readFingerprint())) return;
  mkdirSync(OWN, { recursive: true });
  await oneAtATime(join(OWN, "lock"), async () => {
    const fingerprint = readFingerprint();
    if (!isBuilt(fingerprint)) await build(fingerprint);
  });
}

function isBuilt(fingerprint: string): boolean {
  return existsSync(join(PAGES, "index.html")) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === fingerprint;
}

async function build(fingerprint: string): Promise<void> {
  const { build: bundle } = await import("vite");
  const made = join(OWN, "made");
  await bundle({
    configFile: join(ROOT, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: made, emptyOutDir: true },
  });
  rmSync(STAMP, { force: true });
  rmSync(PAGES, { recursive: true, force: true });
  mkdirSync(join(PAGES, ".."), { recursive: true });
  renameSync(made, PAGES);
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
