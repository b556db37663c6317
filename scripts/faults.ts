// `npm run faults`: the model check of test/unit/faults/model.test.ts with as many schedules as one likes.
// npm run faults -- --count 10000 --seed 1; one schedule again: --seed 4711 --count 1

import { spawnSync } from "node:child_process";
import { readFlags } from "../bench/numbers.ts";

const { count, seed } = readFlags({ count: 10_000, seed: 1 });
const options = ["--project=unit-storage", "--testNamePattern=lose nothing", "--disable-console-intercept=true"];
const { status } = spawnSync("vitest", ["run", "test/unit/faults/model.test.ts", ...options], {
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}`,
    VITE_FAULTS_COUNT: String(count),
    VITE_FAULTS_FROM: String(seed),
  },
});
process.exit(status ?? 1);
