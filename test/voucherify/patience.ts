// When Voucherify has had enough and switches a webhook off, or pauses a distribution: "after 12 unsuccessful tries".
// Nobody says whether those are the tries of one sendout or any twelve in a row, so both can be had.
// https://docs.voucherify.io/api-reference/introduction-to-webhooks (read 2026-11-22)

import { RETRY_OFFSETS_MS } from "./schedule.ts";

/**
 * Which tries count. `sendout`: a source stops when one sendout's twelfth retry has failed, a day after its first try,
 * and not before. `in a row`: that too, and also as soon as twelve tries in a row have failed for several sendouts
 * together, first tries included: twelve sendouts refused within a second are enough.
 */
export type SwitchOffRule = "sendout" | "in a row";

/** Keeps count of failed tries, separately for each source. */
export interface Patience {
  /** Notes a failed try. True when that was one too many. */
  fail(sourceId: string, sendoutId: string, lastRetry: boolean): boolean;
  /** Begins again: a try has succeeded, or the source was stopped. */
  restore(sourceId: string): void;
}

const TRIES_MAX = RETRY_OFFSETS_MS.length;

/** Patience by one of the two readings. */
export function createPatience(rule: SwitchOffRule): Patience {
  const failedInARow = new Map<string, string[]>();
  return {
    fail: (sourceId, sendoutId, lastRetry) => {
      const failed = [...(failedInARow.get(sourceId) ?? []), sendoutId];
      failedInARow.set(sourceId, failed);
      return lastRetry || (rule === "in a row" && isTooMany(failed));
    },
    restore: (sourceId) => {
      failedInARow.delete(sourceId);
    },
  };
}

/** A sendout alone keeps all its retries, which make thirteen tries: the schedule promises them. */
function isTooMany(failed: readonly string[]): boolean {
  return failed.length >= TRIES_MAX && new Set(failed).size > 1;
}
