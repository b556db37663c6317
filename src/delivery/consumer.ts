// The consumer of the DELIVER and SLOW queues: one attempt per message at most, judged, written down, and only then
// acknowledged or put back with its delay. What happens to one message changes nothing for its neighbours.

import * as v from "valibot";
import type { Tally } from "../batch-line.ts";
import { withinBudget } from "../ledger/budget.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import { toColumn } from "../ledger/content.ts";
import { findStandings, isEnded, standingKey } from "../ledger/deliveries.ts";
import { createGatherer } from "../ledger/gather.ts";
import { resume } from "../ledger/holds.ts";
import { lookUpDeliveries, type DeliveryLookup } from "../ledger/look-up.ts";
import { quarantineMessage } from "../ledger/quarantine.ts";
import { createRecorder, type Entry, type RecordBindings } from "../ledger/record.ts";
import { databaseOf, HOME } from "../ledger/shards.ts";
import { logFailure } from "../log.ts";
import { callAll, type Called } from "./call.ts";
import {
  concludeAttempt,
  concludeBreaker,
  concludeExpiry,
  concludeHold,
  concludeUnheard,
  type Conclusion,
  type InHand,
} from "./conclude.ts";
import { decide, type Decision } from "./decide.ts";
import type { Item } from "./item.ts";
import { admitAll, passOn, reportAll, type LaneBindings } from "./lanes.ts";
import { split } from "./limited.ts";
import { DeliverMessageSchema, type DeliverMessage } from "./message.ts";
import { infrastructureDelaySeconds, placeWait, waitsOf } from "./schedule.ts";

/** The bindings this step works with. */
export type DeliveryBindings = RecordBindings & ClaimBindings & LaneBindings;

/** What the step does not decide by itself. */
export interface DeliveryChoices {
  now: () => number;
  random: () => number;
  /** Which queue the batch is of. */
  lane: "fast" | "slow";
  /** Has the next deliveries of keys sent, whose last ones have ended. Left out, they wait for the cron. */
  advance?: (orderKeys: readonly string[]) => Promise<void>;
  /** Has what is due soon sent at its time. Left out, the cron sends it within a minute. */
  sweep?: () => Promise<void>;
  /** Is told the state of each delivery whose outcome is written down. */
  tally?: Tally;
}

/** Handles a batch. Every message is acknowledged or retried on its own. */
export async function consumeDeliver(
  batch: MessageBatch,
  env: DeliveryBindings,
  choices: DeliveryChoices,
): Promise<void> {
  const items = (await Promise.all(batch.messages.map(async (message) => readMessage(message, env)))).flat();
  if (items.length === 0) return;
  const known = await lookUp(env, items);
  const ended = Promise.withResolvers<void>();
  const settle = createSettler(env, known, choices, async () => Promise.race([ended.promise, sleep(GATHERED_MS)]));
  const settling: Promise<void>[] = [];
  const due = onePerDelivery(items).filter((item) => {
    const decision = decide(item.delivery, standingOf(item, known), known, choices.now());
    if (decision.do === "call") return true;
    settling.push(settle.decided(item, decision));
    return false;
  });
  const admitted = await admitAll(due, env, choices, known.slow);
  for (const { item, reason, until } of admitted.waiting) settling.push(settle.held(item, reason, until));
  for (const item of admitted.done) settling.push(settle.done(item));
  const called = await callAll(admitted.going, env, choices, {
    ended: (one) => settling.push(settle.called(one)),
    slow: choices.lane === "fast" ? (rest) => settling.push(passOn(rest, env, choices, known.slow)) : undefined,
  });
  ended.resolve();
  // A success is told at once: the gate then answers for it, should we end before it is written down. Whatever else came
  // of a call is told when it is written, because until then no other copy of the delivery may be let through.
  const [delivered, others] = split(called, ({ judged }) => judged?.verdict.verdict === "delivered");
  await Promise.all([reportAll(delivered, env, choices, known.slow), ...settling]);
  await reportAll(others, env, choices, known.slow);
  await resumeAnswering(called, env, choices);
}

