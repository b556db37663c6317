// What it costs to render a request from a template of 15 fields, beside hand-written JavaScript that makes the same one:
// inside workerd, in interleaved rounds. Compiling apart, and every recipe. How to run: README.md.

import { deepStrictEqual } from "node:assert/strict";
import { comparableOptions, startWorker } from "./harness.ts";
import { median, printMachine, printTable, readFlags, summarise } from "./numbers.ts";

const flags = readFlags({
  rounds: 15,
  /** How often a request of plain paths is rendered in a round; the faster is repeated more often, the slower less. */
  times: 20_000,
  /** How often each request of a recipe is rendered in a round. */
  "recipe-times": 50,
  "recipe-rounds": 3,
});

/**
 * How many of the slowest requests of recipes are measured again, and how much more often. Of 3,000 that are measured in
 * a hurry, those on top are mostly the machine.
 */
const AGAIN = { count: 20, often: 6 };

/** The first is what the others are compared with; `often`: how often in a round, compared with plain paths. */
const STEPS = [
  { path: "/hand", name: "by hand: object literal, JSON.stringify", often: 5 },
  { path: "/render?name=paths", name: "15 plain paths", often: 1 },
  { path: "/render?name=one", name: "14 plain paths, 1 expression", often: 1 / 5 },
  { path: "/render?name=five", name: "10 plain paths, 5 expressions", often: 1 / 20 },
  { path: "/render?name=all", name: "15 expressions", often: 1 / 40 },
  { path: "/compile?name=paths", name: "compiling 15 plain paths", often: 1 / 5 },
  { path: "/compile?name=all", name: "compiling 15 expressions", often: 1 / 100 },
] as const;

/** Our own Worker's answers. */
interface Timing {
  tookMs: number;
}

interface RecipeTiming {
  family: string;
  compileMs: number;
  rendered: { type: string; tookMs: number }[];
}

const worker = await startWorker({ entry: "bench/workers/translate.ts", options: comparableOptions() });
const rounds = new Map<string, number[]>(STEPS.map(({ path }) => [path, []]));
const rendering = new Map<string, number[]>();
const renderingAgain = new Map<string, number[]>();
const compiling = new Map<string, number[]>();
const neverRendered = new Set<string>();
try {
  await checkRequests();
  for (let round = 0; round <= flags.rounds; round++) {
    // The first warms up and is not kept.
    for (const { path, often } of STEPS) await measure(path, Math.ceil(flags.times * often), round > 0);
  }
  const ids = (await ask("/recipes")) as string[];
  for (let round = 0; round <= flags["recipe-rounds"]; round++) {
    for (const id of ids) await measureRecipe(id, round > 0);
  }
  const suspects = slowestOf(rendering, least).slice(0, AGAIN.count);
  for (let round = 1; round <= flags.rounds; round++) for (const [name] of suspects) await measureAgain(name);
} finally {
  await worker.stop();
}
printMachine();
printSteps();
printRecipes();

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`${worker.url}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The template of plain paths and the hand-written code must make the same request, with values missing as well. */
async function checkRequests(): Promise<void> {
  for (const event of ["full", "sparse"]) {
    const [byHand, byTemplate] = (await ask(`/made?event=${event}`)) as object[];
    deepStrictEqual(byTemplate, byHand);
  }
}

async function measure(path: string, times: number, keep: boolean): Promise<void> {
  const { tookMs } = (await ask(`${path}${path.includes("?") ? "&" : "?"}times=${times}`)) as Timing;
  if (keep) rounds.get(path)?.push((tookMs * 1_000) / times);
}

async function measureRecipe(id: string, keep: boolean): Promise<void> {
  const times = flags["recipe-times"];
  for (const { family, compileMs, rendered } of (await ask(`/recipe?name=${id}&times=${times}`)) as RecipeTiming[]) {
    if (rendered.length === 0) neverRendered.add(`${id}, ${family}`);
    if (!keep) continue;
    note(compiling, `${id}, ${family}`, (compileMs * 1_000) / times);
    for (const { type, tookMs } of rendered) note(rendering, `${id}, ${type}`, (tookMs * 1_000) / times);
  }
}

async function measureAgain(name: string): Promise<void> {
  const [id, type] = name.split(", ");
  const times = flags["recipe-times"] * AGAIN.often;
  const families = (await ask(`/recipe?name=${id}&type=${type}&times=${times}`)) as RecipeTiming[];
  for (const { tookMs } of families.flatMap(({ rendered }) => rendered)) {
    note(renderingAgain, name, (tookMs * 1_000) / times);
  }
}

function slowestOf(
  measured: ReadonlyMap<string, number[]>,
  by: (values: readonly number[]) => number,
): (readonly [string, number[]])[] {
  return [...measured].toSorted(([, a], [, b]) => by(b) - by(a));
}

/** What other work on the machine disturbed least. */
function least(values: readonly number[]): number {
  return Math.min(...values);
}

function note(measured: Map<string, number[]>, name: string, us: number): void {
  measured.set(name, [...(measured.get(name) ?? []), us]);
}

function printSteps(): void {
  const hand = rounds.get(STEPS[0].path) ?? [];
  printTable([
    ["step", "us", "times by hand"],
    ...STEPS.map(({ path, name }, row) => {
      const took = rounds.get(path) ?? [];
      const ratios = took.map((us, round) => us / (hand[round] ?? Number.NaN));
      return [name, summarise(took, 2), row === 0 ? "1" : summarise(ratios, 1)];
    }),
  ]);
  console.log(`\nMedian (least to most) of ${flags.rounds} interleaved rounds.\n`);
}

function printRecipes(): void {
  printTable([
    ["slowest requests of recipes", "us"],
    ...slowestOf(renderingAgain, median)
      .slice(0, 5)
      .map(([name, took]) => [name, summarise(took)]),
  ]);
  console.log(`\nMedian (least to most) of ${flags.rounds} rounds; rendering and compiling of all, by median:\n`);
  printTable([
    ["recipes", "how many", "us, half of them", "us, the slowest"],
    ["with an event type, rendering", ...spread(rendering)],
    ["with a family, compiling", ...spread(compiling)],
  ]);
  if (neverRendered.size > 0) console.log(`\nFor no example: ${[...neverRendered].join("; ")}`);
}

function spread(measured: ReadonlyMap<string, number[]>): string[] {
  const medians = [...measured.values()].map(median);
  return [measured.size, median(medians), Math.max(...medians)].map((value) =>
    Math.round(value).toLocaleString("en-US"),
  );
}
