// A target that is down for a day while ten thousand deliveries come in for it, under the fault rig's clock: real
// consumers, gate, sweeper and SQLite, in a workerd. What is spent on it while it is down, in which order and how fast
// everything goes out when it is back, and what memory that takes. How to run: README.md.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startWorker } from "./harness.ts";
import { printMachine, printTable, readFlags } from "./numbers.ts";
import type { OutageReport } from "../test/faults/outage-report.ts";

const flags = readFlags({
  deliveries: 10_000,
  hours: 24,
  seed: 1,
  /** How long the target may take to get everything once it is back, in minutes. */
  "drain-minutes": 360,
  /** How often memory is looked at during the outage, in simulated minutes. */
  every: 120,
});

/** How the rig stands. */
interface Standing {
  minute: number;
  isDrained: boolean;
  storageBytes: number;
}

/** Memory at an instant, in bytes. */
interface Memory {
  minute: number;
  heap: number;
  storage: number;
}

const worker = await startWorker({
  script: await bundleRig(),
  entry: "bench/workers/outage.mjs",
  inspected: true,
  options: {
    compatibilityDate: "2026-10-20",
    compatibilityFlags: ["nodejs_compat"],
    durableObjects: { RIG: { className: "Rig", useSQLite: true } },
  },
});
const startedAt = performance.now();
const memory: Memory[] = [];
try {
  await ask("/begin", { deliveries: flags.deliveries, hours: flags.hours, seed: flags.seed });
  await look(await pass(1));
  for (let minute = 1; minute < flags.hours * 60; minute += flags.every) {
    await look(await pass(Math.min(flags.every, flags.hours * 60 - minute)));
  }
  for (let minute = 0; minute < flags["drain-minutes"]; minute += 1) {
    const standing = await pass(1);
    if (minute % 3 === 0 || standing.isDrained) await look(standing);
    if (standing.isDrained) break;
  }
  report((await ask("/report")) as OutageReport);
} finally {
  await worker.stop();
}

async function pass(minutes: number): Promise<Standing> {
  return (await ask("/pass", { minutes })) as Standing; // our own Worker's answer
}

async function look({ minute, storageBytes }: Standing): Promise<void> {
  const heap = await worker.heapBytes();
  memory.push({ minute, heap, storage: storageBytes });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  console.error(`minute ${minute}: heap ${megabytes(heap)}, storage ${megabytes(storageBytes)}, after ${seconds} s`);
}

async function ask(path: string, parameters: Record<string, number> = {}): Promise<unknown> {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const response = await fetch(`${worker.url}${path}?${query}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function bundleRig(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("workers/outage.mjs", import.meta.url))],
    alias: { vitest: fileURLToPath(new URL("workers/no-runner.ts", import.meta.url)) },
    bundle: true,
    format: "esm",
    target: "es2024",
    write: false,
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    loader: { ".sql": "text" },
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

function report(of: OutageReport): void {
  const { deliveries, hours } = flags;
  const down = memory.filter(({ minute }) => minute <= hours * 60);
  const [first] = memory;
  const heaps = memory.map(({ heap }) => heap);
  printMachine();
  console.log(`${deliveries} sendouts over ${hours} simulated hours, in all of which the target answers 503.\n`);
  printTable([
    ["", ""],
    ["calls before the breaker opened", String(of.callsBefore)],
    [
      "calls while it was open",
      `${of.callsWhileOpen}, on ${of.probed} deliveries; ${of.probesOfOneMost} on one at most`,
    ],
    ["delivered afterwards", `${of.delivered} of ${deliveries}; more than once: ${of.calledAgain}`],
    [
      "in the ledger",
      Object.entries(of.states)
        .map(([state, count]) => `${count} ${state}`)
        .join(", "),
    ],
    ["first delivery after the target is back", minutesOf(of.firstAfterMs)],
    ["last delivery after the target is back", minutesOf(of.drainedAfterMs)],
    ["messages that a queue offered again, in all", String(of.offeredAgain)],
    ["deliveries in the busiest second", String(of.perSecondMost)],
    ["order: Kendall's tau to the order of arrival", of.kendall.toFixed(3)],
    ["order: places out of turn, half / 99 of 100 / worst", of.displaced.join(" / ")],
    ["heap after the first minute", megabytes(first?.heap ?? Number.NaN)],
    ["heap with all of them waiting", megabytes(down.at(-1)?.heap ?? Number.NaN)],
    ["heap at most, and in the end", `${megabytes(Math.max(...heaps))}, ${megabytes(heaps.at(-1) ?? Number.NaN)}`],
    ["ledger and Inbox on disk, with all of them waiting", megabytes(down.at(-1)?.storage ?? Number.NaN)],
  ]);
  for (const problem of of.problems.slice(0, 10)) console.log(problem);
  if (of.problems.length > 0 || of.delivered !== deliveries) process.exitCode = 1;
}

function minutesOf(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