/**
 * How long the first outcome of a batch waits for others to be written with it, in milliseconds, unless every call has
 * ended before. A transaction costs D1 more than the rows in it; what a crash in that time would cost is a call made
 * again with its key.
 */
const GATHERED_MS = 25;

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** How fast the deliveries of a target that answers again go out, in deliveries a second. Its gate lets fewer through. */
const RESUME_PER_SECOND = 50;

/** Lets go what waited for a target that a probe got an answer from. */
async function resumeAnswering(
  called: readonly Called[],
  env: DeliveryBindings,
  { now, sweep = async () => {} }: DeliveryChoices,
): Promise<void> {
  for (const { item, judged } of called) {
    if (item.delivery.probe !== true || judged === undefined || judged.verdict.verdict === "retry") continue;
    try {
      const subject = `target:${item.delivery.target}` as const;
      // At once, so that the first of them keep their distance too: the cron would send a minute's worth together.
      if ((await resume(env, subject, now(), RESUME_PER_SECOND, "breaker")) > 0) await sweep();
    } catch (error) {
      logFailure("target_not_resumed", error); // the next probe finds it answering as well
    }
  }
}

/** What the ledger knows, and the numbers of those databases that did not say. */
type Looked = DeliveryLookup & { silent: ReadonlySet<number> };

/** Asks LEDGER for what is paused, and each database for its deliveries. */
async function lookUp(env: DeliveryBindings, items: readonly Item[]): Promise<Looked> {
  const { [HOME]: own = [], ...others } = Object.groupBy(
    items.map(({ delivery }) => delivery),
    ({ shard = HOME }) => shard,
  );
  const [home, ...rest] = await Promise.all([
    lookUpHome(env, own),
    ...Object.entries(others).map(async ([number, keys = []]) => lookUpOther(env, Number(number), keys)),
  ]);
  return {
    ...home,
    standings: new Map([home, ...rest].flatMap(({ standings }) => [...standings])),
    silent: new Set([home, ...rest].flatMap(({ silent }) => silent)),
  };
}

/** While it does not answer, nothing is known of deliveries, and pauses are those of before. */
async function lookUpHome(env: DeliveryBindings, keys: readonly DeliverMessage[]) {
  try {
    const { standings, ...holdups } = await withinBudget(lookUpDeliveries(env.LEDGER, keys));
    lastHoldups.set(env.LEDGER, holdups);
    return { standings, ...holdups, silent: [] };
  } catch (error) {
    // Delivery goes on without the ledger. The target has the idempotency key.
    logFailure("ledger_unreadable", error);
    const holdups = lastHoldups.get(env.LEDGER) ?? { pauses: new Map(), slow: new Set<string>() };
    return { standings: new Map<string, never>(), ...holdups, silent: [HOME] };
  }
}

async function lookUpOther(env: DeliveryBindings, shard: number, keys: readonly DeliverMessage[]) {
  try {
    return { standings: await withinBudget(findStandings(databaseOf(env, shard), keys)), silent: [] };
  } catch (error) {
    logFailure("ledger_unreadable", error, { shard });
    return { standings: new Map<string, never>(), silent: [shard] };
  }
}

// What was paused when the ledger last said so: one for each database, for the isolate's life, replaced by every batch.
const lastHoldups = new WeakMap<D1Database, Omit<DeliveryLookup, "standings">>();

function standingOf({ delivery }: Item, { standings }: DeliveryLookup) {
  return standings.get(standingKey(delivery));
}

/** One message per delivery; the same delivery twice in a batch is the queue's doing. */
function onePerDelivery(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ message, delivery }) => {
    const key = standingKey(delivery);
    if (!seen.has(key)) return seen.add(key);
    // Offered again, so that it is settled by what the first one comes to.
    message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
    return false;
  });
}

