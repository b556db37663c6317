// Which deliveries a replay is about: read page by page, in the order in which their sendouts arrived, by the index by
// time or by keys. No read goes further than one page or one count.

import * as v from "valibot";
import { isGoneSql } from "./content.ts";
import { OutcomeSchema, type DeliveryKey } from "./deliveries.ts";
import {
  deliveryConditions,
  entryConditions,
  FilterSchema,
  joined,
  plannedConditions,
  rowConditions,
  type Condition,
} from "./filter.ts";
import { ensureMigrated } from "./migrate.ts";
import { SendoutRowSchema, type SendoutRow } from "./sendouts.ts";
import { TEST_MARK } from "./test-sends.ts";

/** States of deliveries that a replay can take: those in which a round has ended. */
export const REPLAYABLE_STATES = ["failed", "expired", "cancelled", "delivered"] as const;

/** Which deliveries, as kept with the replay. All conditions must hold. Instants are milliseconds since 1970. */
export const SelectionSchema = v.object({
  /** Sendouts, or deliveries where target and copy are there too; each once. When left out, goes by time alone. */
  wanted: v.optional(v.array(v.tuple([v.string(), v.nullable(v.string()), v.nullable(v.number())]))),
  ...v.omit(FilterSchema, ["state", "deliveryStates"]).entries,
  states: v.array(v.picklist(REPLAYABLE_STATES)),
});
export type Selection = v.InferOutput<typeof SelectionSchema>;

/** Behind which delivery a replay goes on. */
export const PositionSchema = v.object({
  receivedAt: v.number(),
  sendoutId: v.string(),
  target: v.string(),
  copy: v.number(),
});
export type Position = v.InferOutput<typeof PositionSchema>;

const CandidateSchema = v.pipe(
  v.object({
    sendout_id: v.string(),
    received_at: v.number(),
    happened_at: v.number(),
    target: v.string(),
    copy: v.number(),
    newest_copy: v.number(),
    route: v.string(),
    state: v.picklist(REPLAYABLE_STATES),
    round: v.number(),
    attempts_made: v.number(),
    updated_at: v.number(),
    request: v.string(),
  }),
  v.transform(({ sendout_id, received_at, happened_at, newest_copy, attempts_made, updated_at, ...row }) => ({
    ...row,
    sendoutId: sendout_id,
    receivedAt: received_at,
    happenedAt: happened_at,
    newestCopy: newest_copy,
    attemptsMade: attempts_made,
    updatedAt: updated_at,
  })),
);
/** A delivery that a selection names. */
export type Candidate = v.InferOutput<typeof CandidateSchema>;

/** What of a page is read. */
export interface PageWanted {
  /** Deliveries that something happened to after this instant are not among them. */
  unchangedSince: number;
  /** Reads whole requests; else `request` is "kept" where there is one, and as it is where none was rendered, or is gone. */
  requests: boolean;
  limit: number;
}

/**
 * The next deliveries of a selection.
 *
 * @throws whatever D1 throws
 */
export async function readCandidates(
  db: D1Database,
  selection: Selection,
  after: Position | undefined,
  { unchangedSince, requests, limit }: PageWanted,
): Promise<Candidate[]> {
  await ensureMigrated(db);
  const query = sendoutsOf(selection);
  query.and(`d.state IN (${list(selection.states)}) AND r.inlet <> ? AND d.updated_at <= ?`, TEST_MARK, unchangedSince);
  query.all(deliveryConditions(selection));
  if (after !== undefined) {
    const { receivedAt, sendoutId, target, copy } = after;
    // The first condition is where the index begins, the second passes what has been there at the same instant.
    query.and(`${query.at} >= ?`, receivedAt);
    query.and(`(${query.at}, ${query.id}, d.target, d.copy) > (?, ?, ?, ?)`, receivedAt, sendoutId, target, copy);
  }
  const { results } = await db
    .prepare(
      `SELECT d.sendout_id, r.received_at, coalesce(r.occurred_at, r.received_at) AS happened_at, d.target, d.copy,
         (SELECT max(copy) FROM deliveries AS o WHERE o.sendout_id = d.sendout_id AND o.target = d.target) AS newest_copy,
         d.route, d.state, d.round, d.attempts_made, d.updated_at,
         ${requests ? "d.request" : `iif(d.request = '' OR ${isGoneSql("d.request")}, d.request, 'kept') AS request`}
       FROM ${query.from} CROSS JOIN deliveries AS d ON ${deliveryOf(selection)}
       WHERE ${query.where()} ORDER BY ${query.at}, ${query.id}, d.target, d.copy LIMIT ?`,
    )
    .bind(...query.values, limit)
    .all();
  return v.parse(v.array(CandidateSchema), results);
}

