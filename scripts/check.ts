// `npm run check`: everything that must hold before a change lands, the same here and in CI. Ends with one line that
// counts the tests and the other checks together.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const RESULTS_FILE = ".tmp/test-results.json";

interface Check {
  name: string;
  command: string;
  args: readonly string[];
}

interface Ended {
  passed: boolean;
  /** What it printed, unless it went straight to the terminal. */
  output: string;
}

const TESTS: Check = { name: "tests", command: "npm", args: ["test"] };

/** In the order they are printed. */
const CHECKS: readonly Check[] = [
  { name: "format", command: "oxfmt", args: ["--check", "."] },
  { name: "lint", command: "npm", args: ["run", "--silent", "lint"] },
  { name: "types of the Worker", command: "tsc", args: ["-p", "tsconfig.json"] },
  // They see the Worker through declarations, which a build makes first: Node, browsers and workerd know different globals.
  {
    name: "types of the rest",
    command: "tsc",
    args: ["-b", "tsconfig.node.json", "tsconfig.dashboard.json", "tsconfig.e2e.json"],
  },
  // An empty environment file: local secrets must not become part of the generated types.
  {
    name: "binding types",
    command: "wrangler",
    args: ["types", "--check", "--include-runtime=false", "--env-file", "/dev/null"],
  },
  { name: "dead code", command: "knip", args: [] },
  { name: "build", command: "wrangler", args: ["deploy", "--dry-run", "--outdir", ".tmp/build"] },
];

/** How many checks run side by side after the tests, which have the machine to themselves: some are given a time. */
const AT_ONCE = 2;

let passed = 0;
const failed: string[] = [];
printName(TESTS);
count(TESTS, await run(TESTS, "inherit"));
for (const { check, promise } of runSideBySide(CHECKS)) {
  const ended = await promise;
  printName(check);
  process.stdout.write(ended.output);
  count(check, ended);
}
const tests = countTests();
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : "";
console.log(`\n${passed + tests.passed} passed, ${failed.length + tests.failed} failed${skipped}`);
process.exit(failed.length === 0 ? 0 : 1);

function printName({ name, command, args }: Check): void {
  console.log(`\n── ${name}: ${command} ${args.join(" ")}`);
}

function count({ name }: Check, ended: Ended): void {
  if (ended.passed) passed++;
  else failed.push(name);
}

/** Starts all of them, a few at a time. Their endings are in the order given, each with its output in one piece. */
function runSideBySide(checks: readonly Check[]): { check: Check; promise: Promise<Ended> }[] {
  const runs = checks.map((check) => ({ check, ...Promise.withResolvers<Ended>() }));
  const waiting = runs.values(); // which both lanes take from
  const lane = async (): Promise<void> => {
    for (const { check, resolve } of waiting) resolve(await run(check, "pipe"));
  };
  for (let started = 0; started < AT_ONCE; started++) void lane();
  return runs;
}

/** Runs one check to its end. A command that cannot be started has failed. */
async function run({ command, args }: Check, output: "inherit" | "pipe"): Promise<Ended> {
  const child = spawn(command, args, {
    stdio: ["ignore", output, output],
    env: {
      ...process.env,
      PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}`,
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_SEND_METRICS: "false",
    },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ passed: false, output: `${error.message}\n` }));
    child.on("close", (code) => resolve({ passed: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

function countTests(): { passed: number; failed: number; skipped: number } {
  try {
    // The test runner's own report; a count it lacks is taken as none.
    const report = JSON.parse(readFileSync(RESULTS_FILE, "utf8")) as Record<string, number | undefined>;
    return {
      passed: report["numPassedTests"] ?? 0,
      failed: report["numFailedTests"] ?? 0,
      skipped: report["numPendingTests"] ?? 0,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }; // it did not get far enough to write one: "tests" has failed above
  }
}
