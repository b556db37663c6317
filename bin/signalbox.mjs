#!/usr/bin/env node
// The `signalbox` command: brings the project's own tools and Node up to date, then runs cli/signalbox.ts with them.
// Runs on any Node from 20 on, like scripts/run.mjs.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setUp } from "../scripts/setup.mjs";

const SCRIPT = new URL("../cli/signalbox.ts", import.meta.url);

const node = setUpQuietly();
if (node === process.execPath) {
  await import(SCRIPT.href);
} else {
  const child = spawn(node, [fileURLToPath(SCRIPT), ...process.argv.slice(2)], { stdio: "inherit" });
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
