// Pages of a dry run as one. A router compares so many sendouts a call, and whoever calls adds up: the CLI and the
// dashboard. Pure.

import type { DeliveryCounts, Example, SendoutCounts } from "./tally-comparison.ts";

/** How many examples of each fate of a route's target are kept. */
const EXAMPLES_MAX = 3;

/** What a dry run has found, on one page or on several. */
export interface DryRunFound<TExample> {
  /** The version that the table was compared with. */
  tableVersion: number;
  sendouts: SendoutCounts;
  deliveries: DeliveryCounts[];
  examples: TExample[];
  warnings: string[];
}

/** Two pages as one, the other behind the one. */
export function addDryRuns<TExample extends Pick<Example, "route" | "target" | "fate">>(
  one: DryRunFound<TExample>,
  other: DryRunFound<TExample>,
): DryRunFound<TExample> {
  const deliveries = new Map(one.deliveries.map((counts) => [keyOf(counts), counts]));
  for (const counts of other.deliveries) {
    const known = deliveries.get(keyOf(counts));
    deliveries.set(keyOf(counts), known === undefined ? counts : addNumbers(known, counts));
  }
  return {
    tableVersion: other.tableVersion,
    sendouts: addNumbers(one.sendouts, other.sendouts),
    deliveries: [...deliveries.values()],
    examples: firstOfEach([...one.examples, ...other.examples]),
    warnings: [...new Set([...one.warnings, ...other.warnings])],
  };
}

function keyOf({ route, target }: { route: string; target: string }): string {
  return `${route} ${target}`;
}

/** Every number of the one with the other's; what is no number stays. */
function addNumbers<T extends object>(one: T, other: T): T {
  const sums = new Map(Object.entries(other));
  const added = Object.entries(one).map(([key, value]) => [
    key,
    typeof value === "number" ? value + Number(sums.get(key)) : value,
  ]);
  return Object.fromEntries(added) as T; // the same keys, and numbers where there were numbers
}

function firstOfEach<TExample extends Pick<Example, "route" | "target" | "fate">>(
  examples: readonly TExample[],
): TExample[] {
  const counts = new Map<string, number>();
  return examples.filter((example) => {
    const key = `${keyOf(example)} ${example.fate}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= EXAMPLES_MAX;
  });
}
