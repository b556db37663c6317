// A dry run from its first page to its last, added up.

import type { InferResponseType } from "hono/client";
import { addDryRuns } from "../../src/routing/add-dry-runs.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { readPages } from "../client/pages.ts";
import type { Progress } from "../terminal/progress.ts";

type Page = InferResponseType<Admin["table"]["dry-run"]["$post"], 200>;

/** What a table would make of logged sendouts. */
export type DryRun = Omit<Page, "next">;

/** How many sendouts the router compares in one call. */
const PAGE_SENDOUTS = 250;

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
    sum = sum === undefined ? page : addDryRuns(sum, page);
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
