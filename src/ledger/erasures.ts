// The ledger's rows for deletions of everything about one customer, and how far each has come.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";
import { askAll, shardsOf, type ShardBindings } from "./shards.ts";

const MarksSchema = v.object({ anywhere: v.array(v.string()), inPlace: v.array(v.string()) });

const RowSchema = v.pipe(
  v.object({
    id: v.string(),
    state: v.picklist(["running", "done"]),
    subject: v.string(),
    open: v.picklist(["wait", "cancel"]),
    salt: v.string(),
    marks: v.pipe(v.string(), v.parseJson(), MarksSchema),
    terms: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
    started_at: v.number(),
    ended_at: v.nullable(v.number()),
    until: v.number(),
    position: v.number(),
    looked_at: v.number(),
    erased: v.number(),
    waiting: v.number(),
  }),
  v.transform(({ salt, marks, started_at, ended_at, looked_at, ...row }) => ({
    ...row,
    marks: { salt, ...marks },
    startedAt: started_at,
    endedAt: ended_at,
    lookedAt: looked_at,
  })),
);
/**
 * A deletion as it stands. `lookedAt`, `erased` and `waiting` count sendouts; the other numbers are instants, in
 * milliseconds since 1970. Whom it is about stands nowhere but as hashes, and not even so once it is done.
 */
export type Erasure = v.InferOutput<typeof RowSchema>;

const SELECT = `SELECT e.*,
  (SELECT count(*) FROM erasures_waiting AS w WHERE w.erasure_id = e.id) AS waiting FROM erasures AS e`;

/** A deletion that begins. */
type NewErasure = Omit<Erasure, "state" | "endedAt" | "position" | "lookedAt" | "erased" | "waiting">;

/**
 * Begins a deletion in every database, each with its own progress. LEDGER comes last: what it has, all have.
 *
 * @throws whatever D1 throws
 */
export async function insertErasure(env: ShardBindings, erasure: NewErasure): Promise<void> {
  for (const { db } of shardsOf(env).toReversed()) await insertPart(db, erasure);
}

async function insertPart(
  db: D1Database,
  { id, subject, open, marks, terms, startedAt, until }: NewErasure,
): Promise<void> {
  await ensureMigrated(db);
  const { salt, ...hashes } = marks;
  await db
    .prepare(
      `INSERT INTO erasures (id, state, subject, open, salt, marks, terms, started_at, until)
       VALUES (?1, 'running', ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
    )
    .bind(id, subject, open, salt, JSON.stringify(hashes), JSON.stringify(terms), startedAt, until)
    .run();
}

/**
 * A deletion in one database; undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function readErasure(db: D1Database, id: string): Promise<Erasure | undefined> {
  await ensureMigrated(db);
  const row = await db.prepare(`${SELECT} WHERE e.id = ?1`).bind(id).first();
  return row === null ? undefined : v.parse(RowSchema, row);
}

/**
 * A deletion over all databases; undefined when there is none.
 *
 * @throws whatever D1 throws
 */
export async function readWholeErasure(env: ShardBindings, id: string): Promise<Erasure | undefined> {
  return addParts((await askAll(env, async (db) => readErasure(db, id))).filter((part) => part !== undefined));
}

/**
 * The last deletions over all databases, the newest first: ids begin with their time.
 *
 * @throws whatever D1 throws
 */
export async function listErasures(env: ShardBindings, limit: number): Promise<Erasure[]> {
  const parts = (await askAll(env, async (db) => listParts(db, limit))).flat();
  const wholes = [...Map.groupBy(parts, ({ id }) => id).values()].flatMap((some) => addParts(some) ?? []);
  return wholes.toSorted((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
}

/** One deletion of what each database says of it: it has ended when all of it has. */
function addParts(parts: readonly Erasure[]): Erasure | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const running = parts.find(({ state }) => state === "running");
  const sum = (count: (part: Erasure) => number) => parts.reduce((total, part) => total + count(part), 0);
  return {
    ...(running ?? first),
    endedAt: running === undefined ? Math.max(...parts.map(({ endedAt }) => endedAt ?? 0)) : null,
    lookedAt: sum(({ lookedAt }) => lookedAt),
    erased: sum(({ erased }) => erased),
    waiting: sum(({ waiting }) => waiting),
  };
}

async function listParts(db: D1Database, limit: number): Promise<Erasure[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare(`${SELECT} ORDER BY e.id DESC LIMIT ?1`).bind(limit).all();
  return v.parse(v.array(RowSchema), results);
}

/**
 * The deletions under way, the oldest first.
 *
 * @throws whatever D1 throws
 */
export async function runningErasures(db: D1Database): Promise<string[]> {
  await ensureMigrated(db);
  const { results } = await db.prepare("SELECT id FROM erasures WHERE state = 'running' ORDER BY id").all();
  return v.parse(v.array(v.object({ id: v.string() })), results).map(({ id }) => id);
}

/** The statement that takes a deletion on, once, however often the step is tried. */
export function advanceErasure(
  db: D1Database,
  { id, position }: Pick<Erasure, "id" | "position">,
  to: number,
  lookedAt: number,
): D1PreparedStatement {
  return db
    .prepare("UPDATE erasures SET position = ?3, looked_at = looked_at + ?4 WHERE id = ?1 AND position = ?2")
    .bind(id, position, to, lookedAt);
}

/**
 * Ends a deletion that has looked at everything and waits for nothing; what the customer was known by is forgotten.
 *
 * @throws whatever D1 throws
 */
export async function endErasure(db: D1Database, id: string, now: number): Promise<void> {
  await db
    .prepare(
      `UPDATE erasures SET state = 'done', ended_at = ?2, salt = '', terms = '[]',
         marks = '{"anywhere":[],"inPlace":[]}'
       WHERE id = ?1 AND position >= until AND NOT EXISTS (SELECT 1 FROM erasures_waiting WHERE erasure_id = ?1)`,
    )
    .bind(id, now)
    .run();
}
