// Retention, every five minutes: content whose time is over goes, then the rows, then what has an age of its own. In small
// steps that go on where they were, never past what a replay still needs, and never what is still under way.

import { ArchiveError, archivePayloads, type ArchiveBindings } from "../ledger/archive.ts";
import { dropClaims } from "../ledger/claims.ts";
import {
  noteJob,
  noteTrouble,
  PURGE_BODIES_JOB,
  PURGE_METADATA_JOB,
  PURGE_REST_JOB,
  readJobs,
} from "../ledger/jobs.ts";
import {
  endOfStep,
  purgeContent,
  purgeNamed,
  purgeRows,
  receivedWithin,
  withIds,
  type Stretch,
} from "../ledger/purge.ts";
import { findEnded, purgeEnded, type PassedOver } from "../ledger/purge-later.ts";
import { findLeftClaims, purgeRest } from "../ledger/purge-rest.ts";
import { replayedSince } from "../ledger/replayed-since.ts";
import { DAY_MS, RETENTION_DEFAULT, type Retention } from "../ledger/retention-settings.ts";
import { databaseOf, HOME, othersOf } from "../ledger/shards.ts";
import { logFailure } from "../log.ts";
import { newestTable, type TableBindings } from "../routing/table-store.ts";

/** The bindings this job works with. */
export type PurgeBindings = TableBindings & ArchiveBindings;

/** Sendouts of one step: one transaction, in which nobody else writes, of some ten milliseconds. */
const STEP_SENDOUTS = 500;

/** The same where each is a request to R2: a free plan has 50 of them for one invocation, and a step must get done. */
const ARCHIVED_STEP_SENDOUTS = 25;

/** Steps of one run, of contents and of rows each: 5,000 sendouts in five minutes, more than comes in for long. */
const STEPS_MAX = 10;

/** How often what was passed over, and what has an age of its own, is looked at, in milliseconds. */
const REST_EVERY_MS = 60 * 60_000;

/** How far the purge may be behind before it says so, in milliseconds. */
const BEHIND_AFTER_MS = 60 * 60_000;

/** A run: under which retention, and at which instant, in milliseconds since 1970. */
interface Run {
  retention: Retention;
  now: number;
  /** The database that is purged. */
  db: D1Database;
}

/**
 * Purges what is too old, by the retention of the table in force.
 *
 * @param shard the number of the database that is purged
 * @param now milliseconds since 1970
 * @throws whatever D1 or R2 throws; what was done stays done, and the next run goes on there
 */
export async function purge(env: PurgeBindings, now: number, shard = HOME): Promise<void> {
  const db = databaseOf(env, shard);
  const { table } = await newestTable(env, now);
  const run: Run = { retention: table.source.settings?.retention ?? RETENTION_DEFAULT, now, db };
  const needed = (await replayedSince(db, now)) ?? now + 1;
  const jobs = await readJobs(db);
  const positionOf = (name: string): number => jobs.get(name)?.position ?? 0;
  const { position, failure } = await purgeBodies(env, positionOf(PURGE_BODIES_JOB), needed - 1, run);
  await purgeMetadata(env, positionOf(PURGE_METADATA_JOB), position, run);
  await noteTrouble(db, PURGE_BODIES_JOB, describeDelay(position, failure, run));
  const isTimeForRest = now - (jobs.get(PURGE_REST_JOB)?.endedAt ?? 0) >= REST_EVERY_MS;
  if (isTimeForRest && failure === undefined) await purgeHourly(env, position, run);
}

/** Up to where contents are gone, in milliseconds since 1970, and what kept the rest from going. */
async function purgeBodies(
  env: PurgeBindings,
  from: number,
  until: number,
  { retention, now, db }: Run,
): Promise<{ position: number; failure?: ArchiveError }> {
  const end = Math.min(until, now - retention.bodyDays * DAY_MS);
  const size = env.ARCHIVE === undefined ? STEP_SENDOUTS : ARCHIVED_STEP_SENDOUTS;
  let position = from;
  for (let steps = 0; steps < STEPS_MAX && position < end; steps++) {
    const to = await endOfStep(db, position, end, size);
    try {
      await dropClaims(env, await purgeStretch(env, db, { job: PURGE_BODIES_JOB, from: position, to }, now));
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      logFailure("payload_not_archived", error.cause);
      return { position, failure: error };
    }
    position = to;
  }
  return { position };
}

