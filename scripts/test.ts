// `npm test`: every test there is, or those that the options name: npm test -- test/unit/voucherify
// The unit tests are two projects of vitest.config.ts, which `--project unit` means both of.

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";

/** Where the counts of the last run are left for `npm run check`. */
const RESULTS_FILE = ".tmp/test-results.json";

if (!existsSync("../shared/voucherify/samples")) {
  console.log("Voucherify's own example bodies are not beside this checkout: the tests that read them are skipped.\n");
}
rmSync(RESULTS_FILE, { force: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${RESULTS_FILE}`];
const { status } = spawnSync("vitest", ["run", ...reporters, ...withBothUnits(process.argv.slice(2))], {
  stdio: "inherit",
  env: {
    // For the runner and for every command that a test starts; see bin/signalbox.mjs.
    NODE_COMPILE_CACHE: `${process.cwd()}/node_modules/.cache/node-compile`,
    ...process.env,
    PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}`,
  },
});
process.exit(status ?? 1);

/** Options in which the project "unit" brings "unit-storage" along. */
function withBothUnits(options: readonly string[]): string[] {
  return options.flatMap((option, index) => {
    if (option === "--project=unit") return [option, "--project=unit-storage"];
    return option === "unit" && options[index - 1] === "--project" ? [option, "--project", "unit-storage"] : [option];
  });
}
