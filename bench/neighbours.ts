// What a slow target does to another one: the same sendouts through three Signalboxes. One has a second target that takes
// 29 to 30 seconds to answer, one a second target that answers at once, and one has none. How to run: README.md.

import { inletUrl, SIGNALBOX_BINDINGS, signalboxOptions, startWorker, type RunningWorker } from "./harness.ts";
import { pace } from "./load.ts";
import { percentile, printMachine, printTable, readFlags, summarise } from "./numbers.ts";
import { publishRoutes } from "./routing-table.ts";
import { createSendouts } from "./sendouts.ts";
import { startSink } from "./sink.ts";
import { createRandom } from "../test/faults/random.ts";

const TIMEOUT_MS = 30_000;

/** A slow answer comes between these, in milliseconds after the request. */
const SLOW_MS_LEAST = 29_000;
const SLOW_MS_MOST = 29_900;

/** How long the last quick delivery of a round may be in coming. */
const ROUND_MS_MAX = 120_000;

/** How long the slow target is met before anything is measured, in sendouts a second and seconds. */
const MEETING = { rate: 5, seconds: 4 };

const flags = readFlags({
  rounds: 7,
  /** Sendouts per second. */
  rate: 20,
  seconds: 8,
});

const random = createRandom(1);
const sink = await startSink(({ path }) => ({
  status: 200,
  ...(path === "/slow" ? { afterMs: SLOW_MS_LEAST + random.below(SLOW_MS_MOST - SLOW_MS_LEAST) } : {}),
}));

/** A Signalbox with two targets, and the latencies of the quick one, round by round. */
interface Side {
  name: string;
  worker: RunningWorker;
  p50: number[];
  p95: number[];
  p99: number[];
}

let series = 0;
const alone = await startSide("alone");
const quick = await startSide("with a quick one", "/other");
const slow = await startSide("with a slow one", "/slow");
const sides = [alone, quick, slow];
try {
  const meeting: string[] = [];
  for (const side of sides) {
    const { latencies, seconds } = await deliver(side, MEETING.rate, MEETING.seconds);
    const worst = Math.max(...latencies);
    meeting.push(`${side.name} ${(worst / 1_000).toFixed(1)} s (all within ${seconds.toFixed(1)} s)`);
  }
  for (let round = 0; round < flags.rounds; round++) {
    // Which goes first changes, so that none always has the machine's better half.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const { latencies } = await deliver(side, flags.rate, flags.seconds);
      for (const percent of [50, 95, 99] as const) side[`p${percent}`].push(percentile(latencies, percent));
    }
  }
  report(meeting);
} finally {
  await Promise.all(sides.map(async ({ worker }) => worker.stop()));
  sink.stop();
}

async function startSide(name: string, other?: string): Promise<Side> {
  const worker = await startWorker({
    entry: "src/index.ts",
    options: signalboxOptions({ consumers: true }),
    bindings: SIGNALBOX_BINDINGS,
  });
  await publishRoutes(worker.url, {
    quick: { url: `${sink.url}/quick` },
    ...(other === undefined ? {} : { neighbour: { url: `${sink.url}${other}`, timeoutMs: TIMEOUT_MS } }),
  });
  return { name, worker, p50: [], p95: [], p99: [] };
}

/** Posts sendouts and waits until the quick target has them all. Resolves with milliseconds from post to arrival. */
async function deliver(side: Side, rate: number, seconds: number): Promise<{ latencies: number[]; seconds: number }> {
  const sendouts = await createSendouts(rate * seconds, ++series);
  const postedAt = new Map<string, number>();
  const before = [...sink.calls].filter(({ path }) => path === "/quick").length;
  const startedAt = performance.now();
  const [lastAt] = await Promise.all([
    sink.reached(before + sendouts.length, ROUND_MS_MAX, "/quick"),
    pace(inletUrl(side.worker), sendouts, rate, ({ id }) => postedAt.set(id, performance.now())),
  ]);
  const latencies = sink.calls.flatMap(({ id, path, at }) => {
    const from = postedAt.get(id);
    return from === undefined || path !== "/quick" ? [] : [at - from];
  });
  if (latencies.length !== sendouts.length) throw new Error(`${sendouts.length} sendouts: ${latencies.length} calls`);
  return { latencies, seconds: (lastAt - startedAt) / 1_000 };
}

function report(meeting: readonly string[]): void {
  const calls = sink.calls.filter(({ path }) => path === "/slow");
  const answered = calls.filter(({ answeredAt }) => answeredAt !== undefined).length;
  printMachine();
  printTable([
    ["the quick target, ms from post to arrival", "p50", "p95", "p99"],
    ...sides.map(({ name, p50, p95, p99 }) => [name, ...[p50, p95, p99].map((values) => summarise(values, 1))]),
    ratiosTo(quick, "with a slow one / with a quick one"),
    ratiosTo(alone, "with a slow one / alone"),
  ]);
  const count = flags.rate * flags.seconds;
  console.log(
    `\nMedian (least to most) of ${flags.rounds} interleaved rounds of ${count} sendouts at ${flags.rate}/s.`,
  );
  console.log(
    `Before that ${MEETING.rate * MEETING.seconds} sendouts each, in which it becomes known to be slow; the longest took: ${meeting.join(", ")}.`,
  );
  console.log(`The slow target was called ${calls.length} times, of which ${answered} were answered by then.`);
}

function ratiosTo(base: Side, name: string): string[] {
  const ratios = (["p50", "p95", "p99"] as const).map((key) =>
    summarise(
      slow[key].map((value, index) => value / (base[key][index] ?? Number.NaN)),
      2,
    ),
  );
  return [name, ...ratios];
}
