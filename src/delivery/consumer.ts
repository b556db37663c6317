// The DELIVER consumer: one attempt per message, judged, written down, then acknowledged or put back with its delay.
// Six calls at a time, of which one target gets half, so that a slow target does not hold up its neighbours.

import * as v from "valibot";
import type { ClaimBindings } from "../ledger/claims.ts";
import { encodeUtf8, toColumn, unpack } from "../ledger/content.ts";
import { lookUpDeliveries, type Outcome, type Standing } from "../ledger/deliveries.ts";
import { quarantineMessage } from "../ledger/quarantine.ts";
import { createRecorder, withinBudget, type Entry, type RecordBindings } from "../ledger/record.ts";
import { logFailure } from "../log.ts";
import { RenderedRequestSchema, type RenderedRequest } from "../translation/rendered.ts";
import { judge, type Verdict } from "./judge.ts";
import { runLimited } from "./limited.ts";
import { deliveryId, DeliverMessageSchema, type DeliverMessage } from "./message.ts";
import { infrastructureDelaySeconds, nextDelaySeconds } from "./schedule.ts";
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

/** How many of them one target may have. */
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
  const open = items.filter(({ message, delivery }) => {
    const standing = standings?.get(deliveryId(delivery.sendoutId, delivery.target));
    if (standing === undefined || !isSettled(standing, delivery)) return true;
    message.ack();
    return false;
  });
  await runLimited(onePerDelivery(open), {
    total: CONNECTIONS_MAX,
    perKey: CONNECTIONS_PER_TARGET_MAX,
    key: ({ delivery }) => delivery.target,
    run: async (item) => {
      const standing = standings?.get(deliveryId(item.delivery.sendoutId, item.delivery.target));
      await deliver(item, standing, env, record, choices);
    },
  });
}

/**
 * Whether there is nothing left to do: it was delivered, or this round of attempts has ended. A retry by hand starts
 * a new round, which begins after the attempts there were.
 */
function isSettled(standing: Standing, delivery: DeliverMessage): boolean {
  if (standing.state === "delivered") return true;
  return standing.state === "failed" && standing.attemptsMade > delivery.attemptsBefore;
}

/** The same delivery twice in a batch is the queue's doing: one is enough, the other is acknowledged with it. */
function onePerDelivery(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ message, delivery }) => {
    const id = deliveryId(delivery.sendoutId, delivery.target);
    if (!seen.has(id)) return seen.add(id);
    // Offered again, so that it is settled by what the first one comes to.
    message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
    return false;
  });
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

async function deliver(
  { message, delivery }: Item,
  standing: Standing | undefined,
  env: DeliveryBindings,
  record: (entry: Entry) => Promise<void>,
  { now, random }: DeliveryChoices,
): Promise<void> {
  try {
    const bytes = await unpack(delivery.content, env);
    const request = bytes === undefined ? undefined : readRequest(bytes);
    const startedAt = now();
    const idempotencyKey = deliveryId(delivery.sendoutId, delivery.target);
    const sent: Sent =
      request === undefined
        ? { result: { kind: "refused", reason: "request_invalid" }, detail: "the stored request cannot be read" }
        : await send({ request, auth: delivery.auth, timeoutMs: delivery.timeoutMs, idempotencyKey }, env);
    const endedAt = now();
    const attemptsMade = (standing?.attemptsMade ?? delivery.attemptsBefore + message.attempts - 1) + 1;
    const verdict = judge(sent.result, endedAt);
    const delaySeconds = retryDelay(verdict, delivery, attemptsMade, random());
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
      request: await toColumn(delivery.content, bytes ?? encodeUtf8("")),
    };
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
