// How long the purge takes for a hundred thousand sendouts, of their contents first and then of their rows, in the runs in
// which the cron makes it. How to run: README.md.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillLedger, findDatabase } from "./fill-ledger.ts";
import { callAdmin, SIGNALBOX_BINDINGS, signalboxOptions, startWorker, type RunningWorker } from "./harness.ts";
import { median, printMachine, printTable, readFlags } from "./numbers.ts";

const flags = readFlags({
  /** Sendouts that are purged. */
  sendouts: 100_000,
});

const DAY_MS = 86_400_000;
const NOW = Date.now();

/** What is purged is between these ages; contents are kept for 14 days and, for the second half, rows for 15. */
const OLDEST_DAYS = 30;
const YOUNGEST_DAYS = 16;

/** Runs of a purge until there was nothing left. */
interface Purge {
  runs: number[];
  ms: number;
}

const stateDir = mkdtempSync(join(tmpdir(), "signalbox-purge-"));
printMachine();
await (await start()).stop();
const file = findDatabase(stateDir);
fillLedger(file, {
  sendouts: flags.sendouts,
  from: NOW - OLDEST_DAYS * DAY_MS,
  to: NOW - YOUNGEST_DAYS * DAY_MS,
  contentFrom: 0,
});
const worker = await start();
await publish({});
const contents = await purgeAll("purge_bodies");
await publish({ settings: { retention: { metadataDays: YOUNGEST_DAYS - 1 } } });
const rows = await purgeAll("purge_metadata");
await worker.stop();
console.log(
  `${(statSync(file).size / 1_000_000).toFixed(0)} MB before and after: SQLite keeps the room for later rows\n`,
);
printTable([
  [`${flags.sendouts.toLocaleString("en-US")} sendouts`, "runs", "ms a run, median", "most", "sendouts/s"],
  row("contents", contents),
  row("rows", rows),
  ["contents / rows", "", (median(contents.runs) / median(rows.runs)).toFixed(1), "", ""],
]);
rmSync(stateDir, { recursive: true });

async function start(): Promise<RunningWorker> {
  const running = await startWorker({
    entry: "bench/workers/ledger-jobs.mjs",
    options: signalboxOptions({ consumers: false }),
    bindings: SIGNALBOX_BINDINGS,
    stateDir,
  });
  await fetch(`${running.url}/bench/seal`); // makes the tables
  return running;
}

async function publish(table: object): Promise<void> {
  await callAdmin(worker, "PUT", "/table", { inlets: {}, targets: {}, routes: [], ...table });
}

/** Runs the job until its position stays. */
async function purgeAll(job: string): Promise<Purge> {
  const runs: number[] = [];
  for (let last = -1; ;) {
    const startedAt = performance.now();
    const response = await fetch(`${worker.url}/bench/purge`);
    if (!response.ok) throw new Error(await response.text());
    const positions = (await response.json()) as Record<string, number>; // what the Worker answers
    const position = positions[job] ?? 0;
    if (position - last < DAY_MS / 100 && runs.length > 0) return { runs, ms: runs.reduce((sum, ms) => sum + ms) };
    last = position;
    runs.push(performance.now() - startedAt);
  }
}

function row(what: string, { runs, ms }: Purge): string[] {
  const perSecond = Math.round((flags.sendouts * 1_000) / ms).toLocaleString("en-US");
  return [what, `${runs.length}`, median(runs).toFixed(0), Math.max(...runs).toFixed(0), perSecond];
}
