// A dry run from its first page to its last, added up.

import type { InferResponseType } from "hono/client";
import { FATES } from "../../src/routing/compare-tables.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { readPages } from "../client/pages.ts";
import type { Progress } from "../terminal/progress.ts";

type Page = InferResponseType<Admin["table"]["dry-run"]["$post"], 200>;

/** What a table would make of logged sendouts. */
export type DryRun = Omit<Page, "next">;

/** How many sendouts the router compares in one call. */
const PAGE_SENDOUTS = 250;

/** How many examples of each fate of a route's target are kept. */
const EXAMPLES_MAX = 3;

/** Which sendouts are compared. */
export interface DryRunRange {
  /** How many of the newest, at most. */
  last: number;
  since?: string;
}

/** Compares a table with the one in force, page by page. */
export async function dryRun(
  admin: Admin,
  table: unknown,
  { last, since }: DryRunRange,
  progress: Progress,
): Promise<DryRun> {
  let sum: DryRun | undefined;
  const pages = readPages(async (cursor) => {
    const limit = Math.min(PAGE_SENDOUTS, last - lookedAt(sum));
    const json = { table, limit, ...(since !== undefined && { since }), ...(cursor !== undefined && { cursor }) };
    return answerOf(admin.table["dry-run"].$post({ query: {}, json }));
  });
  for await (const { next: _, ...page } of pages) {
    sum = sum === undefined ? page : addPages(sum, page);
    const done = lookedAt(sum);
    progress.show(done, last, "compared");
    if (done >= last) break;
  }
  progress.end();
  if (sum === undefined) throw new Error("there is always one page");
  return sum;
}

function lookedAt(sum: DryRun | undefined): number {
  return sum === undefined ? 0 : sum.sendouts.compared + sum.sendouts.bodiesGone;
}

/** Two pages as one. */
export function addPages(one: DryRun, other: DryRun): DryRun {
  const deliveries = new Map(one.deliveries.map((counts) => [keyOf(counts), counts]));
  for (const counts of other.deliveries) {
    const known = deliveries.get(keyOf(counts));
    deliveries.set(keyOf(counts), known === undefined ? counts : { ...known, ...addNumbers(known, counts, FATES) });
  }
  const sendouts = Object.keys(one.sendouts) as (keyof DryRun["sendouts"])[]; // its own keys
  return {
    tableVersion: other.tableVersion,
    sendouts: { ...one.sendouts, ...addNumbers(one.sendouts, other.sendouts, sendouts) },
    deliveries: [...deliveries.values()],
    examples: firstOfEach([...one.examples, ...other.examples]),
    warnings: [...new Set([...one.warnings, ...other.warnings])],
  };
}

function keyOf({ route, target }: { route: string; target: string }): string {
  return `${route} ${target}`;
}

function addNumbers<TKey extends string>(
  one: { readonly [key in TKey]: number },
  other: { readonly [key in TKey]: number },
  keys: readonly TKey[],
): Record<TKey, number> {
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as Record<TKey, number>; // those keys
}

function firstOfEach(examples: DryRun["examples"]): DryRun["examples"] {
  const counts = new Map<string, number>();
  return examples.filter((example) => {
    const key = `${keyOf(example)} ${example.fate}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= EXAMPLES_MAX;
  });
}
