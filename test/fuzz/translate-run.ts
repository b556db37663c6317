// A block of random templates and events through compiling and rendering: what became of the pairs, and what does not
// hold, with the seed and path that make it again. Runs inside workerd as well as in Node.

import * as fc from "fast-check";
import { problemsSince, takeSnapshot } from "./prototypes.ts";
import { checkPairs, type Subject, type Verdict } from "./translate.ts";
import { arbitraryPairs, type FuzzPairs } from "./translate-pairs.ts";

/** What is run: so many templates of fast-check's seed, or the one at a path. */
export interface Block {
  seed: number;
  templates: number;
  path?: string | undefined;
}

/** A pair to be made again: fast-check's path of a run is the number of its template, from 0. */
export interface Found {
  seed: number;
  path: string;
}

/** What became of a block. */
export interface BlockResult {
  /** How many pairs ended each way. */
  outcomes: Record<string, number>;
  /** Characters of all bodies, and of the longest. */
  characters: number;
  longest: number;
  slowest: Found & { tookMs: number };
  /** The first template for which something does not hold, made as small as it still does not. */
  failure: (Found & { problems: string[]; pairs: FuzzPairs | undefined }) | undefined;
}

/** How a block is run. */
export interface RunOptions {
  subject?: Subject;
  /** Told that a template begins: its number in the block. */
  begin?: (template: number) => void;
  /** Whether what fails is made smaller; it is unless told otherwise. */
  isShrunk?: boolean;
}

/** Runs a block, up to the first problem. */
export async function runBlock(
  block: Block,
  { subject, begin, isShrunk = true }: RunOptions = {},
): Promise<BlockResult> {
  const { seed } = block;
  const snapshot = takeSnapshot();
  const result: BlockResult = {
    outcomes: {},
    characters: 0,
    longest: 0,
    slowest: { seed, path: "0", tookMs: 0 },
    failure: undefined,
  };
  let begun = 0;
  let problems: string[] = [];
  const property = fc.asyncProperty(arbitraryPairs(), async (pairs) => {
    begin?.(begun);
    const isShrinking = problems.length > 0;
    const verdicts = await checkPairs(pairs, subject);
    const found = [...verdicts.flatMap((verdict) => verdict.problems), ...problemsSince(snapshot)];
    if (!isShrinking) tally(result, verdicts, { seed, path: block.path ?? String(begun) });
    begun++;
    if (found.length === 0) return;
    problems = [...new Set(found)];
    throw new Error(problems.join("; "));
  });
  const { path, templates } = block;
  const runs = path === undefined ? { numRuns: templates } : { numRuns: 1, path };
  const details = await fc.check(property, { seed, ...runs, endOnFailure: !isShrunk });
  if (details.failed) {
    const [pairs] = details.counterexample ?? [];
    result.failure = { seed, path: details.counterexamplePath ?? "", problems, pairs };
  }
  return result;
}

function tally(result: BlockResult, verdicts: readonly Verdict[], found: Found): void {
  for (const { outcome, length, tookMs } of verdicts) {
    result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
    result.characters += length;
    result.longest = Math.max(result.longest, length);
    if (tookMs > result.slowest.tookMs) result.slowest = { ...found, tookMs };
  }
}