/**
 * Ends each item's turn: writes down what there is to say and then tells the queue. Outcomes that come at about the same
 * time are written together.
 */
function createSettler(
  env: DeliveryBindings,
  known: Looked,
  { now, random, advance = async () => {}, tally = () => {} }: DeliveryChoices,
  gathering: () => Promise<void>,
) {
  const record = createRecorder(env, gathering);
  const advanceGathered = createGatherer(advance);

  const inHand = (item: Item): InHand => {
    const { message, delivery } = item;
    // Without the ledger, as often as the queue has tried; but a guess never ends a round.
    const isSilent = known.silent.has(delivery.shard ?? HOME);
    const made = isSilent ? Math.min(message.attempts - 1, Math.max(waitsOf(delivery.retry) - 1, 0)) : 0;
    const attemptsMade = standingOf(item, known)?.attemptsMade ?? delivery.attemptsBefore + made;
    return { delivery, tries: message.attempts, attemptsMade, request: toColumn(delivery.content) };
  };

  const conclude = async (item: Item, { outcome, delaySeconds, pause }: Conclusion): Promise<void> => {
    const { message, delivery } = item;
    const entries: Entry[] = [{ kind: "outcome", outcome, shard: delivery.shard }];
    if (pause !== undefined) entries.push({ kind: "pause", pause });
    try {
      await record(...entries);
      tally(outcome.state);
      if (delaySeconds === undefined) message.ack();
      else message.retry({ delaySeconds });
    } catch (error) {
      return putBack(message, error);
    }
    const orderKey = standingOf(item, known)?.orderKey ?? null;
    if (orderKey === null || !isEnded(outcome.state)) return;
    // It is recorded; whoever comes next is another matter, and the cron's where this fails.
    await advanceGathered(orderKey).catch((error: unknown) => logFailure("order_not_advanced", error));
  };

  return {
    async called({ item, judged }: Called): Promise<void> {
      if (judged === undefined) return putBack(item.message, "its stored request cannot be fetched");
      return conclude(item, concludeAttempt(inHand(item), { ...judged, random: random() }));
    },
    async held(item: Item, reason: string, until: number): Promise<void> {
      const at = now();
      if (reason === "breaker_open") return conclude(item, concludeBreaker(inHand(item), until, at));
      const { delaySeconds } = placeWait(until, at, item.message.attempts);
      // A row for a wait this short would cost more than it tells.
      if (delaySeconds !== undefined && until - at <= UNRECORDED_WAIT_MS) return item.message.retry({ delaySeconds });
      return conclude(item, concludeHold(inHand(item), reason, until, at));
    },
    /** Whoever made the call is about to write it down, or ended before it could: then nobody else ever would. */
    async done(item: Item): Promise<void> {
      const { message } = item;
      if (message.attempts < UNHEARD_TRIES) {
        return message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
      }
      return conclude(item, concludeUnheard(inHand(item), now()));
    },
    async decided(item: Item, decision: Exclude<Decision, { do: "call" }>): Promise<void> {
      switch (decision.do) {
        case "drop":
          return item.message.ack();
        case "wait": {
          const { delaySeconds } = placeWait(decision.until, now(), item.message.attempts);
          // A wait that is not the queue's is the sweeper's, which has it in the row that said so.
          return delaySeconds === undefined ? item.message.ack() : item.message.retry({ delaySeconds });
        }
        case "expire":
          return conclude(item, concludeExpiry(inHand(item), now()));
        case "hold":
          return conclude(item, concludeHold(inHand(item), decision.reason, undefined, now()));
      }
    },
  };
}

/** How often a message is offered before a success that only its gate knows of is written down for whoever made it. */
const UNHEARD_TRIES = 3;

/** The longest wait of which the ledger says nothing, in milliseconds. */
const UNRECORDED_WAIT_MS = 30_000;

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

function putBack(message: Message, error: unknown): void {
  logFailure("delivery_not_recorded", error);
  message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
}
