// Set-up for a fresh clone: installs what the lockfile names when it is missing or stale, and finds the Node to run
// with. Runs on any Node from 20 on and uses nothing that has to be installed.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const STAMP = join(ROOT, "node_modules", ".signalbox-installed");

/** Runs TypeScript directly and is new enough for wrangler. */
const NODE_MIN = [22, 18];

/**
 * Installs when needed.
 *
 * @returns {string} the path of the Node to run everything else with
 */
export function setUp() {
  process.chdir(ROOT);
  if (!isInstalled()) install();
  const own = join(ROOT, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  if (existsSync(own) && runs(own)) return isThisProcess(own) ? process.execPath : own;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return process.execPath;
  fail(
    `This machine has Node ${process.versions.node}. Signalbox brings its own Node 24 to Linux (x64 and arm64 with glibc);\n` +
      `elsewhere, install Node ${NODE_MIN.join(".")} or newer (https://nodejs.org) and run the command again.`,
  );
}

/** Whether node_modules is what the lockfile of now asks for; package.json changes for other reasons as well. */
function isInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === fingerprint();
}

function fingerprint() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

function install() {
  console.log("Installing (once; about 20 seconds) …");
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const { status } = spawnSync(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: command === "npm" && process.platform === "win32",
  });
  if (status !== 0) fail("npm ci failed; its own message is above. Check the network and run the command again.");
  writeFileSync(STAMP, fingerprint());
}

function runs(node) {
  return spawnSync(node, ["--version"], { stdio: "ignore" }).status === 0;
}

function isThisProcess(node) {
  return execFileSync(node, ["-p", "process.execPath"], { encoding: "utf8" }).trim() === process.execPath;
}

/** @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
