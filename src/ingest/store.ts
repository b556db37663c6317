// Makes a sendout durable. When `send` resolves, the queue has it on disk: that is the moment a 202 becomes true. When the
// queue refuses, the Inbox takes it; with the journal on, the Inbox has it in any case.

import { isJournalOn, keepSendout, type InboxBindings } from "../inbox/ask-inbox.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import { gzip, packForQueue, type Content } from "../ledger/content.ts";
import { logFailure } from "../log.ts";
import { INGEST_MESSAGE_VERSION, type IngestMessage } from "../routing/message.ts";

/** A queue that refuses is asked once more after this time, in milliseconds; its errors are mostly momentary. */
const SECOND_TRY_AFTER_MS = 100;

/** The bindings this file works with. */
export type StoreBindings = ClaimBindings & InboxBindings & { INGEST: Queue };

/** A sendout at the moment it was accepted. */
export interface Accepted extends Omit<IngestMessage, "v" | "kind" | "content" | "journal"> {
  body: Uint8Array<ArrayBuffer>;
}

/** An id for an accepted sendout: `acc_`, the time in hexadecimal milliseconds, and 80 random bits. Sorts by time. */
export function createAcceptedId(now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(10)).toHex();
  return `acc_${now.toString(16).padStart(12, "0")}${random}`;
}

/** Whether the sendout is now durable. False means it is not, and the sender must be told to come again. */
export async function storeSendout(env: StoreBindings, { body, ...rest }: Accepted): Promise<boolean> {
  const journal = isJournalOn(env);
  const envelope = { v: INGEST_MESSAGE_VERSION, kind: "ingest", ...rest, ...(journal ? { journal } : {}) } as const;
  const queued = await enqueue(env, envelope, body);
  if (queued && !journal) return true;
  const kept = await keep(env, { ...envelope, journal: true, content: whole(body) }, queued);
  return queued || kept;
}

/** Whether the queue has it. A body that does not fit a message is stored first, which may fail as well. */
async function enqueue(
  env: StoreBindings,
  envelope: Omit<IngestMessage, "content">,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const message: IngestMessage = { ...envelope, content: await packForQueue(body, env) };
    await sendTwice(env.INGEST, message);
    return true;
  } catch (error) {
    logFailure("ingest_queue_refused", error, { inlet: envelope.inlet, bytes: body.length });
    return false;
  }
}

async function keep(env: StoreBindings, message: IngestMessage, queued: boolean): Promise<boolean> {
  try {
    await keepSendout(env, message, queued, message.receivedAt);
    return true;
  } catch (error) {
    logFailure(queued ? "journal_refused" : "not_durable", error, { inlet: message.inlet });
    return false;
  }
}

/** The bytes as the Inbox keeps them: all of them, whatever their size. */
function whole(body: Uint8Array<ArrayBuffer>): Content {
  return body.length < COMPRESS_FROM_BYTES ? { as: "raw", bytes: body } : { as: "gzip", bytes: gzip(body) };
}

/** Smaller bodies cost less as they are. */
const COMPRESS_FROM_BYTES = 16_000;

async function sendTwice(queue: Queue, message: IngestMessage): Promise<void> {
  try {
    await queue.send(message, { contentType: "v8" });
  } catch {
    await scheduler.wait(SECOND_TRY_AFTER_MS);
    await queue.send(message, { contentType: "v8" });
  }
}
