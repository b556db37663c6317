// How fast sendouts come out at the far end, at a fan-out of 1, 2 and 5 targets: Signalbox, from a POST over both queues,
// translation, gates and ledger to the targets, against a relay that only passes the body on over one queue, and against
// one that has Signalbox's parts and does nothing with them. And what a delivered sendout costs in rows and queue
// operations. How to run: README.md.

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
import { printMachine, printTable, readFlags } from "./numbers.ts";
import { publishRoutes } from "./routing-table.ts";
import { createSendouts } from "./sendouts.ts";
import { startSink } from "./sink.ts";

const FAN_OUTS = [1, 2, 5];

/** The simulator's queues keep a timer per waiting message and refuse beyond about 10,000 of them. */
const DELIVERIES_MAX = 8_000;

/** Sendouts of the round before the first, whose figures are not kept. */
const WARM_UP_COUNT = 1_000;

/** How long the last delivery of a round may be in coming. */
const ROUND_MS_MAX = 120_000;

/** What is still to be written down after the last hit is, after this time. */
const SETTLE_MS = 1_000;

const flags = readFlags({
  /** Deliveries in a round, whatever the fan-out. */
  count: 5_000,
  rounds: 3,
  /** Sendouts per second of a paced round. */
  rate: 50,
  "paced-seconds": 10,
  /** Sendouts over which costs are counted. */
  "costs-count": 500,
});
if (flags.count > DELIVERIES_MAX) throw new RangeError(`--count is at most ${DELIVERIES_MAX}`);

/** What `workers/count-costs.mjs` counts. */
interface Costs {
  rowsWritten: number;
  rowsRead: number;
  d1Calls: number;
  gateCalls: number;
  queueWrites: number;
  queueReads: number;
  queueDeletes: number;
}

/** Tells one round's ids from another's. */
let series = 0;

const sink = await startSink();
const costs: [fanOut: number, costs: Costs][] = [];
printMachine();
for (const fanOut of FAN_OUTS) {
  await compete(fanOut);
  costs.push([fanOut, await countCosts(fanOut)]);
}
sink.stop();
console.log(
  `Median (least to most) of ${flags.rounds} interleaved rounds of ${flags.count} deliveries; none was lost or doubled.\n`,
);
printCosts();

async function compete(fanOut: number): Promise<void> {
  const bare = createContender("bare", await startBare(fanOut));
  const parts = createContender("the same parts", await startParts(fanOut));
  const ours = createContender("Signalbox", await startSignalbox("src/index.ts", fanOut));
  const all = [bare, parts, ours];
  const count = Math.round(flags.count / fanOut);
  try {
    for (const { worker } of all) await deliverAll(worker, Math.min(count, WARM_UP_COUNT), fanOut);
    await interleave(all, flags.rounds, async (contender) =>
      fullSpeedRound(contender, async (worker) => deliverAll(worker, count, fanOut)),
    );
    await interleave(all, flags.rounds, async (contender) =>
      pacedRound(contender, async (worker) => deliverPaced(worker, fanOut)),
    );
  } finally {
    await Promise.all(all.map(async ({ worker }) => worker.stop()));
  }
  const paced = `at ${flags.rate}/s`;
  printContest([`fan-out ${fanOut}`, "deliveries/s", "CPU us/sendout", `p50 ms ${paced}`, `p99 ms ${paced}`], all, [
    [ours, bare],
    [parts, bare],
    [ours, parts],
  ]);
  console.log("");
}

/** The paths of the targets. */
function targetUrls(fanOut: number): string[] {
  return Array.from({ length: fanOut }, (_, index) => `${sink.url}/target-${index}`);
}

async function startBare(fanOut: number): Promise<RunningWorker> {
  return startWorker({
    entry: "bench/workers/bare-delivery.ts",
    options: {
      ...comparableOptions(),
      queueProducers: { INGEST: "ingest" },
      queueConsumers: { ingest: { maxBatchSize: 20, maxBatchTimeout: 0 } },
    },
    bindings: { TARGETS: JSON.stringify(targetUrls(fanOut)) },
  });
}

async function startParts(fanOut: number): Promise<RunningWorker> {
  return startWorker({
    entry: "bench/workers/same-parts.ts",
    options: {
      ...comparableOptions(),
      d1Databases: { LEDGER: "ledger" },
      queueProducers: { INGEST: "ingest", DELIVER: "deliver" },
      queueConsumers: {
        ingest: { maxBatchSize: 50, maxBatchTimeout: 0 },
        deliver: { maxBatchSize: 40, maxBatchTimeout: 0 },
      },
    },
    bindings: { TARGETS: JSON.stringify(targetUrls(fanOut)) },
  });
}

