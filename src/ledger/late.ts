// The LATE consumer: rows that D1 did not take at first, written as soon as it does.

import * as v from "valibot";
import { logFailure } from "../log.ts";
import { jobNote, LATE_JOB } from "./jobs.ts";
import { quarantineMessage } from "./quarantine.ts";
import { byShard, LateMessageSchema, readLate, writeEntries, type Entry, type RecordBindings } from "./record.ts";
import { databaseOf } from "./shards.ts";

/** How soon a row that still cannot be written is offered again, in seconds. */
const RETRY_SECONDS = 30;

/** An entry and the message that brought it. */
type Late = Entry & { message: Message };

/** Handles a batch of the LATE queue: all rows of a database in one transaction, or each message back for later. */
export async function consumeLate(batch: MessageBatch, env: RecordBindings): Promise<void> {
  const entries: Late[] = [];
  for (const message of batch.messages) {
    try {
      entries.push({ ...readLate(v.parse(LateMessageSchema, message.body)), message });
    } catch {
      await setAside(message, env);
    }
  }
  const shards = Object.entries(byShard(entries));
  await Promise.all(shards.map(async ([number, together = []]) => writeLate(env, Number(number), together)));
}

async function writeLate(env: RecordBindings, shard: number, entries: readonly Late[]): Promise<void> {
  const messages = entries.map(({ message }) => message);
  try {
    const db = databaseOf(env, shard);
    await writeEntries(db, entries, [jobNote(db, LATE_JOB, Date.now())]);
    for (const message of messages) message.ack();
  } catch (error) {
    logFailure("ledger_still_late", error, { entries: entries.length });
    for (const message of messages) message.retry({ delaySeconds: RETRY_SECONDS });
  }
}

async function setAside(message: Message, env: RecordBindings): Promise<void> {
  try {
    await quarantineMessage(env, message, "late", "message_unreadable", "the queue message has an unknown shape");
    message.ack();
  } catch {
    message.retry({ delaySeconds: RETRY_SECONDS }); // nowhere to record it yet; the queue keeps it
  }
}
