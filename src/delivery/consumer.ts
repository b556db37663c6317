// The DELIVER consumer: one attempt per message, judged, written down, then acknowledged or put back with its delay.
// Six calls at a time, of which one target gets half, so that a slow target does not hold up its neighbours.

import * as v from "valibot";
import { withinBudget } from "../ledger/budget.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import { toColumn, unpack } from "../ledger/content.ts";
import { lookUpDeliveries, type Outcome, type Standing } from "../ledger/deliveries.ts";
import { quarantineMessage } from "../ledger/quarantine.ts";
import { createRecorder, type Entry, type RecordBindings } from "../ledger/record.ts";
import { logFailure } from "../log.ts";
import { RenderedRequestSchema, type RenderedRequest } from "../translation/rendered.ts";
import { judge, type Verdict } from "./judge.ts";
import { runLimited } from "./limited.ts";
import { deliveryId } from "./delivery-id.ts";
import { DeliverMessageSchema, type DeliverMessage } from "./message.ts";
import { DELAY_SECONDS_MAX, infrastructureDelaySeconds, nextDelaySeconds } from "./schedule.ts";
import { send, type Sent } from "./send.ts";

/** The bindings this step works with. */
export type DeliveryBindings = RecordBindings & ClaimBindings;

/** What the step does not decide by itself. */
export interface DeliveryChoices {
  now: () => number;
  random: () => number;
}

/** Connections that may wait for an answer at the same time in one invocation: the platform's limit. */
const CONNECTIONS_MAX = 6;

/** How many of them one target may have while others share the batch. */
const CONNECTIONS_PER_TARGET_MAX = 3;

interface Item {
  message: Message;
  delivery: DeliverMessage;
}

/** Handles a batch of the DELIVER queue. Every message is acknowledged or retried on its own. */
export async function consumeDeliver(
  batch: MessageBatch,
  env: DeliveryBindings,
  choices: DeliveryChoices,
): Promise<void> {
  const items = (await Promise.all(batch.messages.map(async (message) => readMessage(message, env)))).flat();
  if (items.length === 0) return;
  const standings = await lookUp(env, items);
  const record = createRecorder(env);
  const due = onePerDelivery(items.filter((item) => isDue(item, standings?.get(idOf(item)), choices.now())));
  // A connection is free again with the answer; writing it down takes none, and many are written together.
  const settling: Promise<void>[] = [];
  await runLimited(due, {
    total: CONNECTIONS_MAX,
    perKey:
      new Set(due.map(({ delivery }) => delivery.target)).size === 1 ? CONNECTIONS_MAX : CONNECTIONS_PER_TARGET_MAX,
    key: ({ delivery }) => delivery.target,
    run: async (item) => {
      const attempted = await attempt(item, env, choices.now);
      settling.push(settle(item, attempted, attemptsSoFar(item, standings), record, choices.random()));
    },
  });
  await Promise.all(settling);
}

/** A message may come this much before its time, in milliseconds: clocks differ. */
const EARLY_MS = 1_000;

/**
 * Whether a message's attempt is to be made now. It is not when the delivery has been settled, which acknowledges the
 * message, nor when its next attempt is still to come: then this is a duplicate (the queue's, or of a retry asked for
 * twice), and it waits for that time so that the target is not called more often than its schedule says.
 */
function isDue({ message, delivery }: Item, standing: Standing | undefined, now: number): boolean {
  if (standing === undefined) return true;
  if (isSettled(standing, delivery)) {
    message.ack();
    return false;
  }
  const earlyMs = standing.state === "scheduled" && standing.dueAt !== null ? standing.dueAt - now : 0;
  if (earlyMs <= EARLY_MS) return true;
  message.retry({ delaySeconds: Math.min(Math.ceil(earlyMs / 1_000), DELAY_SECONDS_MAX) });
  return false;
}

/**
 * Whether there is nothing left to do: it was delivered, or this round of attempts has ended. A retry by hand starts
 * a new round, which begins after the attempts there were.
 */
function isSettled(standing: Standing, delivery: DeliverMessage): boolean {
  if (standing.state === "delivered") return true;
  return standing.state === "failed" && standing.attemptsMade > delivery.attemptsBefore;
}

/** How many attempts there have been: as the ledger says, or, when it does not answer, as often as the queue tried. */
function attemptsSoFar(item: Item, standings: Map<string, Standing> | undefined): number {
  const { message, delivery } = item;
  if (standings === undefined) return delivery.attemptsBefore + message.attempts - 1;
  return standings.get(idOf(item))?.attemptsMade ?? delivery.attemptsBefore;
}

/** One message per delivery; the same delivery twice in a batch is the queue's doing. */
function onePerDelivery(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    if (!seen.has(idOf(item))) return seen.add(idOf(item));
    // Offered again, so that it is settled by what the first one comes to.
    item.message.retry({ delaySeconds: infrastructureDelaySeconds(item.message.attempts) });
    return false;
  });
}