/** Why a delivery that fits a selection otherwise is not taken, by what the ledger knows. */
export type LedgerExclusion = "pending" | "held" | (typeof REPLAYABLE_STATES)[number] | "test_send" | "not_found";

/**
 * Counts deliveries that fit a selection but for their state: those still under way or held, those in a state that was
 * not asked for, test sends, and ids that name nothing.
 *
 * @throws whatever D1 throws
 */
export async function countExcluded(db: D1Database, selection: Selection): Promise<Map<LedgerExclusion, number>> {
  await ensureMigrated(db);
  const statements = [countOthers(db, selection)];
  if (selection.reason === undefined && selection.status === undefined) statements.push(countPending(db, selection));
  if (selection.wanted !== undefined) statements.push(countMissing(db, selection.wanted));
  const counts = new Map<LedgerExclusion, number>();
  for (const { results } of await db.batch(statements)) {
    for (const { why, count } of v.parse(v.array(ExcludedSchema), results)) {
      if (count > 0) counts.set(why, (counts.get(why) ?? 0) + count);
    }
  }
  return counts;
}

const ExcludedSchema = v.object({
  why: v.picklist(["pending", "held", ...REPLAYABLE_STATES, "test_send", "not_found"]),
  count: v.number(),
});

function countOthers(db: D1Database, selection: Selection): D1PreparedStatement {
  const query = sendoutsOf(selection);
  query.and(`(r.inlet = ? OR d.state NOT IN (${list(selection.states)}))`, TEST_MARK);
  query.all(deliveryConditions(selection));
  return db
    .prepare(
      `SELECT CASE WHEN r.inlet = '${TEST_MARK}' THEN 'test_send' WHEN d.state = 'scheduled' THEN 'pending' ELSE d.state END
         AS why, count(*) AS count
       FROM ${query.from} CROSS JOIN deliveries AS d ON ${deliveryOf(selection)}
       WHERE ${query.where()} GROUP BY 1`,
    )
    .bind(...query.values);
}

/** Planned deliveries that have no row yet. */
function countPending(db: D1Database, selection: Selection): D1PreparedStatement {
  const query = sendoutsOf(selection);
  query.and("d.sendout_id IS NULL AND r.inlet <> ?", TEST_MARK);
  query.all(plannedConditions(selection));
  if (selection.wanted !== undefined) {
    query.and("(w.value ->> 1 IS NULL OR (w.value ->> 1 = plan.value ->> 'target' AND w.value ->> 2 = 0))");
  }
  return db
    .prepare(
      `SELECT 'pending' AS why, count(*) AS count
       FROM ${query.from} CROSS JOIN json_each(r.planned) AS plan
       LEFT JOIN deliveries AS d ON d.sendout_id = r.id AND d.target = plan.value ->> 'target' AND d.copy = 0
       WHERE ${query.where()}`,
    )
    .bind(...query.values);
}

function countMissing(db: D1Database, wanted: NonNullable<Selection["wanted"]>): D1PreparedStatement {
  return db
    .prepare(
      `SELECT 'not_found' AS why, count(*) AS count FROM json_each(?1) AS w
       WHERE NOT EXISTS (
         SELECT 1 FROM deliveries AS d WHERE d.sendout_id = w.value ->> 0
           AND (w.value ->> 1 IS NULL OR (d.target = w.value ->> 1 AND d.copy = w.value ->> 2)))
       AND NOT EXISTS (
         SELECT 1 FROM sendouts AS s, json_each(s.planned) AS plan WHERE s.id = w.value ->> 0
           AND (w.value ->> 1 IS NULL OR (plan.value ->> 'target' = w.value ->> 1 AND w.value ->> 2 = 0)))`,
    )
    .bind(JSON.stringify(wanted));
}

