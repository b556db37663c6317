// Workers measured side by side: what is kept of each round, and the table at the end.

import type { RunningWorker } from "./harness.ts";
import { percentile, printTable, summarise } from "./numbers.ts";

/** What every round measured; index by index, one Worker's rounds belong to the others'. */
export interface Rounds {
  perSecond: number[];
  /** Processor time of workerd per request or sendout, in microseconds. */
  cpu: (number | undefined)[];
  /** Milliseconds, of the paced rounds. */
  p50: number[];
  p99: number[];
}

/** One side of a contest. */
export interface Contender {
  name: string;
  worker: RunningWorker;
  rounds: Rounds;
}

/** A contender before its first round. */
export function createContender(name: string, worker: RunningWorker): Contender {
  return { name, worker, rounds: { perSecond: [], cpu: [], p50: [], p99: [] } };
}

/** Runs a round at full speed and keeps its figures. `run` resolves with what was done, and how fast. */
export async function fullSpeedRound(
  { worker, rounds }: Contender,
  run: (worker: RunningWorker) => Promise<{ count: number; perSecond: number }>,
): Promise<void> {
  const before = worker.cpuMicroseconds();
  const { count, perSecond } = await run(worker);
  const after = worker.cpuMicroseconds();
  rounds.perSecond.push(perSecond);
  rounds.cpu.push(before === undefined || after === undefined ? undefined : (after - before) / count);
}

/** Runs a paced round and keeps its figures. `run` resolves with the latencies, in milliseconds. */
export async function pacedRound(
  { worker, rounds }: Contender,
  run: (worker: RunningWorker) => Promise<number[]>,
): Promise<void> {
  const latencies = await run(worker);
  rounds.p50.push(percentile(latencies, 50));
  rounds.p99.push(percentile(latencies, 99));
}

/** Runs `count` rounds of each contender in turn, so that whatever else the machine does falls on all alike. */
export async function interleave(
  contenders: readonly Contender[],
  count: number,
  round: (contender: Contender) => Promise<void>,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    for (const contender of contenders) await round(contender);
  }
}

/** Prints the contenders' figures and the ratio of some to others, round by round. */
export function printContest(
  heading: readonly string[],
  contenders: readonly Contender[],
  ratios: readonly (readonly [Contender, Contender])[],
): void {
  const rows = contenders.map(({ name, rounds: { perSecond, cpu, p50, p99 } }) => [
    name,
    summarise(perSecond),
    summarise(cpu),
    summarise(p50, 1),
    summarise(p99, 1),
  ]);
  const compared = ratios.map(([one, base]) => [
    `${one.name} / ${base.name}`,
    ...(["perSecond", "cpu", "p50", "p99"] as const).map((key) =>
      summarise(pairwiseRatios(one.rounds[key], base.rounds[key]), 2),
    ),
  ]);
  printTable([heading, ...rows, ...compared]);
}

/** Ratios of rounds that ran one after the other: a machine that slows down slows both. */
function pairwiseRatios(
  values: readonly (number | undefined)[],
  bases: readonly (number | undefined)[],
): (number | undefined)[] {
  return values.map((value, index) => {
    const base = bases[index];
    return value === undefined || base === undefined ? undefined : value / base;
  });
}
