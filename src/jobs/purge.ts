// Retention, every minute: content whose time is over goes, then the rows, then what has an age of its own. In small steps
// that go on where they were, never past what a replay still needs, and never what is still under way.

import { dropClaims, type ClaimBindings } from "../ledger/claims.ts";
import {
  noteJob,
  noteTrouble,
  PURGE_BODIES_JOB,
  PURGE_METADATA_JOB,
  PURGE_REST_JOB,
  readJobs,
} from "../ledger/jobs.ts";
import { endOfStep, purgeContent, purgeRows, type Stretch } from "../ledger/purge.ts";
import { findEnded, purgeEnded } from "../ledger/purge-later.ts";
import { findLeftClaims, purgeRest } from "../ledger/purge-rest.ts";
import { replayedSince } from "../ledger/replayed-since.ts";
import { DAY_MS, RETENTION_DEFAULT, type Retention } from "../ledger/retention-settings.ts";
import { newestTable, type TableBindings } from "../routing/table-store.ts";

/** The bindings this job works with. */
export type PurgeBindings = TableBindings & ClaimBindings;

/** Sendouts of one step: one transaction, in which nobody else writes, of some ten milliseconds. */
const STEP_SENDOUTS = 500;

/** Steps of one run, of contents and of rows each: 5,000 sendouts a minute, which is more than D1 takes in for long. */
const STEPS_MAX = 10;

/** Sendouts that were passed over, of one step. */
const LATER_AT_ONCE = 100;

/** How often what was passed over, and what has an age of its own, is looked at, in milliseconds. */
const REST_EVERY_MS = 60 * 60_000;

/** How far the purge may be behind before it says so, in milliseconds. */
const BEHIND_AFTER_MS = 60 * 60_000;

/**
 * Purges what is too old, by the retention of the table in force.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 or R2 throws; what was done stays done, and the next run goes on there
 */
export async function purge(env: PurgeBindings, now: number): Promise<void> {
  const { table } = await newestTable(env, now);
  const retention = table.source.settings?.retention ?? RETENTION_DEFAULT;
  const until = ((await replayedSince(env.LEDGER, now)) ?? now + 1) - 1;
  const jobs = await readJobs(env.LEDGER);
  const positionOf = (name: string): number => jobs.get(name)?.position ?? 0;
  const bodies = await walk(env, positionOf(PURGE_BODIES_JOB), {
    until: Math.min(until, now - retention.bodyDays * DAY_MS),
    step: async ({ from, to }) => purgeContent(env.LEDGER, { job: PURGE_BODIES_JOB, from, to }, "expired", now),
  });
  await walk(env, positionOf(PURGE_METADATA_JOB), {
    until: Math.min(bodies, now - retention.metadataDays * DAY_MS),
    step: async ({ from, to }) => purgeRows(env.LEDGER, { job: PURGE_METADATA_JOB, from, to }, now),
  });
  await noteTrouble(env.LEDGER, PURGE_BODIES_JOB, describeDelay(bodies, retention, now));
  if (now - (jobs.get(PURGE_REST_JOB)?.endedAt ?? 0) >= REST_EVERY_MS) await purgeHourly(env, retention, bodies, now);
}

/** Goes on through the sendouts, step by step; returns up to where it has come. */
async function walk(
  env: PurgeBindings,
  from: number,
  { until, step }: { until: number; step: (stretch: Omit<Stretch, "job">) => Promise<string[]> },
): Promise<number> {
  let position = from;
  for (let steps = 0; steps < STEPS_MAX && position < until; steps++) {
    const to = await endOfStep(env.LEDGER, position, until, STEP_SENDOUTS);
    await dropClaims(env, await step({ from: position, to }));
    position = to;
  }
  return position;
}

/** What to tell people when the purge is behind; null when it is not. */
function describeDelay(position: number, { bodyDays }: Retention, now: number): string | null {
  if (now - bodyDays * DAY_MS - position < BEHIND_AFTER_MS) return null;
  return `Payloads received after ${new Date(position).toISOString()} are still kept, although bodyDays is ${bodyDays}. A running or planned replay (GET /admin/replays) keeps what it needs; after a shorter time was published, 5,000 sendouts go each minute; else the log has why it fails (job_failed, job purge).`;
}

async function purgeHourly(env: PurgeBindings, retention: Retention, purgedUpTo: number, now: number): Promise<void> {
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const ended = await findEnded(env.LEDGER, purgedUpTo, LATER_AT_ONCE);
    const isOld = (receivedAt: number): boolean => receivedAt <= now - retention.metadataDays * DAY_MS;
    const { rows = [], contents = [] } = Object.groupBy(ended, ({ receivedAt }) =>
      isOld(receivedAt) ? "rows" : "contents",
    );
    await dropClaims(
      env,
      await purgeEnded(
        env.LEDGER,
        rows.map(({ id }) => id),
        "everything",
      ),
    );
    await dropClaims(
      env,
      await purgeEnded(
        env.LEDGER,
        contents.map(({ id }) => id),
        "expired",
      ),
    );
    if (ended.length < LATER_AT_ONCE) break;
  }
  await dropClaims(env, await findLeftClaims(env, purgedUpTo, now));
  for (let steps = 0; steps < STEPS_MAX; steps++) if (!(await purgeRest(env.LEDGER, retention, now))) break;
  await noteJob(env.LEDGER, PURGE_REST_JOB, now);
}
