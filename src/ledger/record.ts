// Writing the ledger, whatever state D1 is in. What D1 does not take within its budget waits in the LATE queue and is
// written when it can be: deliveries go on while the log is late.

import * as v from "valibot";
import { withinBudget } from "./budget.ts";
import { logFailure } from "../log.ts";
import { BytesSchema, encodeUtf8, gunzip, gzip } from "./content.ts";
import { isEnded, OutcomeSchema, recordOutcomes, type Outcome } from "./deliveries.ts";
import { createGatherer } from "./gather.ts";
import { insertWaiting, WaitingSchema } from "./in-order.ts";
import { OccurrenceSchema, recordOccurrences } from "./incidents.ts";
import { rewindJobs } from "./jobs.ts";
import { ensureMigrated } from "./migrate.ts";
import { insertPause, PauseSchema } from "./pauses.ts";
import { recordFailures } from "./failures.ts";
import { isFailing, noteRecoveries } from "./recoveries.ts";
import { markStale } from "./seal-blocks.ts";
import { databaseOf, HOME, type ShardBindings } from "./shards.ts";
import { insertRepeats, insertSendouts, RepeatRowSchema, SendoutRowSchema } from "./sendouts.ts";

/** Which database a row belongs to, by its number; LEDGER when left out. */
const SHARD = v.optional(v.number());

/** One thing to write down. What belongs to a sendout is written where that is. */
export const EntrySchema = v.variant("kind", [
  v.object({ kind: v.literal("sendout"), row: SendoutRowSchema, shard: SHARD }),
  v.object({ kind: v.literal("repeat"), row: RepeatRowSchema, shard: SHARD }),
  v.object({ kind: v.literal("waiting"), waiting: WaitingSchema }),
  v.object({ kind: v.literal("outcome"), outcome: OutcomeSchema, shard: SHARD }),
  // What an outcome in another database says of its target: incidents are in LEDGER.
  v.object({ kind: v.literal("news"), outcome: OutcomeSchema }),
  v.object({ kind: v.literal("incident"), occurrence: OccurrenceSchema }),
  v.object({ kind: v.literal("pause"), pause: PauseSchema }),
]);
export type Entry = v.InferOutput<typeof EntrySchema>;

/** What waits in the LATE queue: one entry as compressed JSON. */
export const LateMessageSchema = v.object({
  v: v.literal(1),
  kind: v.literal("late"),
  entry: BytesSchema,
});

/** The bindings this file works with. */
export type RecordBindings = ShardBindings & { LATE: Queue };

/**
 * Writes entries, those of a database in one transaction, or leaves them to the LATE queue when D1 does not take them.
 * LEDGER comes first: whoever is interrupted before the others have theirs comes again, and people have been told once
 * more rather than never.
 *
 * @throws when neither takes some of them; the caller must not acknowledge
 */
export async function recordEntries(env: RecordBindings, entries: readonly Entry[]): Promise<void> {
  const { [HOME]: home, ...others } = byShard(entries.flatMap((entry) => [entry, ...newsOf(entry)]));
  if (home !== undefined) await writeOrSendLate(env, HOME, home);
  await Promise.all(
    Object.entries(others).map(async ([number, together = []]) => writeOrSendLate(env, Number(number), together)),
  );
}

async function writeOrSendLate(env: RecordBindings, shard: number, entries: readonly Entry[]): Promise<void> {
  try {
    await withinBudget(writeEntries(databaseOf(env, shard), entries));
  } catch (error) {
    logFailure("ledger_late", error, { entries: entries.length, ...(shard !== HOME && { shard }) });
    await Promise.all(entries.map((entry) => sendLate(env.LATE, entry)));
  }
}

/** Entries by the number of the database that they are written to. */
export function byShard<T extends Entry>(entries: readonly T[]): Partial<Record<number, T[]>> {
  return Object.groupBy(entries, shardOf);
}

/** The number of the database that an entry is written to. */
function shardOf(entry: Entry): number {
  return ("shard" in entry ? entry.shard : undefined) ?? HOME;
}

/**
 * What LEDGER hears of an outcome that another database records: only what incidents go by. The request of a success is
 * left out; of a failure it says which words of the answer are its own, and must not be told.
 */
function newsOf(entry: Entry): Entry[] {
  if (entry.kind !== "outcome" || shardOf(entry) === HOME || !isNews(entry.outcome)) return [];
  const { outcome } = entry;
  return [{ kind: "news", outcome: outcome.state === "delivered" ? { ...outcome, request: "" } : outcome }];
}

