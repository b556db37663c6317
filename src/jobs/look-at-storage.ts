// The watchdog's look at the platform: whether D1 takes every row, whether KV takes the table, how full the database is,
// and how much of what the free plan takes a day is used.

import type { AlertSettings } from "../alerts/settings.ts";
import type { Count } from "../ledger/count-traffic.ts";
import { LATE_JOB, readJobs, REPUBLISH_JOB, WATCHDOG_JOB } from "../ledger/jobs.ts";
import { bindingOf, shardsOf, type ShardBindings } from "../ledger/shards.ts";
import { readSizes, readStatistics } from "../ledger/statistics.ts";
import { DATABASE_BYTES_MAX, FREE_PLAN_A_DAY, useOf, type Use } from "../ledger/usage.ts";
import type { Found, Look } from "../ledger/watched-incidents.ts";
import { duration } from "./duration.ts";

const DAY_MS = 24 * 60 * 60_000;

/** For how long D1 has to take every row at once before it counts as well, in milliseconds. */
const D1_WELL_AFTER_MS = 15 * 60_000;

/** How long KV may not answer, in milliseconds: fifteen runs of the cron. */
const KV_UNWELL_MS = 15 * 60_000;

/** Which share of a limit is nearly all of it. */
const NEARLY = 0.8;

/**
 * Looks whether D1 has lately refused rows, which were written late. While it refuses them nothing can be noted, so this is
 * seen when the first of them have been.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtD1(env: ShardBindings, now: number): Promise<Look> {
  const found = shardsOf(env).map(async ({ number, db }): Promise<Found[]> => {
    const lastLateAt = (await readJobs(db)).get(LATE_JOB)?.endedAt ?? 0;
    if (now - lastLateAt >= D1_WELL_AFTER_MS) return [];
    return [{ subject: bindingOf(number).toLowerCase(), detail: describeLate(now - lastLateAt) }];
  });
  return { kind: "d1_unwell", found: (await Promise.all(found)).flat() };
}

function describeLate(agoMs: number): string {
  return `D1 did not take rows at first; they waited in the queue "late", and the last were written ${duration(agoMs)} ago. Nothing is lost: sendouts are accepted and delivered meanwhile. The log has why (ledger_late, ledger_still_late).`;
}

/**
 * Looks whether the routing table's copy in KV could be checked lately.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtKv(db: D1Database, now: number): Promise<Look> {
  const jobs = await readJobs(db);
  // A job that has never ended well is waited for since there has been a watchdog.
  const endedAt = Math.max(jobs.get(REPUBLISH_JOB)?.endedAt ?? 0, jobs.get(WATCHDOG_JOB)?.position ?? now);
  const detail = `The table's copy in KV could not be read or renewed for ${duration(now - endedAt)}. Routing goes by D1 meanwhile and ingest by the copy in hand, so a table that is published now reaches inlets late. The log has why (job_failed, job republish_table).`;
  return { kind: "kv_unwell", found: now - endedAt < KV_UNWELL_MS ? [] : [{ subject: "kv", detail }] };
}

/**
 * Looks how full the databases are.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtSize(env: ShardBindings, plan: AlertSettings["plan"], now: number): Promise<Look> {
  const found = shardsOf(env).map(async ({ number, db }): Promise<Found[]> => {
    const { bytes } = await readSizes(db, now - (now % DAY_MS));
    if (bytes < NEARLY * DATABASE_BYTES_MAX[plan]) return [];
    return [{ subject: bindingOf(number).toLowerCase(), detail: describeSize(bytes, plan) }];
  });
  return { kind: "database_filling", found: (await Promise.all(found)).flat() };
}

function describeSize(bytes: number, plan: AlertSettings["plan"]): string {
  const most = DATABASE_BYTES_MAX[plan];
  return `The database has ${Math.round(bytes / 1_000_000)} MB of the ${most / 1_000_000} MB that it may have on the ${plan} plan; then nothing can be recorded any more. Deleted rows make room for new ones, but the file does not shrink.`;
}

/** What each limit of the free plan is called. */
const NAMES: Record<keyof Use, string> = {
  d1RowsWritten: "rows written",
  queueOperations: "queue operations",
  workerRequests: "requests",
};

/**
 * Looks how much of a day of the free plan is used; on the paid one there is nothing to run out of.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtPlan(env: ShardBindings, plan: AlertSettings["plan"], now: number): Promise<Look> {
  return { kind: "plan_limits", found: plan === "free" ? await findNearLimits(env, now) : [] };
}

async function findNearLimits(env: ShardBindings, now: number): Promise<Found[]> {
  // The platform's days are those of UTC.
  const { steps } = await readStatistics(env, now - (now % DAY_MS), now, DAY_MS);
  const counts = steps.flatMap((step) => step.counts);
  const use = useOf({
    sendouts: sum(counts, "sendouts"),
    deliveries: sum(counts, "deliveries"),
    attempts: sum(counts, "attempts"),
  });
  return Object.entries(NAMES).flatMap(([key, name]): Found[] => {
    const limit = key as keyof Use; // the keys of `NAMES` are those of `Use`
    const share = use[limit] / FREE_PLAN_A_DAY[limit];
    if (share < NEARLY) return [];
    const detail = `By an estimate from what was logged today, ${use[limit]} of the free plan's ${FREE_PLAN_A_DAY[limit]} ${name} a day are used. When they are used up the platform refuses more until midnight UTC: Voucherify is then answered with 503, and switches a webhook off after twelve of them.`;
    return [{ subject: name, detail }];
  });
}

function sum(counts: readonly Count[], kind: Count[0]): number {
  return counts.reduce((total, [of, , , count]) => total + (of === kind ? count : 0), 0);
}
