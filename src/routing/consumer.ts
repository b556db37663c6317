// The INGEST consumer: from raw bytes to one DELIVER message per target and a ledger row. The row is written after the
// fan-out is durable, so a crash in between repeats the fan-out, which delivery recognises, and never loses it.

import * as v from "valibot";
import type { Tally } from "../batch-line.ts";
import { withinBudget } from "../ledger/budget.ts";
import { endEvaluations, whileMarked } from "../ledger/evaluations.ts";
import { unpack } from "../ledger/content.ts";
import { quarantineMessage } from "../ledger/quarantine.ts";
import { recordEntries, type Entry, type RecordBindings } from "../ledger/record.ts";
import { recordRepeated } from "../ledger/repeats.ts";
import type { Waiting } from "../ledger/in-order.ts";
import { lookUpSendouts, type Known, type RepeatRow } from "../ledger/sendouts.ts";
import { databaseOf, HOME, othersOf, placeOf } from "../ledger/shards.ts";
import { searchKeys } from "../ledger/terms.ts";
import { infrastructureDelaySeconds } from "../delivery/schedule.ts";
import { logFailure } from "../log.ts";
import { releaseSendouts, type InboxBindings } from "../inbox/ask-inbox.ts";
import { advanceOrder, waitingRows } from "./advance-order.ts";
import { fanOut, type FanOutBindings } from "./fan-out.ts";
import { noteDrift } from "./note-drift.ts";
import { killedEntries, sortOffers } from "./offered-again.ts";
import { repeatRow, splitRepeats, type Item, type Repeat } from "./repeats.ts";
import { IngestMessageSchema, type IngestMessage } from "./message.ts";
import { readSendout, routeSendout, type RoutedSendout } from "./route-sendout.ts";
import { SELF_TEST_TYPE } from "./self-test.ts";
import { unsentEntries } from "./unsent-entries.ts";
import { tableAt } from "./table-at.ts";
import type { TableBindings, TableInForce } from "./table-store.ts";

/** The bindings this step works with. */
export type RoutingBindings = TableBindings & RecordBindings & FanOutBindings & InboxBindings;

/**
 * How long a sendout waits for D1 so that a repeat can be recognised, in milliseconds since it was accepted. After
 * that it is routed without looking: late is worse than double for a delivery with a key.
 */
const DEDUPE_GRACE_MS = 3 * 60_000;

/** One with the table that it is routed by. */
type RoutableItem = Item & { table: TableInForce };

/**
 * Handles a batch of the INGEST queue. Every message is acknowledged or retried on its own; none fails its batch. What
 * was being evaluated when an invocation was killed is evaluated alone, before the others, and in the end not any more.
 */
export async function consumeIngest(
  batch: MessageBatch,
  env: RoutingBindings,
  now: number,
  tally: Tally = () => {},
): Promise<void> {
  const { killed, alone, later, together } = await sortOffers(env.LEDGER, batch.messages);
  for (const message of later) retrySoon(message);
  for (const message of killed) await setAside(message, env, now);
  for (const message of alone) await consumeTogether([message], env, now, tally);
  await consumeTogether(together, env, now, tally);
}

async function consumeTogether(
  messages: readonly Message[],
  env: RoutingBindings,
  now: number,
  tally: Tally,
): Promise<void> {
  const items = (await Promise.all(messages.map(async (message) => readMessage(message, env)))).flat();
  if (items.length === 0) return;
  const known = await lookUp(env, items);
  const [first, repeats, done] = splitRepeats(items, known?.sendouts);
  await release(env, done);
  await recordRepeats(env, repeats, known, now);
  for (const _ of repeats) tally("repeat");
  const ready = await withTables(env, first, known, now);
  for (const { row } of await routeAll(env, ready, known, now)) tally(row.state);
  await noteDrift(
    env.LEDGER,
    ready.flatMap(({ sendout: { event } }) => (event.ok && event.value.type !== SELF_TEST_TYPE ? [event.value] : [])),
    now,
  );
}

