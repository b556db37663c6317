// `npm run faults`: the model check of test/unit/faults/model.test.ts with as many schedules as one likes.
// npm run faults -- --count 10000 --seed 1; one schedule again: --seed 4711 --count 1; over two databases: --spread 100

import { spawnSync } from "node:child_process";
import { readFlags } from "../bench/numbers.ts";

const { count, seed, spread } = readFlags({ count: 10_000, seed: 1, spread: 0 });
const which = spread === 0 ? "lose nothing" : "spread over";
const options = ["--project=unit-storage", `--testNamePattern=${which}`, "--disable-console-intercept=true"];
const { status } = spawnSync("vitest", ["run", "test/unit/faults/model.test.ts", ...options], {
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}`,
    VITE_FAULTS_COUNT: String(count),
    VITE_FAULTS_FROM: String(seed),
    VITE_FAULTS_SPREAD_COUNT: String(spread),
  },
});
process.exit(status ?? 1);
