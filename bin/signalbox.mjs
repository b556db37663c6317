#!/usr/bin/env node
// The `signalbox` command: brings the project's own tools and Node up to date, then runs cli/signalbox.ts with them.
// Runs on any Node from 20 on, like scripts/run.mjs.

import { spawn } from "node:child_process";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { setUp } from "../scripts/setup.mjs";

const SCRIPT = new URL("../cli/signalbox.ts", import.meta.url);

/**
 * Where Node keeps what it compiled, found by content and never stale: stripping the types anew is half of a command's
 * time. In node_modules, which is ours, and not in the machine's temporary folder, where others could leave code for us.
 */
const COMPILED = fileURLToPath(new URL("../node_modules/.cache/node-compile", import.meta.url));

const node = setUpQuietly();
if (node === process.execPath) {
  module.enableCompileCache(COMPILED); // a folder that cannot be written to is no error: then nothing is kept
  await import(SCRIPT.href);
} else {
  const child = spawn(node, [fileURLToPath(SCRIPT), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env },
  });
  // The terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

/** Sets up without moving the caller, whose file arguments are relative, and without a word on stdout, the answer's. */
function setUpQuietly() {
  const folder = process.cwd();
  const { log } = console;
  console.log = console.error;
  const found = setUp();
  console.log = log;
  process.chdir(folder);
  return found;
}