async function startSignalbox(entry: string, fanOut: number): Promise<RunningWorker> {
  const options = signalboxOptions({ consumers: true });
  const worker = await startWorker({ entry, options, bindings: SIGNALBOX_BINDINGS });
  await publishRoutes(
    worker.url,
    Object.fromEntries(targetUrls(fanOut).map((url, index) => [`target-${index}`, { url }])),
  );
  return worker;
}

/** Posts sendouts as fast as they go. The rate is taken from the first post to the last hit. */
async function deliverAll(
  worker: RunningWorker,
  count: number,
  fanOut: number,
): Promise<{ count: number; perSecond: number }> {
  const sendouts = await createSendouts(count, ++series);
  const deliveries = count * fanOut;
  sink.clear();
  const startedAt = performance.now();
  const [lastHitAt] = await Promise.all([sink.reached(deliveries, ROUND_MS_MAX), postAll(inletUrl(worker), sendouts)]);
  await sleep(SETTLE_MS);
  checkCalls(deliveries);
  return { count, perSecond: (deliveries * 1_000) / (lastHitAt - startedAt) };
}

/** Milliseconds from post to call of each delivery, at a fixed rate. */
async function deliverPaced(worker: RunningWorker, fanOut: number): Promise<number[]> {
  const sendouts = await createSendouts(flags.rate * flags["paced-seconds"], ++series);
  const deliveries = sendouts.length * fanOut;
  const postedAt = new Map<string, number>();
  sink.clear();
  await Promise.all([
    sink.reached(deliveries, ROUND_MS_MAX),
    pace(inletUrl(worker), sendouts, flags.rate, ({ id }) => postedAt.set(id, performance.now())),
  ]);
  await sleep(SETTLE_MS);
  checkCalls(deliveries);
  return sink.calls.map(({ id, at }) => at - (postedAt.get(id) ?? Number.NaN));
}

/** Every delivery was made, none twice, each under a key of its own. */
function checkCalls(deliveries: number): void {
  const keys = new Set(sink.calls.map(({ key }) => key));
  const pairs = new Set(sink.calls.map(({ id, path }) => `${id} ${path}`));
  if (sink.calls.length !== deliveries || keys.size !== deliveries || pairs.size !== deliveries || keys.has("")) {
    throw new Error(`${deliveries} deliveries: ${sink.calls.length} calls, ${keys.size} keys, ${pairs.size} pairs`);
  }
}

/** What a delivered sendout costs, counted in a run of its own because counting costs time. */
async function countCosts(fanOut: number): Promise<Costs> {
  const worker = await startSignalbox("bench/workers/count-costs.mjs", fanOut);
  try {
    // The first sendout of a new isolate looks up the table and the shape of the database.
    await deliverAll(worker, 10, fanOut);
    const before = await readCosts(worker);
    await deliverAll(worker, flags["costs-count"], fanOut);
    const after = await readCosts(worker);
    const names = Object.keys(before) as (keyof Costs)[]; // its own keys
    return Object.fromEntries(
      names.map((name) => [name, (after[name] - before[name]) / flags["costs-count"]]),
    ) as unknown as Costs; // the same keys
  } finally {
    await worker.stop();
  }
}

async function readCosts(worker: RunningWorker): Promise<Costs> {
  return (await (await fetch(`${worker.url}/bench/costs`)).json()) as Costs; // our own Worker's answer
}

function printCosts(): void {
  const rows = costs.map(([fanOut, of]) => [
    String(fanOut),
    of.rowsWritten.toFixed(2),
    (of.queueWrites + of.queueReads + of.queueDeletes).toFixed(2),
    ((of.queueWrites + of.queueReads + of.queueDeletes) / (1 + fanOut)).toFixed(2),
    of.d1Calls.toFixed(2),
    of.gateCalls.toFixed(2),
    of.rowsRead.toFixed(1),
  ]);
  const heading = ["fan-out", "rows written", "queue operations", "… per hop", "D1 calls", "gate calls", "rows read"];
  printTable([heading, ...rows]);
  console.log(
    `\nPer delivered sendout, over ${flags["costs-count"]} posted as fast as they go. A hop is a message of a queue.`,
  );
}