function idOf({ delivery }: Item): string {
  return deliveryId(delivery.sendoutId, delivery.target);
}

async function readMessage(message: Message, env: DeliveryBindings): Promise<Item[]> {
  const parsed = v.safeParse(DeliverMessageSchema, message.body);
  if (parsed.success) return [{ message, delivery: parsed.output }];
  try {
    await quarantineMessage(env, message, "deliver", "message_unreadable", "the queue message has an unknown shape");
    message.ack();
  } catch (error) {
    putBack(message, error);
  }
  return [];
}

async function lookUp(env: DeliveryBindings, items: readonly Item[]): Promise<Map<string, Standing> | undefined> {
  const ids = items.map(({ delivery }) => delivery);
  return withinBudget(lookUpDeliveries(env.LEDGER, ids)).catch((error: unknown) => {
    // Delivery goes on without the ledger. The target has the idempotency key.
    logFailure("ledger_unreadable", error);
    return undefined;
  });
}

/** One attempt, made. */
interface Attempted {
  sent: Sent;
  startedAt: number;
  endedAt: number;
  /** The request for the delivery's row. */
  request: string;
}

/** Makes the call. Undefined when the stored request could not be fetched: then nothing was called. */
async function attempt(
  { message, delivery }: Item,
  env: DeliveryBindings,
  now: () => number,
): Promise<Attempted | undefined> {
  try {
    const bytes = await unpack(delivery.content, env);
    const request = bytes === undefined ? undefined : readRequest(bytes);
    const startedAt = now();
    const idempotencyKey = deliveryId(delivery.sendoutId, delivery.target);
    const sent: Sent =
      request === undefined
        ? { result: { kind: "refused", reason: "request_invalid" }, detail: "the stored request cannot be read" }
        : await send({ request, auth: delivery.auth, timeoutMs: delivery.timeoutMs, idempotencyKey }, env);
    return { sent, startedAt, endedAt: now(), request: await toColumn(delivery.content) };
  } catch (error) {
    putBack(message, error);
    return undefined;
  }
}

/** Writes the outcome down, then acknowledges the message or asks for it again. */
async function settle(
  { message, delivery }: Item,
  attempted: Attempted | undefined,
  attemptsBefore: number,
  record: (entry: Entry) => Promise<void>,
  random: number,
): Promise<void> {
  if (attempted === undefined) return;
  const { sent, startedAt, endedAt, request } = attempted;
  const attemptsMade = attemptsBefore + 1;
  const verdict = judge(sent.result, endedAt, delivery.answers);
  const delaySeconds = retryDelay(verdict, delivery, attemptsMade, random);
  const outcome: Outcome = {
    sendoutId: delivery.sendoutId,
    target: delivery.target,
    route: delivery.route,
    ...stateAfter(verdict, delaySeconds, endedAt),
    attemptsMade,
    updatedAt: endedAt,
    attempt: {
      at: startedAt,
      ms: endedAt - startedAt,
      ...(sent.result.kind === "answered" ? { status: sent.result.status } : {}),
      ...(verdict.verdict === "delivered" ? {} : { reason: verdict.reason }),
      ...(sent.detail === undefined ? {} : { detail: sent.detail }),
      ...(sent.excerpt === undefined || sent.excerpt === "" ? {} : { excerpt: sent.excerpt }),
    },
    request,
  };
  try {
    await record({ kind: "outcome", outcome });
    if (delaySeconds === undefined) message.ack();
    else message.retry({ delaySeconds });
  } catch (error) {
    putBack(message, error);
  }
}

/** Seconds until the next attempt; undefined when there is none. */
function retryDelay(
  verdict: Verdict,
  delivery: DeliverMessage,
  attemptsMade: number,
  random: number,
): number | undefined {
  if (verdict.verdict !== "retry") return undefined;
  return nextDelaySeconds(delivery.retry, attemptsMade - delivery.attemptsBefore, verdict.floorSeconds, random);
}

function stateAfter(
  verdict: Verdict,
  delaySeconds: number | undefined,
  now: number,
): Pick<Outcome, "state" | "reason" | "dueAt"> {
  if (verdict.verdict === "delivered") return { state: "delivered", reason: null, dueAt: null };
  if (delaySeconds === undefined) return { state: "failed", reason: verdict.reason, dueAt: null };
  return { state: "scheduled", reason: verdict.reason, dueAt: now + delaySeconds * 1_000 };
}

/** A request that travelled through the queue; undefined when its bytes are not one. */
function readRequest(bytes: Uint8Array): RenderedRequest | undefined {
  const parsed = v.safeParse(StoredRequestSchema, new TextDecoder().decode(bytes));
  return parsed.success ? parsed.output : undefined;
}

const StoredRequestSchema = v.pipe(v.string(), v.parseJson(), RenderedRequestSchema);

function putBack(message: Message, error: unknown): void {
  logFailure("delivery_not_recorded", error);
  message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
}
