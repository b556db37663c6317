// Numbers about numbers, and how they are printed.

import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";

/** The middle value; of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie, interpolated between neighbours. NaN when there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Values as "median (least to most)". Says so when a value could not be measured. */
export function summarise(values: readonly (number | undefined)[], digits = 0): string {
  const measured = values.filter((value) => value !== undefined);
  if (measured.length === 0) return "not available";
  const [middle, least, most] = [median(measured), Math.min(...measured), Math.max(...measured)];
  return `${format(middle, digits)} (${format(least, digits)} to ${format(most, digits)})`;
}

/** Prints rows as a table that Markdown reads; the first row is the heading. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const [heading = [], ...body] = rows;
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  console.log(line(heading));
  console.log(`|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  for (const row of body) console.log(line(row));
}

/** Prints when and on what a benchmark ran. The load is of the last five minutes, the benchmark's own included. */
export function printMachine(): void {
  const when = new Date().toISOString().slice(0, 16).replace("T", " ");
  const model = cpus()[0]?.model ?? "unknown processor";
  const load = loadavg()[1]?.toFixed(1) ?? "unknown";
  console.log(`${when} UTC, ${availableParallelism()} cores, ${model}, load ${load}, Node ${process.version}\n`);
}

/** Whole numbers from the command line: `--rounds 5`. Those not given have the value in `defaults`. */
export function readFlags<T extends Record<string, number>>(defaults: T): T {
  const names = Object.keys(defaults);
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options });
  const given = Object.entries(values).map(([name, value]) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`--${name} is a whole number above 0`);
    return [name, number];
  });
  return { ...defaults, ...Object.fromEntries(given) };
}

function format(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
