// Makes a sendout durable. When `send` resolves, the queue has it on disk: that is the moment a 202 becomes true.

import type { ClaimBindings } from "../ledger/claims.ts";
import { packForQueue } from "../ledger/content.ts";
import { logFailure } from "../log.ts";
import { INGEST_MESSAGE_VERSION, type IngestMessage } from "../routing/message.ts";

/** A queue that refuses is asked once more after this time, in milliseconds; its errors are mostly momentary. */
const SECOND_TRY_AFTER_MS = 100;

/** A sendout at the moment it was accepted. */
export interface Accepted extends Omit<IngestMessage, "v" | "kind" | "content"> {
  body: Uint8Array<ArrayBuffer>;
}

/** An id for an accepted sendout: `acc_`, the time in hexadecimal milliseconds, and 80 random bits. Sorts by time. */
export function createAcceptedId(now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(10)).toHex();
  return `acc_${now.toString(16).padStart(12, "0")}${random}`;
}

/** Whether the sendout is now durable. False means it is not, and the sender must be told to come again. */
export async function storeSendout(env: ClaimBindings & { INGEST: Queue }, accepted: Accepted): Promise<boolean> {
  const { body, ...rest } = accepted;
  try {
    const content = await packForQueue(body, env);
    const message: IngestMessage = { v: INGEST_MESSAGE_VERSION, kind: "ingest", ...rest, content };
    await sendTwice(env.INGEST, message);
    return true;
  } catch (error) {
    logFailure("not_durable", error, { inlet: accepted.inlet, bytes: body.length });
    return false;
  }
}

async function sendTwice(queue: Queue, message: IngestMessage): Promise<void> {
  try {
    await queue.send(message, { contentType: "v8" });
  } catch {
    await scheduler.wait(SECOND_TRY_AFTER_MS);
    await queue.send(message, { contentType: "v8" });
  }
}
