// The DEAD consumer: what a queue offered a hundred times without success ends as a visible, kept row.

import * as v from "valibot";
import { DeliverMessageSchema, type DeliverMessage } from "../delivery/message.ts";
import { infrastructureDelaySeconds } from "../delivery/schedule.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import { toColumn, unpack } from "../ledger/content.ts";
import { quarantineMessage } from "../ledger/quarantine.ts";
import { LateMessageSchema, readLate, recordEntries, type Entry, type RecordBindings } from "../ledger/record.ts";
import { findElsewhere } from "../ledger/sendouts.ts";
import { searchKeys } from "../ledger/terms.ts";
import { logFailure } from "../log.ts";
import { IngestMessageSchema, type IngestMessage } from "../routing/message.ts";
import { quarantineRow, readSendout } from "../routing/route-sendout.ts";

/** How often a queue offers a message before it lands here: the first time and `max_retries` in wrangler.toml. */
const QUEUE_TRIES_MAX = 101;

type DeadBindings = RecordBindings & ClaimBindings;

const DeadMessageSchema = v.variant("kind", [IngestMessageSchema, DeliverMessageSchema, LateMessageSchema]);

/** Handles a batch of the DEAD queue. A message is acknowledged once its row is durable. */
export async function consumeDead(batch: MessageBatch, env: DeadBindings, now: number): Promise<void> {
  for (const message of batch.messages) {
    try {
      await bury(message, env, now);
      message.ack();
    } catch (error) {
      logFailure("dead_letter_not_recorded", error);
      message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
    }
  }
}

async function bury(message: Message, env: DeadBindings, now: number): Promise<void> {
  const parsed = v.safeParse(DeadMessageSchema, message.body);
  const entry = parsed.success ? await toEntry(parsed.output, env, now).catch(notReadable) : undefined;
  if (entry !== undefined) return recordEntries(env, [entry]);
  return quarantineMessage(
    env,
    message,
    "dead",
    "message_unreadable",
    "a queue gave this message up and it has no known shape",
  );
}

/** Content that cannot be unpacked is quarantined as the message it is. A store that is unwell is asked again. */
function notReadable(error: unknown): undefined {
  if (!isDamage(error)) throw error;
  logFailure("dead_letter_damaged", error);
}

/** What bytes make go wrong: they are no gzip, no JSON, or JSON of another shape. */
function isDamage(error: unknown): boolean {
  return error instanceof TypeError || error instanceof SyntaxError || v.isValiError(error);
}

async function toEntry(
  message: v.InferOutput<typeof DeadMessageSchema>,
  env: DeadBindings,
  now: number,
): Promise<Entry | undefined> {
  switch (message.kind) {
    case "ingest":
      return deadSendout(message, env);
    case "deliver":
      return { kind: "outcome", outcome: deadDelivery(message, now), shard: message.shard };
    case "late":
      return readLate(message);
  }
}

async function deadSendout(message: IngestMessage, env: DeadBindings): Promise<Entry | undefined> {
  const body = await unpack(message.content, env);
  if (body === undefined) return undefined;
  const sendout = await readSendout(message, body, searchKeys(env)[0]);
  const row = quarantineRow(sendout, "routing_gave_up", "routing failed each time the queue offered it");
  // It may have been recorded after all, in another database than takes what is quarantined.
  return { kind: "sendout", row, shard: await findElsewhere(env, row.id) };
}

function deadDelivery(message: DeliverMessage, now: number) {
  return {
    sendoutId: message.sendoutId,
    target: message.target,
    copy: message.copy,
    route: message.route,
    round: message.round,
    attemptsBefore: message.attemptsBefore,
    sweepAt: null,
    state: "failed" as const,
    reason: "delivery_gave_up",
    // Past whatever was counted in this round, so that the row takes it unless the delivery has succeeded after all.
    attemptsMade: message.attemptsBefore + QUEUE_TRIES_MAX,
    updatedAt: now,
    dueAt: null,
    request: toColumn(message.content),
  };
}
