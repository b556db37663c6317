// What must hold of deliveries that go in order, whatever happens: a turn is given when nobody has it, to the first that
// waits; and whoever is called has it. Nothing here is taken from src.

import type { Change } from "./ledger-audit.ts";
import type { TargetCall } from "./target.ts";

/** A call, and how many changes the ledger had noted when it was made. */
export interface PlacedCall {
  call: TargetCall;
  after: number;
}

/** An ordered delivery as its row stood at some moment. */
interface Ordered {
  key: string;
  state: string;
  reason: string | null;
  orderKey: string;
  orderAt: number;
}

/** Turns that were given, and how many of them where the key had had another delivery before. */
export interface Turns {
  given: number;
  withOthers: number;
}

const OPEN = new Set(["scheduled", "held"]);

/**
 * Goes through changes and calls in the order in which they happened.
 *
 * @param targets those whose deliveries all have an order
 * @param askedAgain deliveries that a person has asked for, by their key: those go at once
 */
export function checkOrder(
  changes: readonly Change[],
  calls: readonly PlacedCall[],
  targets: ReadonlySet<string>,
  askedAgain: ReadonlyMap<string, number>,
): { problems: string[]; turns: Turns } {
  const problems: string[] = [];
  const turns: Turns = { given: 0, withOthers: 0 };
  const rows = new Map<string, Ordered>();
  const isPersonal = new Set(askedAgain.keys());
  const waiting = [...calls];
  const callUntil = (after: number) => {
    while (waiting[0] !== undefined && waiting[0].after < after) {
      const placed = waiting.shift();
      if (placed !== undefined) problems.push(...checkPlaced(placed, rows, targets, isPersonal));
    }
  };
  for (const change of changes) {
    callUntil(change.n);
    const { key, state, reason, order_key: orderKey, order_at: orderAt } = change;
    if (orderKey === null || orderAt === null) continue;
    if (reason === "released") isPersonal.add(key);
    // The sweeper's lease of one that has its turn is no second turn.
    if (reason === "next_in_order" && rows.get(key)?.reason !== "next_in_order") {
      problems.push(...checkTurn(key, orderKey, rows));
      turns.given++;
      if ([...rows.values()].some((row) => row.orderKey === orderKey && row.key !== key)) turns.withOthers++;
    }
    rows.set(key, { key, state, reason, orderKey, orderAt });
  }
  callUntil(Number.POSITIVE_INFINITY);
  return { problems, turns };
}

/** A turn as it is given, by the rows as they stood before. */
function checkTurn(key: string, orderKey: string, rows: ReadonlyMap<string, Ordered>): string[] {
  const own = rows.get(key);
  const others = [...rows.values()].filter((row) => row.orderKey === orderKey && row.key !== key);
  const problems = others.filter(hasTurn).map((row) => `order: ${key} got its turn while ${row.key} had it`);
  if (own === undefined || !waits(own)) problems.push(`order: ${key} got a turn that it did not wait for`);
  for (const row of others.filter(waits)) {
    if (own !== undefined && isBefore(row, own)) problems.push(`order: ${key} got its turn before ${row.key}`);
  }
  return problems;
}

/** A call. What has ended can be called again by a second message of it; that is another check's business. */
function checkPlaced(
  { call }: PlacedCall,
  rows: ReadonlyMap<string, Ordered>,
  targets: ReadonlySet<string>,
  isPersonal: ReadonlySet<string>,
): string[] {
  if (!targets.has(call.target) || call.key.includes("~")) return [];
  const key = `${call.key}.0`;
  const own = rows.get(key);
  if (own === undefined) return [`order: ${key} was called before it had a row`];
  if (isPersonal.has(key) || !OPEN.has(own.state)) return [];
  if (waits(own)) return [`order: ${key} was called while it waited for its turn`];
  return [...rows.values()]
    .filter((row) => row.orderKey === own.orderKey && row.key !== key && hasTurn(row) && !isPersonal.has(row.key))
    .map((row) => `order: ${key} was called while it was the turn of ${row.key}`);
}

function waits({ state, reason }: Ordered): boolean {
  return state === "held" && reason === "in_order";
}

function hasTurn(row: Ordered): boolean {
  return OPEN.has(row.state) && !waits(row);
}

function isBefore(one: Ordered, other: Ordered): boolean {
  return one.orderAt === other.orderAt ? one.key < other.key : one.orderAt < other.orderAt;
}
