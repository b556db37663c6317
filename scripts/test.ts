// `npm test`: every test there is, or those that the options name: npm test -- test/unit/voucherify
// The unit tests are two projects of vitest.config.ts, which `--project unit` means both of.

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { hasChromium, NO_BROWSER } from "./chromium.ts";

/** Where the counts of the last run are left for `npm run check`. */
const RESULTS_FILE = ".tmp/test-results.json";

if (!existsSync("../shared/voucherify/samples")) {
  console.log("Voucherify's own example bodies are not beside this checkout: the tests that read them are skipped.\n");
}
const options = process.argv.slice(2);
const lacksBrowser = (options.length === 0 || options.some((option) => option.includes("e2e"))) && !hasChromium();
if (lacksBrowser) console.log(`${NO_BROWSER}\n`);
rmSync(RESULTS_FILE, { force: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${RESULTS_FILE}`];
const { status } = spawnSync("vitest", ["run", ...reporters, ...withBothUnits(options)], {
  stdio: "inherit",
  env: {
    // For the runner and for every command that a test starts; see bin/signalbox.mjs.
    NODE_COMPILE_CACHE: `${process.cwd()}/node_modules/.cache/node-compile`,
    ...process.env,
    PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}`,
  },
});
if (lacksBrowser) console.log(`\n${NO_BROWSER}`);
process.exit(status ?? 1);

/** Options in which the project "unit" brings "unit-storage" along. */
function withBothUnits(given: readonly string[]): string[] {
  return given.flatMap((option, index) => {
    if (option === "--project=unit") return [option, "--project=unit-storage"];
    return option === "unit" && given[index - 1] === "--project" ? [option, "--project", "unit-storage"] : [option];
  });
}
