// `npm test`: every test there is, or those that the options name: npm test -- --project unit test/unit/voucherify

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";

/** Where the counts of the last run are left for `npm run check`. */
const RESULTS_FILE = ".tmp/test-results.json";

if (!existsSync("../shared/voucherify/samples")) {
  console.log("Voucherify's own example bodies are not beside this checkout: the tests that read them are skipped.\n");
}
rmSync(RESULTS_FILE, { force: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${RESULTS_FILE}`];
const { status } = spawnSync("vitest", ["run", ...reporters, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}` },
});
process.exit(status ?? 1);
