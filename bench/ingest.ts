// How much Signalbox's ingest costs over the least a Worker can do: the real bundle against a bare one that reads the
// body, sends it to a queue and answers. No consumers, so that only ingest is measured. How to run: README.md.

import { createContender, fullSpeedRound, interleave, pacedRound, printContest } from "./contest.ts";
import { comparableOptions, inletUrl, SIGNALBOX_BINDINGS, signalboxOptions, startWorker } from "./harness.ts";
import { pace, saturate } from "./load.ts";
import { printMachine, readFlags } from "./numbers.ts";
import { createSendouts } from "./sendouts.ts";

const flags = readFlags({
  rounds: 11,
  /** Length of one round at full speed. */
  seconds: 2,
  /** Length of the round before the first, whose figures are not kept. */
  warmup: 3,
  /** Requests per second of a paced round. */
  rate: 200,
  "paced-seconds": 3,
});

const bare = createContender(
  "bare",
  await startWorker({
    entry: "bench/workers/bare-ingest.ts",
    options: { ...comparableOptions(), queueProducers: { INGEST: "ingest" } },
  }),
);
const ours = createContender(
  "Signalbox",
  await startWorker({
    entry: "src/index.ts",
    options: signalboxOptions({ consumers: false }),
    bindings: SIGNALBOX_BINDINGS,
  }),
);
try {
  await compete();
} finally {
  await Promise.all([bare.worker.stop(), ours.worker.stop()]);
}
printMachine();
const heading = ["ingest", "requests/s", "CPU us/request", `p50 ms at ${flags.rate}/s`, `p99 ms at ${flags.rate}/s`];
printContest(heading, [bare, ours], [[ours, bare]]);
console.log(`\nMedian (least to most) of ${flags.rounds} interleaved rounds. Every answer was 202.`);

async function compete(): Promise<void> {
  const sendouts = await createSendouts(64, 1);
  const pacedSendouts = await createSendouts(flags.rate * flags["paced-seconds"], 2);
  for (const { worker } of [bare, ours]) await saturate(inletUrl(worker), sendouts, flags.warmup);
  await interleave([bare, ours], flags.rounds, async (contender) =>
    fullSpeedRound(contender, async (worker) => saturate(inletUrl(worker), sendouts, flags.seconds)),
  );
  await interleave([bare, ours], flags.rounds, async (contender) =>
    pacedRound(contender, async (worker) => pace(inletUrl(worker), pacedSendouts, flags.rate)),
  );
}
