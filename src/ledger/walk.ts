// Through the ledger's sendouts, newest first, by whichever index has the fewest that are not wanted. One call reads a
// bounded number of stretches, each a query that reads indexes before it looks at a row; what is left is for the next call.

import * as v from "valibot";
import {
  asksOutcome,
  deliveryConditions,
  entryConditions,
  hasDelivery,
  isNoSuccess,
  isRare,
  joined,
  rowConditions,
  termsOfFilter,
  type Condition,
  type Filter,
} from "./filter.ts";
import { UNSETTLED } from "./deliveries.ts";
import { ORPHANS_JOB, SEAL_JOB } from "./jobs.ts";
import { FIRST_LENGTH, TERM_LENGTH } from "./seal-blocks.ts";

/** Behind which sendout a walk goes on. An empty id is before all that arrived at its instant. */
export interface Place {
  receivedAt: number;
  id: string;
}

/** What a walk has found. `next` is where it goes on; undefined at the end. */
export interface Walked {
  rows: Record<string, unknown>[];
  next: Place | undefined;
  /** False when the call was over before the page was full: there may be more behind it. */
  isComplete: boolean;
}

/** How many stretches one call reads at most: two queries each, and the free plan has 50 an invocation. */
const STRETCHES_MAX = 8;

/** Blocks in a stretch that may have what is looked for. Reading 25,000 entries of the index takes some 8 ms. */
const BLOCKS = 24;

/** Entries in a stretch that no block stands for. The first one is short: most lists have their page in it. */
const ENTRIES = 24_576;
const FIRST_ENTRIES = 1_024;

/** The same of deliveries, whose sendout is looked up for each that fits. */
const UNSETTLED_ENTRIES = 8_192;

/** A way through the ledger: an index, its entries in a stretch, and where an entry stands. */
interface Way {
  from: string;
  entries: number;
  at: string;
  id: string;
  where: readonly Condition[];
}

/** Part of a way. `end` is where the next one begins; undefined where there is none. */
interface Stretch {
  way: Way;
  /** What the stretch has beside the way's own conditions. */
  where: readonly Condition[];
  order: string;
  end: Place | undefined;
}

/**
 * The sendouts that a filter names, newest first.
 *
 * @param columns what is read of each, of its row `r`
 * @throws whatever D1 throws
 */
export async function walk(
  db: D1Database,
  wanted: Filter,
  { columns, after, limit }: { columns: string; after: Place | undefined; limit: number },
): Promise<Walked> {
  const { sealedTo, heardOfTo } = await readPositions(db);
  const filter = isPending(wanted) ? { ...wanted, since: Math.max(wanted.since ?? 0, heardOfTo + 1) } : wanted;
  const rows: Record<string, unknown>[] = [];
  const until = { receivedAt: filter.until ?? Number.MAX_SAFE_INTEGER, id: "" };
  let before = after === undefined ? until : earlier(after, until);
  for (let read = 0; read < STRETCHES_MAX; read++) {
    const stretch = await nextStretch(db, filter, before, { sealedTo, isFirst: read === 0 });
    rows.push(...(await readStretch(db, filter, stretch, before, { columns, limit: limit + 1 - rows.length })));
    const last = rows[limit - 1];
    if (rows.length > limit && last !== undefined) {
      return { rows: rows.slice(0, limit), next: v.parse(PlaceSchema, last), isComplete: true };
    }
    if (stretch.end === undefined) return { rows, next: undefined, isComplete: true };
    before = stretch.end;
  }
  return { rows, next: before, isComplete: rows.length >= limit };
}

const PlaceSchema = v.pipe(
  v.object({ walked_at: v.number(), walked_id: v.string() }),
  v.transform(({ walked_at, walked_id }): Place => ({ receivedAt: walked_at, id: walked_id })),
);