/** Whether incidents go by it: it has ended, or its target has failed for a while. */
function isNews(outcome: Outcome): boolean {
  return isEnded(outcome.state) || isFailing(outcome);
}

/**
 * Writes entries in one transaction. All of them are of this database.
 *
 * @param beside statements of the same transaction
 * @throws whatever D1 throws; then none is written
 */
export async function writeEntries(
  db: D1Database,
  entries: readonly Entry[],
  beside: readonly D1PreparedStatement[] = [],
): Promise<void> {
  await ensureMigrated(db);
  const all = [...statements(db, entries), ...beside];
  // Nothing but news of what nobody is told of.
  if (all.length > 0) await db.batch(all);
}

/** Reads an entry back from a LATE message. */
export function readLate(message: v.InferOutput<typeof LateMessageSchema>): Entry {
  const json = new TextDecoder().decode(gunzip(message.entry));
  return v.parse(EntrySchema, JSON.parse(json));
}

/**
 * A recorder for a batch. Each call resolves when its own entries are durable, together with those of others.
 *
 * @param pause how long to wait for others once there is one
 */
export function createRecorder(
  env: RecordBindings,
  pause?: () => Promise<void>,
): (...entries: Entry[]) => Promise<void> {
  return createGatherer<Entry>(async (entries) => recordEntries(env, entries), pause);
}

/** D1 takes a bound value of 2 MB; rows go in together up to here, in characters of JSON. */
const STATEMENT_CHARS_MAX = 1_000_000;

// A few statements however many entries: a free plan allows 50 queries per invocation.
function statements(db: D1Database, entries: readonly Entry[]): D1PreparedStatement[] {
  const result: D1PreparedStatement[] = [];
  const sendouts = entries.flatMap((entry) => (entry.kind === "sendout" ? [entry.row] : []));
  const repeats = entries.flatMap((entry) => (entry.kind === "repeat" ? [entry.row] : []));
  const waiting = entries.flatMap((entry) => (entry.kind === "waiting" ? [entry.waiting] : []));
  const outcomes = entries.flatMap((entry) => (entry.kind === "outcome" ? [entry.outcome] : []));
  // Of what another database records, LEDGER hears by itself.
  const heard = entries.flatMap((entry) =>
    entry.kind === "news" || (entry.kind === "outcome" && shardOf(entry) === HOME) ? [entry.outcome] : [],
  );
  const occurrences = entries.flatMap((entry) => (entry.kind === "incident" ? [entry.occurrence] : []));
  for (const rows of slices(sendouts, (row) => row.body.length)) result.push(...insertSendouts(db, rows));
  if (sendouts.length > 0) {
    const receivedAts = sendouts.map(({ received_at }) => received_at);
    result.push(rewindJobs(db, Math.min(...receivedAts)), markStale(db, receivedAts));
  }
  for (const rows of slices(repeats, (row) => row.body?.length ?? 0)) result.push(insertRepeats(db, rows));
  for (const rows of slices(waiting, (row) => row.request.length)) result.push(insertWaiting(db, rows));
  // Before the outcomes: what is written already is not counted again.
  result.push(...recordFailures(db, heard));
  for (const rows of slices(outcomes, (row) => row.request.length + (row.attempt?.excerpt?.length ?? 0)))
    result.push(recordOutcomes(db, rows));
  result.push(...noteRecoveries(db, heard));
  for (const rows of slices(occurrences, () => 0)) result.push(recordOccurrences(db, rows));
  for (const entry of entries) if (entry.kind === "pause") result.push(...insertPause(db, entry.pause));
  return result;
}

/** Slices of a list, each below the size of one bound value. `size` gives the one part of a row that can be large. */
function slices<T>(rows: readonly T[], size: (row: T) => number): T[][] {
  const result: T[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const rowChars = size(row) + ROW_OVERHEAD_CHARS;
    if (chars + rowChars > STATEMENT_CHARS_MAX) {
      result.push([]);
      chars = 0;
    }
    result.at(-1)?.push(row);
    chars += rowChars;
  }
  return result;
}

/** A row's other columns as JSON, generously; an answer's headers have 4 KB at most. */
const ROW_OVERHEAD_CHARS = 10_000;

async function sendLate(queue: Queue, entry: Entry): Promise<void> {
  const bytes = gzip(encodeUtf8(JSON.stringify(entry)));
  await queue.send({ v: 1, kind: "late", entry: bytes }, { contentType: "v8" });
}
