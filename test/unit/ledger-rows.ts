// What the ledger holds, read past whatever faults a test's bindings have.

import type { InferOutput } from "valibot";
import { ensureMigrated } from "../../src/ledger/migrate.ts";
import { readLate, type Entry, type LateMessageSchema } from "../../src/ledger/record.ts";
import { readSendoutRecord, type SendoutRecord } from "../../src/ledger/search.ts";
import { workingD1, type RecordingQueue } from "./faults.ts";

/** The one sendout with its deliveries that was answered with this id; undefined when there is none. */
export async function findRecord(acceptedId: string): Promise<SendoutRecord | undefined> {
  return readSendoutRecord(workingD1(), acceptedId);
}

/** Every row of a table, in the order of its key. */
export async function rowsOf(
  table: "sendouts" | "repeats" | "deliveries" | "incidents" | "claims" | "slow_targets" | "table_versions",
): Promise<Record<string, unknown>[]> {
  const db = workingD1();
  await ensureMigrated(db);
  const { results } = await db.prepare(`SELECT * FROM ${table}`).all();
  return results;
}

/** The entries that wait in the LATE queue. */
export async function lateEntries(queue: RecordingQueue): Promise<Entry[]> {
  return Promise.all(
    queue.messages.map(async (message) => readLate(message as InferOutput<typeof LateMessageSchema>)), // src sent them
  );
}
