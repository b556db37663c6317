// Questions that are asked of every database and whose answers are added up. Where there is but one they cost what they
// cost there. Each throws what one of the databases throws: what one does not say nobody can add up.

import type { ArrivalCount, Span } from "./arrivals.ts";
import { countArrivals, findRecorded, firstArrival, lastArrival, lastProject } from "./arrivals.ts";
import { countByTerms, type KnownByTerms } from "./erase-sendouts.ts";
import { countFlows, flowsBegin, type Flow } from "./flows.ts";
import { countHeld, type Held } from "./holds.ts";
import { countNotReady, type NotReady } from "./not-ready.ts";
import { countOverdue, findStuckReplays, type Overdue } from "./overdue.ts";
import { countFailing, type Failing } from "./recoveries.ts";
import { askAll, findIn, othersOf, shardsOf, type ShardBindings } from "./shards.ts";
import { countDue, type Due } from "./due.ts";
import { readTraffic, type Traffic } from "./traffic.ts";
import { findExplained, findWaiting } from "./waiting.ts";

/** What the sweeper should have sent by an instant. */
export async function countAllOverdue(env: ShardBindings, by: number): Promise<Overdue> {
  const all = await askAll(env, async (db) => countOverdue(db, by));
  const oldest = all.flatMap((one) => one.oldest ?? []);
  return { count: sum(all.map(({ count }) => count)), oldest: oldest.length === 0 ? null : Math.min(...oldest) };
}

/** What waits for something on our side: each target and reason once. */
export async function countAllNotReady(
  env: ShardBindings,
  now: number,
): Promise<{ waits: NotReady[]; isPartial: boolean }> {
  const all = await askAll(env, async (db) => countNotReady(db, now));
  const waits = combine(
    all.flatMap((one) => one.waits),
    ({ target, reason }) => `${target} ${reason}`,
    (one, other) => ({
      ...one,
      count: one.count + other.count,
      example: one.example ?? other.example,
      since: one.since === null || other.since === null ? (one.since ?? other.since) : Math.min(one.since, other.since),
    }),
  );
  return { waits, isPartial: all.some(({ isPartial }) => isPartial) };
}

/** What is held, counted: each target, route and reason once, the most first. */
export async function countAllHeld(env: ShardBindings): Promise<Held[]> {
  const held = combine(
    (await askAll(env, countHeld)).flat(),
    ({ target, route, reason }) => `${target} ${route} ${reason}`,
    (one, other) => ({ ...one, count: one.count + other.count, since: Math.min(one.since, other.since) }),
  );
  return held.toSorted((one, other) => other.count - one.count);
}

/** What is to be tried again, counted by target, the one that goes next first. */
export async function countAllDue(env: ShardBindings): Promise<{ due: Due[]; isPartial: boolean }> {
  const all = await askAll(env, countDue);
  const due = combine(
    all.flatMap((one) => one.due),
    ({ target }) => target,
    (one, other) => ({ ...one, count: one.count + other.count, nextAt: Math.min(one.nextAt, other.nextAt) }),
  );
  return { due: due.toSorted((one, other) => one.nextAt - other.nextAt), isPartial: all.some((one) => one.isPartial) };
}

/** How much went which way since an instant, or since as long ago as is looked at; `since` says which it was. */
export async function countAllFlows(env: ShardBindings, since: number): Promise<{ since: number; flows: Flow[] }> {
  const begun = Math.max(...(await askAll(env, async (db) => flowsBegin(db, since))));
  const flows = combine(
    (await askAll(env, async (db) => countFlows(db, begun))).flat(),
    ({ inlet, route, target }) => `${inlet} ${route} ${target}`,
    (one, other) => ({ ...one, deliveries: one.deliveries + other.deliveries }),
  );
  return { since: begun, flows };
}

/** What has failed for a while: each target, reason and status once. */
export async function countAllFailing(env: ShardBindings, now: number): Promise<Failing[]> {
  const all = await askAll(env, async (db) => countFailing(db, now));
  return combine(
    all.flat(),
    ({ target, reason, status }) => `${target} ${reason} ${status ?? ""}`,
    (one, other) => ({ ...one, count: one.count + other.count, lastAt: Math.max(one.lastAt, other.lastAt) }),
  );
}