/** Of two places, the one with less before it; the first where they are the same. */
function earlier(one: Place, other: Place): Place {
  if (one.receivedAt !== other.receivedAt) return one.receivedAt < other.receivedAt ? one : other;
  return one.id <= other.id ? one : other;
}

/** Up to when sendouts are in blocks, and up to when the sweeper has seen to it that each delivery has a row. */
async function readPositions(db: D1Database): Promise<{ sealedTo: number; heardOfTo: number }> {
  const { results } = await db
    .prepare("SELECT name, position FROM jobs WHERE name IN (?1, ?2)")
    .bind(SEAL_JOB, ORPHANS_JOB)
    .all();
  const positions = new Map(v.parse(v.array(PositionSchema), results).map(({ name, position }) => [name, position]));
  return { sealedTo: positions.get(SEAL_JOB) ?? 0, heardOfTo: positions.get(ORPHANS_JOB) ?? 0 };
}

const PositionSchema = v.object({ name: v.string(), position: v.number() });

/** Whether only deliveries without a row are wanted. */
function isPending({ deliveryStates }: Filter): boolean {
  return deliveryStates?.every((state) => state === "pending") ?? false;
}

const BY_TIME: Way = {
  from: "sendouts AS s INDEXED BY sendouts_by_time",
  entries: ENTRIES,
  at: "s.received_at",
  id: "s.id",
  where: [],
};

const NOT_ROUTED: Way = {
  ...BY_TIME,
  from: "sendouts AS s INDEXED BY sendouts_not_routed",
  where: [{ sql: "s.state <> 'routed'", values: [] }],
};

const BY_DELIVERY: Way = {
  from: "deliveries AS d INDEXED BY deliveries_unsettled",
  entries: UNSETTLED_ENTRIES,
  at: "d.received_at",
  id: "d.sendout_id",
  where: [{ sql: UNSETTLED, values: [] }],
};

async function nextStretch(
  db: D1Database,
  filter: Filter,
  before: Place,
  { sealedTo, isFirst }: { sealedTo: number; isFirst: boolean },
): Promise<Stretch> {
  const sized = (way: Way): Way => (isFirst ? { ...way, entries: FIRST_ENTRIES } : way);
  if (!isRare(filter) && isUnsettled(filter)) return entriesOf(db, sized(BY_DELIVERY), filter, before);
  if (!isRare(filter) && filter.state !== undefined && filter.state !== "routed") {
    return entriesOf(db, sized(NOT_ROUTED), filter, before);
  }
  if (termsOfFilter(filter).length === 0) return entriesOf(db, sized(BY_TIME), filter, before);
  // What is not in a block yet, and then the blocks.
  const blocks = { receivedAt: sealedTo + 1, id: "" };
  if (earlier(before, blocks) === before) return blocksOf(db, filter, before);
  const since = Math.max(filter.since ?? 0, sealedTo + 1);
  const stretch = await entriesOf(db, sized(BY_TIME), { ...filter, since }, before);
  const isAtBlocks = stretch.end === undefined && sealedTo > 0 && (filter.since ?? 0) <= sealedTo;
  return isAtBlocks ? { ...stretch, end: blocks } : stretch;
}

/** Whether only deliveries are wanted that the index of unsettled ones has. */
function isUnsettled({ deliveryStates, status }: Filter): boolean {
  const isOpenOrOver = deliveryStates?.every((state) => state !== "delivered" && state !== "pending");
  return isOpenOrOver ?? (status !== undefined && isNoSuccess(status));
}

