// How fast sendouts come out at the far end: Signalbox, from a POST over both queues, translation and ledger to the
// target, against a relay that only passes the body on over one queue. How to run: README.md.

import { setTimeout as sleep } from "node:timers/promises";
import { createContender, fullSpeedRound, interleave, pacedRound, printContest } from "./contest.ts";
import {
  comparableOptions,
  inletUrl,
  SIGNALBOX_BINDINGS,
  signalboxOptions,
  startWorker,
  type RunningWorker,
} from "./harness.ts";
import { pace, postAll } from "./load.ts";
import { printMachine, readFlags } from "./numbers.ts";
import { publishRoute } from "./routing-table.ts";
import { createSendouts } from "./sendouts.ts";
import { startSink } from "./sink.ts";

/** The simulator's queues keep a timer per waiting message and refuse beyond about 10,000 of them. */
const COUNT_MAX = 8_000;

/** Sendouts of the round before the first, whose figures are not kept. */
const WARM_UP_COUNT = 1_000;

/** How long the last delivery of a round may be in coming. */
const ROUND_MS_MAX = 120_000;

/** What is still to be written down after the last hit is, after this time. */
const SETTLE_MS = 1_000;

const flags = readFlags({
  /** Sendouts in a round. */
  count: 5_000,
  rounds: 3,
  /** Sendouts per second of a paced round. */
  rate: 50,
  "paced-seconds": 10,
  /** Sendouts over which written rows are counted. */
  "rows-count": 500,
});
if (flags.count > COUNT_MAX) throw new RangeError(`--count is at most ${COUNT_MAX}`);

/** Tells one round's ids from another's. */
let series = 0;

const sink = await startSink();
const bare = createContender("bare", await startBare());
const ours = createContender("Signalbox", await startSignalbox("src/index.ts"));
try {
  await compete();
} finally {
  await Promise.all([bare.worker.stop(), ours.worker.stop()]);
}
const rowsPerSendout = await countRows();
sink.stop();
printMachine();
const paced = `at ${flags.rate}/s`;
printContest(["delivery", "deliveries/s", "CPU us/sendout", `p50 ms ${paced}`, `p99 ms ${paced}`], bare, ours);
console.log(
  `\nMedian (least to most) of ${flags.rounds} interleaved rounds of ${flags.count} sendouts; none was lost or doubled.`,
);
console.log(`D1 rows written per delivered sendout: ${rowsPerSendout.toFixed(2)}`);

async function startBare(): Promise<RunningWorker> {
  return startWorker({
    entry: "bench/workers/bare-delivery.ts",
    options: {
      ...comparableOptions(),
      queueProducers: { INGEST: "ingest" },
      queueConsumers: { ingest: { maxBatchSize: 20, maxBatchTimeout: 0 } },
    },
    bindings: { SINK_URL: sink.url },
  });
}

async function startSignalbox(entry: string): Promise<RunningWorker> {
  const options = signalboxOptions({ consumers: true });
  const worker = await startWorker({ entry, options, bindings: SIGNALBOX_BINDINGS });
  await publishRoute(worker.url, sink.url);
  return worker;
}

async function compete(): Promise<void> {
  for (const { worker } of [bare, ours]) await deliverAll(worker, Math.min(flags.count, WARM_UP_COUNT));
  await interleave([bare, ours], flags.rounds, async (contender) =>
    fullSpeedRound(contender, async (worker) => deliverAll(worker, flags.count)),
  );
  await interleave([bare, ours], flags.rounds, async (contender) => pacedRound(contender, deliverPaced));
}

/** Posts sendouts as fast as they go. The rate is taken from the first post to the last hit. */
async function deliverAll(worker: RunningWorker, count: number): Promise<{ count: number; perSecond: number }> {
  const sendouts = await createSendouts(count, ++series);
  sink.clear();
  const startedAt = performance.now();
  const [lastHitAt] = await Promise.all([sink.reached(count, ROUND_MS_MAX), postAll(inletUrl(worker), sendouts)]);
  await sleep(SETTLE_MS);
  checkHits(sendouts.length);
  return { count, perSecond: (count * 1_000) / (lastHitAt - startedAt) };
}

/** Milliseconds from post to hit of each sendout, at a fixed rate. */
async function deliverPaced(worker: RunningWorker): Promise<number[]> {
  const sendouts = await createSendouts(flags.rate * flags["paced-seconds"], ++series);
  const postedAt = new Map<string, number>();
  sink.clear();
  await Promise.all([
    sink.reached(sendouts.length, ROUND_MS_MAX),
    pace(inletUrl(worker), sendouts, flags.rate, ({ id }) => postedAt.set(id, performance.now())),
  ]);
  await sleep(SETTLE_MS);
  checkHits(sendouts.length);
  return sendouts.map(({ id }) => (sink.arrivals.get(id) ?? Number.NaN) - (postedAt.get(id) ?? Number.NaN));
}

/** Every sendout was delivered, none twice, each under a key of its own. */
function checkHits(count: number): void {
  const total = [...sink.hits.values()].reduce((sum, hits) => sum + hits, 0);
  if (sink.hits.size !== count || total !== count || sink.arrivals.size !== count || sink.hits.has("")) {
    throw new Error(`${count} sendouts: ${total} hits, ${sink.hits.size} keys, ${sink.arrivals.size} ids`);
  }
}

/** Rows that D1 says it wrote per delivered sendout, counted in a run of its own because counting costs time. */
async function countRows(): Promise<number> {
  const worker = await startSignalbox("bench/workers/count-rows.mjs");
  try {
    const before = await readRows(worker);
    await deliverAll(worker, flags["rows-count"]);
    return ((await readRows(worker)) - before) / flags["rows-count"];
  } finally {
    await worker.stop();
  }
}

async function readRows(worker: RunningWorker): Promise<number> {
  return Number(await (await fetch(`${worker.url}/bench/rows`)).text());
}
