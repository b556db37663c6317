// The table that a sendout is routed by: the one that was in force when it was accepted. A sendout that the queue offers
// again, after a crash or hours later, is so routed as before, and its deliveries have the same bytes.

import { withinBudget } from "../ledger/budget.ts";
import { readVersionAt, type HeadVersion } from "../ledger/table-versions.ts";
import { logFailure } from "../log.ts";
import { compileTable } from "./compile.ts";
import { DEFAULT_TABLE } from "./table.ts";
import { tableForRouting, type TableBindings, type TableInForce } from "./table-store.ts";

/** A table that is not in force any more, and when it was, in milliseconds since 1970; `until` is not part of it. */
interface PastTable {
  from: number;
  until: number;
  /** Undefined where this release cannot read it. */
  inForce: TableInForce | undefined;
}

/**
 * A version cannot be newer than now. Clocks differ by less than this, in milliseconds; one that says more was wrong when
 * it was published, and sendouts must not be kept from its table until that day.
 */
const CLOCK_AHEAD_MAX_MS = 60_000;

// The last one that was asked for: one for each database, for the isolate's life. After a publication, sendouts that
// were accepted before it come for a while, and all of them want the same.
const lastPast = new WeakMap<D1Database, PastTable>();

/**
 * The table that was in force at an instant; the newest where this release cannot read that one any more.
 *
 * @param head the newest version, or undefined when D1 did not answer: then whichever table is in hand has to do
 * @param at milliseconds since 1970
 * @throws TableUnavailableError when no source has a table
 * @throws whatever D1 throws
 */
export async function tableAt(
  env: TableBindings,
  head: HeadVersion | undefined,
  at: number,
  now: number,
): Promise<TableInForce> {
  const isDated = head !== undefined && head.publishedAt <= now + CLOCK_AHEAD_MAX_MS;
  if (!isDated || at >= head.publishedAt) return tableForRouting(env, head?.version, now);
  let past = lastPast.get(env.LEDGER);
  if (past === undefined || at < past.from || at >= past.until) {
    past = await readPast(env.LEDGER, at);
    lastPast.set(env.LEDGER, past);
  }
  return past.inForce ?? tableForRouting(env, head.version, now);
}

async function readPast(db: D1Database, at: number): Promise<PastTable> {
  const { version, document, from, until } = await withinBudget(readVersionAt(db, at));
  const compiled = compileTable(document ?? DEFAULT_TABLE);
  if (compiled.ok) return { from, until, inForce: { version, table: compiled.value } };
  logFailure("past_table_unreadable", new Error(`version ${version} of the routing table does not compile`));
  return { from, until, inForce: undefined };
}
