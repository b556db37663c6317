// The ledger's rows for jobs: when each last ended well, and up to where it has worked.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";

const JobSchema = v.pipe(
  v.object({ name: v.string(), ended_at: v.number(), position: v.number(), note: v.nullable(v.string()) }),
  v.transform(({ ended_at, ...row }) => ({ ...row, endedAt: ended_at })),
);
/** A job as it stands; `note` says what keeps it from going on, null when nothing does. Instants are milliseconds since 1970. */
export type Job = v.InferOutput<typeof JobSchema>;

/**
 * Every job that has ever ended, by name.
 *
 * @throws whatever D1 throws
 */
export async function readJobs(db: D1Database): Promise<Map<string, Job>> {
  await ensureMigrated(db);
  const { results } = await db.prepare("SELECT name, ended_at, position, note FROM jobs").all();
  return new Map(v.parse(v.array(JobSchema), results).map((job) => [job.name, job]));
}

/** Under what name the watchdog notes its runs. Its position is since when the cron's first run has been waited for. */
export const WATCHDOG_JOB = "watchdog";

/** Under what name it is kept up to when sendouts are in blocks. */
export const SEAL_JOB = "seal_blocks";

/** Under what name it is noted that the table's copy in KV was looked at, and renewed where it had to be. */
export const REPUBLISH_JOB = "republish_table";

/** Under what name it is noted when rows were last written that D1 had not taken at first. */
export const LATE_JOB = "record_late";

/** Under what name the sweeper notes its runs. */
export const SWEEP_JOB = "sweep";

/**
 * Notes that a job ended well.
 *
 * @throws whatever D1 throws
 */
export async function noteJob(db: D1Database, name: string, endedAt: number): Promise<void> {
  await ensureMigrated(db);
  await jobNote(db, name, endedAt).run();
}

/** The statement that notes it. */
export function jobNote(db: D1Database, name: string, endedAt: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO jobs (name, ended_at) VALUES (?1, ?2)
       ON CONFLICT (name) DO UPDATE SET ended_at = excluded.ended_at`,
    )
    .bind(name, endedAt);
}

/**
 * The statement that notes up to where a job has come in the sendouts' order of arrival, unless it was taken back
 * meanwhile: then it begins there.
 *
 * @param from the position it began at
 */
export function notePosition(
  db: D1Database,
  name: string,
  { endedAt, from, to }: { endedAt: number; from: number; to: number },
): D1PreparedStatement {
  return db
    .prepare("UPDATE jobs SET ended_at = ?2, position = iif(position = ?3, ?4, position) WHERE name = ?1")
    .bind(name, endedAt, from, to);
}

/** Under what name the search for planned deliveries without an outcome keeps its position: a time of arrival. */
export const ORPHANS_JOB = "adopt_orphans";

/** Under what name the statistics keep up to where they have been counted: a time of arrival. */
export const STATISTICS_JOB = "statistics";

/** Under what name the inlets' rhythm keeps up to where it has been counted from the statistics. */
export const INLET_SLOTS_JOB = "inlet_slots";

/** Under what names the purge keeps up to which time of arrival payloads, and whole sendouts, are gone. */
export const PURGE_BODIES_JOB = "purge_bodies";
export const PURGE_METADATA_JOB = "purge_metadata";

/** Under what name what is purged by its own age, every hour, notes its runs. */
export const PURGE_REST_JOB = "purge_rest";

/** The jobs that go over sendouts by when they were received, each from its position on. */
const BY_ARRIVAL = [ORPHANS_JOB, STATISTICS_JOB, PURGE_BODIES_JOB, PURGE_METADATA_JOB];

/**
 * The statement that takes those jobs back to before a sendout that is recorded later than those they have seen: after a
 * backlog, a recovery, or late. It writes nothing where they have not come so far yet, as they nearly always have not.
 */
export function rewindJobs(db: D1Database, receivedAt: number): D1PreparedStatement {
  const names = BY_ARRIVAL.map((name) => `'${name}'`).join(", ");
  return db.prepare(`UPDATE jobs SET position = ?1 WHERE name IN (${names}) AND position > ?1`).bind(receivedAt - 1);
}

/**
 * Says what keeps a job from going on; null when nothing does.
 *
 * @throws whatever D1 throws
 */
export async function noteTrouble(db: D1Database, name: string, note: string | null): Promise<void> {
  await db.prepare("UPDATE jobs SET note = ?2 WHERE name = ?1 AND note IS NOT ?2").bind(name, note).run();
}