/** Targets for which something has waited since an instant, but for those of which an incident says why. */
export async function findAllWaiting(env: ShardBindings, by: number): Promise<{ target: string; since: number }[]> {
  const [home = [], ...others] = await askAll(env, async (db) => findWaiting(db, by));
  const waiting = others.flat();
  // Incidents are in LEDGER, which has left those out by itself.
  const explained = waiting.length === 0 ? new Set<string>() : await findExplained(env.LEDGER);
  return combine(
    [...home, ...waiting.filter(({ target }) => !explained.has(target))],
    ({ target }) => target,
    (one, other) => ({ ...one, since: Math.min(one.since, other.since) }),
  );
}

/** Replays of which a part should have gone on by an instant. */
export async function findAllStuckReplays(env: ShardBindings, by: number): Promise<{ id: string; since: number }[]> {
  return combine(
    (await askAll(env, async (db) => findStuckReplays(db, by))).flat(),
    ({ id }) => id,
    (one, other) => ({ ...one, since: Math.min(one.since, other.since) }),
  );
}

/** The sendouts of an inlet in a span, by event type. */
export async function countAllArrivals(env: ShardBindings, inlet: string, span: Span): Promise<ArrivalCount[]> {
  const counts = combine(
    (await askAll(env, async (db) => countArrivals(db, inlet, span))).flat(),
    ({ type }) => type ?? "",
    (one, other) => ({ ...one, count: one.count + other.count }),
  );
  return counts.toSorted((one, other) => other.count - one.count);
}

/** When the first sendout of a span came in at an inlet; null when none did. */
export async function firstOfAllArrivals(env: ShardBindings, inlet: string, span: Span): Promise<number | null> {
  const all = (await askAll(env, async (db) => firstArrival(db, inlet, span))).flatMap((at) => at ?? []);
  return all.length === 0 ? null : Math.min(...all);
}

/** When the last sendout of a span came in at an inlet in another database than LEDGER; null when none did. */
export async function lastArrivalElsewhere(env: ShardBindings, inlet: string, span: Span): Promise<number | null> {
  const all = await Promise.all(othersOf(env).map(async ({ db }) => lastArrival(db, inlet, span)));
  const known = all.flatMap((at) => at ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

/** The project whose sendout came in last at an inlet, in the first database that has one. */
export async function lastProjectAnywhere(env: ShardBindings, inlet: string, since: number): Promise<string | null> {
  const found = await findIn(shardsOf(env), async (db) => (await lastProject(db, inlet, since)) ?? undefined);
  return found?.found ?? null;
}

/** Those of some ids that any database has. */
export async function findRecordedAnywhere(env: ShardBindings, ids: readonly string[]): Promise<Set<string>> {
  return new Set((await askAll(env, async (db) => findRecorded(db, ids))).flatMap((found) => [...found]));
}

/** The sendouts that became events since an instant, by kind. */
export async function readAllTraffic(env: ShardBindings, since: number): Promise<Traffic[]> {
  const kinds = combine(
    (await askAll(env, async (db) => readTraffic(db, since))).flat(),
    ({ eventType, shape, payloadVersion, sourceKind, projectId }) =>
      JSON.stringify([eventType, shape, payloadVersion, sourceKind, projectId]),
    (one, other) => ({ ...(other.lastAt > one.lastAt ? other : one), count: one.count + other.count }),
  );
  return kinds.toSorted((one, other) => other.count - one.count);
}

/** How many sendouts have one of some terms. */
export async function countAllByTerms(env: ShardBindings, terms: readonly string[]): Promise<KnownByTerms> {
  const all = await askAll(env, async (db) => countByTerms(db, terms));
  return {
    sendouts: sum(all.map(({ sendouts }) => sendouts)),
    open: all.flatMap(({ open }) => open),
    all: sum(all.map((one) => one.all)),
  };
}

/** What has the same key, as one, in the order in which each came first. */
function combine<T>(all: readonly T[], keyOf: (one: T) => string, add: (one: T, other: T) => T): T[] {
  const byKey = new Map<string, T>();
  for (const one of all) {
    const before = byKey.get(keyOf(one));
    byKey.set(keyOf(one), before === undefined ? one : add(before, one));
  }
  return [...byKey.values()];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
