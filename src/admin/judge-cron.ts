// Whether the cron runs. One that does not cannot say so itself, so whoever asks for health is told.

import { SWEEP_JOB, WATCHDOG_JOB, type Job } from "../ledger/jobs.ts";

/** How long ago the sweeper and the watchdog may have ended, in milliseconds; they run every minute. */
const LATE_AFTER_MS = 5 * 60_000;

/**
 * How long the first run may take to come, in milliseconds: a new trigger needs up to 15 minutes to be known everywhere.
 * https://developers.cloudflare.com/workers/configuration/cron-triggers/ (read 2026-11-24)
 */
const FIRST_AFTER_MS = 20 * 60_000;

/**
 * What is wrong with the cron; undefined when nothing is.
 *
 * @param jobs every job that the ledger knows, by name
 * @param now milliseconds since 1970
 */
export function judgeCron(jobs: ReadonlyMap<string, Job>, now: number): string | undefined {
  const waitingSince = jobs.get(WATCHDOG_JOB)?.position ?? 0;
  for (const name of [SWEEP_JOB, WATCHDOG_JOB]) {
    const endedAt = jobs.get(name)?.endedAt ?? 0;
    const neverRan = endedAt === 0;
    if (!isLate(endedAt, waitingSince, now)) continue;
    const last = neverRan ? "has never ended well" : `has not ended well since ${new Date(endedAt).toISOString()}`;
    return `the cron's job "${name}" ${last}: see that wrangler.toml has the trigger "* * * * *" and what the log says (job_failed)`;
  }
  return undefined;
}

/** Whether the sweeper has not come by a database for longer than it should, as the database's own jobs say. */
export function isSweptLate(jobs: ReadonlyMap<string, Job>, now: number): boolean {
  return isLate(jobs.get(SWEEP_JOB)?.endedAt ?? 0, jobs.get(WATCHDOG_JOB)?.position ?? 0, now);
}

function isLate(endedAt: number, waitingSince: number, now: number): boolean {
  return endedAt === 0 ? now - waitingSince > FIRST_AFTER_MS : now - endedAt > LATE_AFTER_MS;
}
