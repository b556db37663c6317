// `npm run fuzz:translate`: random templates for random events by the million, through compiling and rendering.
// npm run fuzz:translate -- --count 1000000 --seed 1; one template again: --seed 7 --path 4711

import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { printTable } from "../bench/numbers.ts";
import { OUTCOMES } from "../test/fuzz/translate.ts";
import { EVENTS_PER_TEMPLATE } from "../test/fuzz/translate-pairs.ts";
import type { Block, BlockResult } from "../test/fuzz/translate-run.ts";
import type { ThreadData } from "../test/fuzz/translate-thread.ts";

/** Where templates with problems are left. */
const FOLDER = ".tmp/fuzz";

/** After so many templates with problems the rest would say the same. */
const FAILED_MAX = 10;

/** Templates of one seed; the next block has the next seed. After each block it says how far it is. */
const BLOCK_TEMPLATES = 5_000;

/** How long one template with its events may take before the run is given up, in milliseconds: it hangs. */
const STUCK_MS = 60_000;

const { count, seed, threads, path } = readOptions();
const blocks = blocksOf(Math.ceil(count / EVENTS_PER_TEMPLATE));
const outcomes = new Map<string, number>(OUTCOMES.map((outcome) => [outcome, 0]));
let [pairs, failed, characters, longest, memoryMost] = [0, 0, 0, 0, 0];
let slowest: BlockResult["slowest"] | undefined;

const startedAt = performance.now();
await Promise.all(Array.from({ length: Math.min(threads, blocks.length) }, runThread));
summarise((performance.now() - startedAt) / 1000);
process.exit(failed === 0 ? 0 : 1);

function readOptions(): { count: number; seed: number; threads: number; path: string | undefined } {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { count: text, seed: text, threads: text, path: text } });
  const whole = (name: "count" | "seed" | "threads", otherwise: number): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new RangeError(`--${name} is a whole number above 0`);
  };
  return {
    count: values.path === undefined ? whole("count", 1_000_000) : EVENTS_PER_TEMPLATE,
    seed: whole("seed", 1),
    threads: whole("threads", availableParallelism()),
    path: values.path,
  };
}

function blocksOf(templates: number): Block[] {
  return Array.from({ length: Math.ceil(templates / BLOCK_TEMPLATES) }, (_, index) => ({
    seed: seed + index,
    templates: Math.min(BLOCK_TEMPLATES, templates - index * BLOCK_TEMPLATES),
    path,
  }));
}

/** Has blocks run by a thread of their own until there are none left. */
async function runThread(): Promise<void> {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ThreadData = { state };
  const worker = new Worker(new URL("../test/fuzz/translate-thread.ts", import.meta.url), { workerData });
  for (let block = nextBlock(); block !== undefined; block = nextBlock()) {
    const stopWatch = startWatch(block, state);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(block);
    const [result] = (await once(worker, "message")) as [BlockResult]; // what the thread posts; its errors reject
    stopWatch();
    add(result);
  }
  await worker.terminate();
}

function nextBlock(): Block | undefined {
  return failed < FAILED_MAX ? blocks.shift() : undefined;
}

/** Ends the run when a template takes for ever; its thread could not. */
function startWatch(block: Block, state: ThreadData["state"]): () => void {
  let before = -1;
  const timer = setInterval(() => {
    const now = Atomics.load(state, 0);
    if (now !== before) {
      before = now;
      return;
    }
    console.error(`seed ${block.seed}, path ${now}: stuck for ${STUCK_MS / 1000} s; the run is given up`);
    process.exit(1);
  }, STUCK_MS);
  return () => clearInterval(timer);
}

function add({ failure, slowest: slowestOfBlock, ...result }: BlockResult): void {
  for (const [outcome, n] of Object.entries(result.outcomes)) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + n);
    pairs += n;
  }
  characters += result.characters;
  longest = Math.max(longest, result.longest);
  if (slowestOfBlock.tookMs > (slowest?.tookMs ?? 0)) slowest = slowestOfBlock;
  if (failure !== undefined) report(failure);
  const memory = process.memoryUsage.rss();
  memoryMost = Math.max(memoryMost, memory);
  console.error(`${number(pairs)} of ${number(count)}, ${megabytes(memory)} of memory`);
}

function report({ seed: failedSeed, path: failedPath, problems, pairs: smallest }: Failure): void {
  failed++;
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/template-${failedSeed}-${failedPath.replaceAll(":", "-")}.json`;
  writeFileSync(file, JSON.stringify({ template: smallest?.template.source, events: smallest?.events }, null, 2));
  console.error(`--seed ${failedSeed} --path ${failedPath}, written to ${file}:`);
  for (const problem of problems) console.error(`  ${problem}`);
}

type Failure = NonNullable<BlockResult["failure"]>;

function summarise(seconds: number): void {
  const rows = [...outcomes].map(([name, n]) => [name, number(n), `${((100 * n) / pairs).toFixed(2)} %`]);
  printTable([["outcome", "pairs", "share"], ...rows]);
  console.log(`\nlongest body ${number(longest)} characters, ${(characters / 1e6).toFixed(0)} million in all`);
  if (slowest !== undefined) {
    console.log(`slowest rendering ${slowest.tookMs.toFixed(0)} ms (--seed ${slowest.seed} --path ${slowest.path})`);
  }
  console.log(`most memory ${megabytes(memoryMost)}, ${megabytes(process.memoryUsage.rss())} at the end`);
  const rate = number(Math.round(pairs / seconds));
  const last = seed + Math.ceil(count / EVENTS_PER_TEMPLATE / BLOCK_TEMPLATES) - 1;
  const seeds = last === seed ? `seed ${seed}` : `seeds ${seed} to ${last}`;
  console.log(`${number(pairs)} pairs of ${seeds} in ${seconds.toFixed(0)} s, ${rate} pairs per second`);
  console.log(failed === 0 ? "no problems" : `${failed} templates with problems`);
}

function megabytes(bytes: number): string {
  return `${number(Math.round(bytes / 1e6))} MB`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
