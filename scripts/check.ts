// `npm run check`: everything that must hold before a change lands, the same here and in CI. Ends with one line that
// counts the tests and the other checks together.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const RESULTS_FILE = ".tmp/test-results.json";

const CHECKS: readonly { name: string; command: string; args: readonly string[] }[] = [
  { name: "tests", command: "npm", args: ["test"] },
  { name: "format", command: "oxfmt", args: ["--check", "."] },
  { name: "lint", command: "npm", args: ["run", "--silent", "lint"] },
  { name: "types of the Worker", command: "tsc", args: ["-p", "tsconfig.json"] },
  { name: "types of the rest", command: "tsc", args: ["-p", "tsconfig.node.json"] },
  // An empty environment file: local secrets must not become part of the generated types.
  {
    name: "binding types",
    command: "wrangler",
    args: ["types", "--check", "--include-runtime=false", "--env-file", "/dev/null"],
  },
  { name: "dead code", command: "knip", args: [] },
  { name: "build", command: "wrangler", args: ["deploy", "--dry-run", "--outdir", ".tmp/build"] },
];

let passed = 0;
const failed: string[] = [];
for (const { name, command, args } of CHECKS) {
  console.log(`\n── ${name}: ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}`,
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_SEND_METRICS: "false",
    },
  });
  if (status === 0) passed++;
  else failed.push(name);
}
const tests = countTests();
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : "";
console.log(`\n${passed + tests.passed} passed, ${failed.length + tests.failed} failed${skipped}`);
process.exit(failed.length === 0 ? 0 : 1);

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