/**
 * How many sendouts a selection goes through, by its time and its terms, counted up to a limit.
 *
 * @throws whatever D1 throws
 */
export async function countSendouts(db: D1Database, selection: Selection, limit: number): Promise<number> {
  if (selection.wanted !== undefined) return selection.wanted.length;
  await ensureMigrated(db);
  const { sql, values } = joined([...withinTime(selection, "s.received_at"), ...entryConditions(selection)]);
  const count = await db
    .prepare(
      `SELECT count(*) AS count FROM (
         SELECT 1 FROM sendouts AS s INDEXED BY sendouts_by_time WHERE ${sql} LIMIT ?)`,
    )
    .bind(...values, limit)
    .first<number>("count");
  return count ?? 0;
}

/**
 * Whole sendouts by id.
 *
 * @throws whatever D1 throws
 */
export async function readSendouts(db: D1Database, ids: readonly string[]): Promise<Map<string, SendoutRow>> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT * FROM sendouts WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids))
    .all();
  return new Map(v.parse(v.array(SendoutRowSchema), results).map((row) => [row.id, row]));
}

/**
 * Requests of deliveries as they were kept, in the order of the keys; empty where there is none.
 *
 * @throws whatever D1 throws
 */
export async function readRequests(db: D1Database, keys: readonly DeliveryKey[]): Promise<string[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT coalesce(d.request, '') AS request FROM json_each(?1) AS w
       LEFT JOIN deliveries AS d
         ON d.sendout_id = w.value ->> 0 AND d.target = w.value ->> 1 AND d.copy = w.value ->> 2
       ORDER BY w.key`,
    )
    .bind(JSON.stringify(keys.map(({ sendoutId, target, copy }) => [sendoutId, target, copy])))
    .all();
  return v.parse(v.array(v.object({ request: OutcomeSchema.entries.request })), results).map(({ request }) => request);
}

/** A query over sendouts under construction: conditions and their values, in one order. */
interface Query {
  from: string;
  /** When a sendout was received, and its id, as the index has them that the query goes by. */
  at: string;
  id: string;
  values: (string | number)[];
  and: (condition: string, ...bound: (string | number)[]) => void;
  all: (conditions: readonly Condition[]) => void;
  where: () => string;
}

/** By time, entries of the index are asked before rows are; by name, the rows alone. */
function sendoutsOf(selection: Selection): Query {
  const { wanted } = selection;
  const conditions: string[] = [];
  const [entry, from] =
    wanted === undefined
      ? ["s", "sendouts AS s INDEXED BY sendouts_by_time CROSS JOIN sendouts AS r ON r.id = s.id"]
      : ["r", "json_each(?) AS w CROSS JOIN sendouts AS r ON r.id = w.value ->> 0"];
  const query: Query = {
    from,
    at: `${entry}.received_at`,
    id: `${entry}.id`,
    values: wanted === undefined ? [] : [JSON.stringify(wanted)],
    and: (condition, ...bound) => {
      conditions.push(condition);
      query.values.push(...bound);
    },
    all: (more) => {
      for (const { sql, values } of more) query.and(sql, ...values);
    },
    where: () => conditions.join(" AND "),
  };
  query.all(withinTime(selection, query.at));
  query.all(entryConditions(selection, entry));
  query.all(rowConditions(selection));
  return query;
}

function withinTime({ since, until }: Selection, column: string): Condition[] {
  return [
    { sql: `${column} >= ?`, values: [since ?? 0] },
    { sql: `${column} < ?`, values: [until ?? Number.MAX_SAFE_INTEGER] },
  ];
}

function deliveryOf({ wanted }: Selection): string {
  const all = "d.sendout_id = r.id";
  return wanted === undefined
    ? all
    : `${all} AND (w.value ->> 1 IS NULL OR (d.target = w.value ->> 1 AND d.copy = w.value ->> 2))`;
}

function list(states: readonly string[]): string {
  return states.map((state) => `'${state}'`).join(", ");
}