/** Those that can be routed now, each with its table; the others are offered again. */
async function withTables(
  env: RoutingBindings,
  items: readonly Item[],
  known: Known | undefined,
  now: number,
): Promise<RoutableItem[]> {
  const ready: RoutableItem[] = [];
  for (const item of items) {
    const { receivedAt } = item.sendout.message;
    const waits = !isDeduped(item, known) && now - receivedAt <= DEDUPE_GRACE_MS;
    // One after the other: nearly all have the same table, which is in hand after the first.
    const table = waits ? undefined : await tableAt(env, known?.head, receivedAt, now).catch(tableUnavailable);
    if (table === undefined) retry(item.message);
    else ready.push({ ...item, table });
  }
  return ready;
}

/** Whether the ledger has said that it does not know a sendout. */
function isDeduped({ sendout }: Item, known: Known | undefined): boolean {
  return known !== undefined && !known.unknown.has(sendout.id);
}

function tableUnavailable(error: unknown): undefined {
  logFailure("table_unavailable", error);
}

/** Reads one message, or puts it where it belongs when it cannot be read: quarantine, or back for another try. */
async function readMessage(message: Message, env: RoutingBindings): Promise<Item[]> {
  try {
    const parsed = v.safeParse(IngestMessageSchema, message.body);
    if (!parsed.success) {
      await quarantineMessage(env, message, "ingest", "message_unreadable", "the queue message has an unknown shape");
      message.ack();
      return [];
    }
    const body = await unpack(parsed.output.content, env);
    if (body === undefined) return await missingClaim(message, parsed.output, env);
    return [{ message, sendout: await readSendout(parsed.output, body, searchKeys(env)[0]) }];
  } catch (error) {
    logFailure("ingest_message_failed", error);
    retry(message);
    return [];
  }
}

/** Records a sendout whose evaluation is killed each time, unevaluated, with its body. */
async function setAside(message: Message, env: RoutingBindings, now: number): Promise<void> {
  const items = await readMessage(message, env);
  await settle(env, items, async () => {
    for (const { sendout } of items) {
      await recordEntries(env, killedEntries(sendout, now));
      await endEvaluations(env.LEDGER, [sendout.message.acceptedId]);
    }
  });
}

/** How often a message whose stored body is not there is offered again before it is given up: some two minutes. */
const CLAIM_ATTEMPTS_MAX = 6;

async function missingClaim(message: Message, parsed: IngestMessage, env: RoutingBindings): Promise<Item[]> {
  if (message.attempts < CLAIM_ATTEMPTS_MAX) {
    retry(message);
    return [];
  }
  await quarantineMessage(env, message, "ingest", "body_missing", `the stored body of ${parsed.acceptedId} is gone`);
  message.ack();
  return [];
}

async function lookUp(env: RoutingBindings, items: readonly Item[]): Promise<Known | undefined> {
  const ids = items.map(({ sendout }) => sendout.id);
  return lookUpSendouts(env, ids).catch((error: unknown) => {
    logFailure("ledger_unreadable", error);
    return undefined;
  });
}

/** Tells the Inbox what it need not keep any more. */
async function release(env: RoutingBindings, items: readonly Item[]): Promise<void> {
  const kept = items.flatMap(({ sendout: { message } }) => (message.journal === true ? [message.acceptedId] : []));
  if (kept.length > 0) await releaseSendouts(env, kept);
}

/**
 * Notes repeats, and has sent again what of their sendouts has not succeeded. While D1 does not answer, only repeats
 * within the batch are known, and of those nothing can have failed yet.
 */
async function recordRepeats(
  env: RoutingBindings,
  repeats: readonly Repeat[],
  known: Known | undefined,
  now: number,
): Promise<void> {
  // Where the first one goes that came with them is not known before it is routed, unless there is but one place.
  const home = othersOf(env).length === 0 ? HOME : undefined;
  for (const [shard, together] of Map.groupBy(repeats, (one) => one.shard ?? home)) {
    if (shard === undefined) for (const { message } of together) retrySoon(message);
    else await settle(env, together, async () => recordIn(env, shard, together.map(repeatRow), known, now));
  }
}

