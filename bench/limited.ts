// A target that takes ten calls a second, with a thousand deliveries waiting for it: whether any comes too early, is lost
// or costs more than one attempt. How to run: README.md.

import { inletUrl, SIGNALBOX_BINDINGS, signalboxOptions, startWorker } from "./harness.ts";
import { postAll } from "./load.ts";
import { percentile, printMachine, printTable, readFlags } from "./numbers.ts";
import { publishRoutes } from "./routing-table.ts";
import { createSendouts } from "./sendouts.ts";
import { startSink } from "./sink.ts";

/**
 * How much closer than a second a call and the one that is a limit's worth behind it may come to the target, in
 * milliseconds. The gate counts calls when it admits them; from there to the target's socket each takes its own time.
 */
const TOLERANCE_MS = 100;

const CRON_EVERY_MS = 60_000;

const flags = readFlags({
  sendouts: 1_000,
  "per-second": 10,
  /** How much longer than at exactly that rate it may take, in seconds. */
  "seconds-more": 120,
});
const { sendouts: count, "per-second": perSecond } = flags;

const sink = await startSink();
const worker = await startWorker({
  entry: "src/index.ts",
  options: signalboxOptions({ consumers: true }),
  bindings: SIGNALBOX_BINDINGS,
});
const cron = setInterval(() => void worker.runCron(), CRON_EVERY_MS);
try {
  await publishRoutes(worker.url, { crm: { url: `${sink.url}/crm`, limits: { perSecond }, retry: [] } });
  const sendouts = await createSendouts(count, 1);
  const startedAt = performance.now();
  await postAll(inletUrl(worker), sendouts);
  const postedMs = performance.now() - startedAt;
  const lastAt = await sink.reached(count, (count / perSecond + flags["seconds-more"]) * 1_000);
  report(postedMs / 1_000, (lastAt - (sink.calls[0]?.at ?? Number.NaN)) / 1_000);
} finally {
  clearInterval(cron);
  await worker.stop();
  sink.stop();
}

function report(postedSeconds: number, seconds: number): void {
  const arrivals = sink.calls.map(({ at }) => at).toSorted((a, b) => a - b);
  // Every window with more calls than the limit holds one call and the one that is `perSecond` behind it.
  const spans = arrivals.slice(perSecond).map((at, index) => at - (arrivals[index] ?? Number.NaN));
  const windows = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1_000).length);
  const early = spans.filter((span) => span < 1_000 - TOLERANCE_MS).length;
  const byKey = Map.groupBy(sink.calls, ({ key }) => key);
  printMachine();
  console.log(`${count} sendouts posted within ${postedSeconds.toFixed(1)} s to a target of ${perSecond} a second.\n`);
  printTable([
    ["", ""],
    ["delivered", `${byKey.size} of ${count}`],
    ["called more than once", String([...byKey.values()].filter((calls) => calls.length > 1).length)],
    [`calls in any window of 1 s, most / p99 / median`, describe(windows, [100, 99, 50], 0)],
    [`ms from a call to the ${perSecond}th after it, least / p1 / median`, describe(spans, [0, 1, 50], 1)],
    [`… closer than ${1_000 - TOLERANCE_MS} ms (too early)`, String(early)],
    ["… closer than 1,000 ms", String(spans.filter((span) => span < 1_000).length)],
    [
      "from the first call to the last",
      `${seconds.toFixed(1)} s; at the limit ${((count - 1) / perSecond).toFixed(1)} s`,
    ],
  ]);
  if (byKey.size !== count || sink.calls.length !== count || early > 0) process.exitCode = 1;
}

function describe(values: readonly number[], percents: readonly number[], digits: number): string {
  return percents.map((percent) => percentile(values, percent).toFixed(digits)).join(" / ");
}