async function purgeStretch(env: PurgeBindings, db: D1Database, stretch: Stretch, now: number): Promise<string[]> {
  const { ARCHIVE } = env;
  if (ARCHIVE === undefined) return purgeContent(db, stretch, "expired", now);
  const gone = await archivePayloads({ ...env, ARCHIVE }, db, receivedWithin(stretch.from, stretch.to));
  return purgeNamed(db, stretch, gone, now);
}

/** Rows go no further than contents have gone. */
async function purgeMetadata(env: PurgeBindings, from: number, until: number, run: Run): Promise<void> {
  const { retention, now, db } = run;
  const end = Math.min(until, now - retention.metadataDays * DAY_MS);
  let position = from;
  for (let steps = 0; steps < STEPS_MAX && position < end; steps++) {
    const to = await endOfStep(db, position, end, STEP_SENDOUTS);
    const stretch = { job: PURGE_METADATA_JOB, from: position, to };
    await dropClaims(env, await purgeRows(db, stretch, now));
    position = to;
  }
}

/** What to tell people when the purge is behind; null when it is not. */
function describeDelay(position: number, failure: ArchiveError | undefined, { retention, now }: Run): string | null {
  const { bodyDays } = retention;
  if (now - bodyDays * DAY_MS - position < BEHIND_AFTER_MS) return null;
  const why =
    failure === undefined
      ? "A running or planned replay keeps what it needs; after a shorter time was published, 5,000 sendouts go in five minutes, 250 with an archive; else the log has why it fails (job_failed, job purge)."
      : "The bucket ARCHIVE does not take them, and nothing goes that is not in there; the log has why (payload_not_archived).";
  const which = position === 0 ? "Payloads" : `Payloads received after ${new Date(position).toISOString()}`;
  return `${which} are still kept, although bodyDays is ${bodyDays}. ${why}`;
}

async function purgeHourly(env: PurgeBindings, purgedUpTo: number, run: Run): Promise<void> {
  const { retention, now, db } = run;
  const size = env.ARCHIVE === undefined ? STEP_SENDOUTS : ARCHIVED_STEP_SENDOUTS;
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const ended = await findEnded(db, purgedUpTo, size);
    await purgePassedOver(env, ended, run);
    if (ended.length < size) break;
  }
  // Claims are in LEDGER, whichever database refers to them.
  if (db === env.LEDGER) await dropClaims(env, await findLeftClaims(env, await purgedEverywhere(env, purgedUpTo), now));
  for (let steps = 0; steps < STEPS_MAX; steps++) if (!(await purgeRest(db, retention, now))) break;
  await noteJob(db, PURGE_REST_JOB, now);
}

/** Up to where contents are gone from all databases: so far from LEDGER, and where each of the others has come to. */
async function purgedEverywhere(env: PurgeBindings, fromHome: number): Promise<number> {
  const others = othersOf(env).map(async ({ db }) => (await readJobs(db)).get(PURGE_BODIES_JOB)?.position ?? 0);
  return Math.min(fromHome, ...(await Promise.all(others)));
}

/** Contents first, also of those whose rows go too: the archive has its copy. */
async function purgePassedOver(
  env: PurgeBindings,
  ended: readonly PassedOver[],
  { retention, now, db }: Run,
): Promise<void> {
  const { ARCHIVE } = env;
  const ids = ended.map(({ id }) => id);
  const gone: { archived: readonly string[]; expired: readonly string[] } =
    ARCHIVE === undefined
      ? { archived: [], expired: ids }
      : await archivePayloads({ ...env, ARCHIVE }, db, withIds(ids));
  await dropClaims(env, await purgeEnded(db, gone.archived, "archived"));
  await dropClaims(env, await purgeEnded(db, gone.expired, "expired"));
  const old = ended.filter(({ receivedAt }) => receivedAt <= now - retention.metadataDays * DAY_MS);
  await dropClaims(
    env,
    await purgeEnded(
      db,
      old.map(({ id }) => id),
      "everything",
    ),
  );
}