async function recordIn(
  env: RoutingBindings,
  shard: number,
  rows: readonly RepeatRow[],
  known: Known | undefined,
  now: number,
): Promise<void> {
  if (known !== undefined) await withinBudget(recordRepeated(databaseOf(env, shard), rows, now));
  else
    await recordEntries(
      env,
      rows.map((row): Entry => ({ kind: "repeat", row })),
    );
}

/** Routes sendouts, and returns those of which everything is durable. */
async function routeAll(
  env: RoutingBindings,
  items: readonly RoutableItem[],
  known: Known | undefined,
  now: number,
): Promise<RoutedItem[]> {
  const evaluate = async () => Promise.all(items.map(async (item) => route(env, item, isDeduped(item, known), now)));
  const again = items.filter(({ message }) => message.attempts > 1).map(({ sendout }) => sendout.message.acceptedId);
  const routed = (await (known !== undefined ? whileMarked(env.LEDGER, again, now, evaluate) : evaluate())).flat();
  const durable = await fanOut(env, routed, known?.slow ?? new Set());
  for (const item of routed) if (!durable.has(item)) retry(item.message);
  const done = routed.filter((item) => durable.has(item));
  await settle(env, done, async () =>
    recordEntries(
      env,
      done.flatMap(({ shard, ...item }): Entry[] => [
        { kind: "sendout", row: item.row, shard },
        ...unsentEntries({ ...item, shard }, item.waiting, now),
      ]),
    ),
  );
  await advance(env, done, now);
  return done;
}

/** Has those deliveries sent that wait behind nothing. The cron does it where this fails. */
async function advance(env: RoutingBindings, items: readonly { waiting: Waiting[] }[], now: number): Promise<void> {
  const keys = items.flatMap(({ waiting }) => waiting.map(({ orderKey }) => orderKey));
  if (keys.length === 0) return;
  await advanceOrder(env, keys, now).catch((error: unknown) => logFailure("order_not_advanced", error));
}

/** A sendout with what it leads to, and the rows of what waits for its turn. */
type RoutedItem = Item & RoutedSendout & { waiting: Waiting[] };

/** Routes one sendout. One that makes our own code throw is offered again and ends in quarantine; it is alone in that. */
async function route(env: RoutingBindings, item: RoutableItem, deduped: boolean, now: number): Promise<RoutedItem[]> {
  try {
    const routed = await routeSendout(item.sendout, item.table, deduped);
    return [{ ...item, ...routed, shard: shardFor(env, routed), waiting: await waitingRows(routed, env, now) }];
  } catch (error) {
    logFailure("routing_failed", error);
    retry(item.message);
    return [];
  }
}

/**
 * The number of the database that takes a sendout; undefined for LEDGER. That has what people repair by hand, and all that
 * has an order: one database gives each turn once.
 */
function shardFor(env: RoutingBindings, { row, deliveries }: RoutedSendout): number | undefined {
  const stays = row.state === "quarantined" || deliveries.some(({ orderKey }) => orderKey !== undefined);
  const shard = stays ? HOME : placeOf(env, row.id, row.received_at);
  return shard === HOME ? undefined : shard;
}

/** Acknowledges the items once the work is done; when it fails, the queue offers them again. */
async function settle(env: RoutingBindings, items: readonly Item[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
    for (const { message } of items) message.ack();
    await release(env, items);
  } catch (error) {
    logFailure("routing_not_recorded", error);
    for (const { message } of items) retry(message);
  }
}

function retry(message: Message): void {
  message.retry({ delaySeconds: infrastructureDelaySeconds(message.attempts) });
}

/** Puts a message back whose turn has not come: nothing is wrong with it, however often it was offered. */
function retrySoon(message: Message): void {
  message.retry({ delaySeconds: infrastructureDelaySeconds(1) });
}
