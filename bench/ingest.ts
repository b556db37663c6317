// How much Signalbox's ingest costs over the least a Worker can do: the real bundle against a bare one that reads the
// body, sends it to a queue and answers. No consumers, so that only ingest is measured. Run: see README.md.

import { comparableOptions, SIGNALBOX_BINDINGS, signalboxOptions, startWorker, type RunningWorker } from "./harness.ts";
import { pace, saturate } from "./load.ts";
import { percentile, printMachine, printTable, ratio, readFlags, summarise } from "./numbers.ts";
import { createSendouts, type SignedSendout } from "./sendouts.ts";

const flags = readFlags({
  rounds: 5,
  /** Length of one saturated round. */
  seconds: 4,
  warmup: 3,
  /** Requests per second of a paced round. */
  rate: 200,
  "paced-seconds": 5,
});

interface Contender {
  name: string;
  worker: RunningWorker;
  perSecond: number[];
  cpuPerRequest: (number | undefined)[];
  p50: number[];
  p99: number[];
}

const bare = await enter("bare Hono Worker", "bench/workers/bare-ingest.ts");
const ours = await enter("Signalbox", "src/index.ts");
try {
  await compete(
    [bare, ours],
    await createSendouts(64, 1),
    await createSendouts(flags.rate * flags["paced-seconds"], 2),
  );
  report();
} finally {
  await Promise.all([bare.worker.stop(), ours.worker.stop()]);
}

async function enter(name: string, entry: string): Promise<Contender> {
  const isBare = entry !== "src/index.ts";
  const worker = await startWorker({
    entry,
    options: isBare
      ? { ...comparableOptions(), queueProducers: { INGEST: "ingest" } }
      : signalboxOptions({ consumers: false }),
    ...(isBare ? {} : { bindings: SIGNALBOX_BINDINGS }),
  });
  return { name, worker, perSecond: [], cpuPerRequest: [], p50: [], p99: [] };
}

/** Interleaved rounds, so that whatever else the machine does falls on both alike. */
async function compete(
  contenders: readonly Contender[],
  sendouts: readonly SignedSendout[],
  pacedSendouts: readonly SignedSendout[],
): Promise<void> {
  for (const { worker } of contenders) await saturate(inlet(worker), sendouts, flags.warmup);
  for (let round = 0; round < flags.rounds; round++) {
    for (const contender of contenders) await saturatedRound(contender, sendouts);
  }
  for (let round = 0; round < flags.rounds; round++) {
    for (const contender of contenders) {
      const latencies = await pace(inlet(contender.worker), pacedSendouts, flags.rate);
      contender.p50.push(percentile(latencies, 50));
      contender.p99.push(percentile(latencies, 99));
    }
  }
}

async function saturatedRound(
  { worker, perSecond, cpuPerRequest }: Contender,
  sendouts: readonly SignedSendout[],
): Promise<void> {
  const before = worker.cpuMicroseconds();
  const round = await saturate(inlet(worker), sendouts, flags.seconds);
  const after = worker.cpuMicroseconds();
  perSecond.push(round.perSecond);
  cpuPerRequest.push(before === undefined || after === undefined ? undefined : (after - before) / round.answers);
}

function report(): void {
  printMachine();
  const rows = [bare, ours].map((one) => [
    one.name,
    summarise(one.perSecond),
    summarise(one.cpuPerRequest),
    summarise(one.p50, 2),
    summarise(one.p99, 2),
  ]);
  const ratios = (["perSecond", "cpuPerRequest", "p50", "p99"] as const).map((key) => ratio(ours[key], bare[key]));
  const heading = ["ingest", "requests/s", "CPU us/request", `p50 ms at ${flags.rate}/s`, `p99 ms at ${flags.rate}/s`];
  printTable([heading, ...rows, ["Signalbox / bare", ...ratios]]);
  console.log(`\nMedian (least to most) of ${flags.rounds} interleaved rounds. Every answer was 202.`);
}

function inlet(worker: RunningWorker): string {
  return `${worker.url}/in/voucherify`;
}