/** A number of entries of an index. */
async function entriesOf(db: D1Database, way: Way, { since }: Filter, before: Place): Promise<Stretch> {
  const where = since === undefined ? [] : [{ sql: `${way.at} >= ?`, values: [since] }];
  const conditions = [...way.where, ...where, isBefore(way, before)];
  const { sql, values } = joined(conditions);
  const last = await db
    .prepare(
      `SELECT ${way.at} AS walked_at, ${way.id} AS walked_id FROM ${way.from} WHERE ${sql}
       ORDER BY 1 DESC, 2 DESC LIMIT 1 OFFSET ${way.entries - 1}`,
    )
    .bind(...values)
    .first();
  const order = `${way.at} DESC, ${way.id} DESC`;
  if (last === null) return { way, where, order, end: undefined };
  const end = v.parse(PlaceSchema, last);
  const isWithin = { sql: `(${way.at}, ${way.id}) >= (?, ?)`, values: [end.receivedAt, end.id] };
  return { way, where: [...where, isWithin], order, end };
}

/** Some blocks that may have all the terms. */
async function blocksOf(db: D1Database, filter: Filter, before: Place): Promise<Stretch> {
  const conditions = [
    { sql: "b.from_at < ?", values: [before.receivedAt] },
    { sql: "b.to_at >= ?", values: [filter.since ?? 0] },
    ...termsOfFilter(filter).map(blockHasAny),
  ];
  const { sql, values } = joined(conditions);
  const { results } = await db
    .prepare(`SELECT b.from_at FROM search_blocks AS b WHERE ${sql} ORDER BY 1 DESC LIMIT ${BLOCKS}`)
    .bind(...values)
    .all<{ from_at: number }>();
  const last = results.at(-1)?.from_at ?? Number.MAX_SAFE_INTEGER;
  return {
    way: { ...BY_TIME, from: `search_blocks AS b CROSS JOIN ${BY_TIME.from}` },
    where: [
      ...conditions,
      { sql: "b.from_at >= ?", values: [last] },
      { sql: "s.received_at > b.from_at AND s.received_at <= b.to_at", values: [] },
    ],
    // Blocks do not overlap, so this is the order of the sendouts; SQLite walks it without sorting.
    order: "b.from_at DESC, s.received_at DESC, s.id DESC",
    end: results.length === BLOCKS ? { receivedAt: last + 1, id: "" } : undefined,
  };
}

/** Whether a block has one of some terms, or does not know. */
function blockHasAny(tokens: readonly string[]): Condition {
  const found = tokens.map(
    () =>
      "EXISTS (SELECT 1 FROM search_terms AS t WHERE t.first = ? AND t.from_at = b.from_at AND instr(t.terms, ?) > 0)",
  );
  return {
    sql: `(b.seen <> 'whole' OR ${found.join(" OR ")})`,
    values: tokens.flatMap((token) => [token.slice(0, FIRST_LENGTH), token.slice(FIRST_LENGTH, TERM_LENGTH)]),
  };
}

/** The sendouts of a stretch that the whole filter holds for. */
async function readStretch(
  db: D1Database,
  filter: Filter,
  { way, where, order }: Stretch,
  before: Place,
  { columns, limit }: { columns: string; limit: number },
): Promise<Record<string, unknown>[]> {
  const byDelivery = way.from === BY_DELIVERY.from;
  const conditions = [
    ...way.where,
    ...where,
    isBefore(way, before),
    ...(byDelivery ? deliveryConditions(filter) : entryConditions(filter)),
    ...rowConditions(filter),
    ...(!byDelivery && asksOutcome(filter) ? [hasDelivery(filter)] : []),
  ];
  const { sql, values } = joined(conditions);
  const { results } = await db
    .prepare(
      `SELECT ${columns}, ${way.at} AS walked_at, ${way.id} AS walked_id
       FROM ${way.from} CROSS JOIN sendouts AS r ON r.id = ${way.id}
       WHERE ${sql} ${byDelivery ? "GROUP BY d.received_at, d.sendout_id" : ""} ORDER BY ${order} LIMIT ?`,
    )
    .bind(...values, limit)
    .all();
  return results;
}

function isBefore(way: Way, { receivedAt, id }: Place): Condition {
  return { sql: `(${way.at}, ${way.id}) < (?, ?)`, values: [receivedAt, id] };
}
