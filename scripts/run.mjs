// `npm start` and `npm test`: bring the project's own tools and Node up to date, then run the command with them.
// This file and setup.mjs are the only ones that a machine's own Node runs, from version 20 on; no dependencies here.

import { spawn } from "node:child_process";
import { setUp } from "./setup.mjs";

const COMMANDS = {
  start: ["cli/start.ts"],
  test: ["scripts/test.ts"],
  check: ["scripts/check.ts"],
  fuzz: ["scripts/fuzz.ts"],
  faults: ["scripts/faults.ts"],
  "fuzz:translate": ["scripts/fuzz-translate.ts"],
  build: ["scripts/build.ts"],
  generate: ["scripts/generate.ts"],
  goldens: ["scripts/goldens.ts"],
  screenshots: ["scripts/screenshots.ts"],
  deploy: ["cli/signalbox.ts", "deploy"],
};

const [command, ...options] = process.argv.slice(2);
const script = COMMANDS[command];
if (script === undefined) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(COMMANDS).join("|")} [options]`);
  process.exit(2);
}

const node = setUp();
if (node === process.execPath) {
  // Already the right Node: no second process that signals would have to reach.
  process.argv.splice(1, 2, ...script);
  await import(new URL(`../${script[0]}`, import.meta.url).href);
} else {
  const child = spawn(node, [...script, ...options], { stdio: "inherit" });
  // The terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
