// The databases that sendouts are spread over. LEDGER has all that is one of a kind; a sendout, and everything that belongs
// to it, is in LEDGER or in one of LEDGER_2 to LEDGER_9, where those are bound. docs/sharding.md says which and why.

import { readSecret } from "../env.ts";

/** The bindings this file works with; the other databases are found by their names. */
export interface ShardBindings {
  LEDGER: D1Database;
}

/** One of the databases. `number` is 1 of LEDGER and the binding's own of the others. */
export interface Shard {
  number: number;
  db: D1Database;
}

/** The database that is there without any setting. What has no number is in it. */
export const HOME = 1;

/** The highest number of a database: an id has 32 hexadecimal digits, of which each number has four of its own. */
const SHARDS_MAX = 9;
const DIGITS = 4;

/** What stands before the digits of a sendout's id. */
const PREFIX = "so_";

/** The binding of a database. */
export function bindingOf(number: number): string {
  return number === HOME ? "LEDGER" : `LEDGER_${number}`;
}

/** Every database that is bound, LEDGER first. */
export function shardsOf(env: ShardBindings): readonly Shard[] {
  const shards: Shard[] = [{ number: HOME, db: env.LEDGER }];
  for (let number = HOME + 1; number <= SHARDS_MAX; number++) {
    const db: unknown = Reflect.get(env, bindingOf(number));
    // A binding of that name is a database, or wrangler would not have deployed its migrations.
    if (typeof db === "object" && db !== null) shards.push({ number, db: db as D1Database });
  }
  return shards;
}

/** All of them but LEDGER. */
export function othersOf(env: ShardBindings): readonly Shard[] {
  return shardsOf(env).slice(1);
}

/**
 * A database by its number.
 *
 * @throws Error when it is not bound: then nothing of it can be read or written until it is
 */
export function databaseOf(env: ShardBindings, number = HOME): D1Database {
  const shard = shardsOf(env).find((one) => one.number === number);
  if (shard === undefined) throw new Error(`the database ${bindingOf(number)} is not bound: add it to wrangler.toml`);
  return shard.db;
}

/**
 * From when on a database takes new sendouts, in milliseconds since 1970: the variable `SIGNALBOX_LEDGER_<n>_SINCE`, an ISO
 * date. Undefined where that is not set or is no date: then it takes none, and is read all the same.
 */
export function sinceOf(env: object, number: number): number | undefined {
  const since = Date.parse(readSecret(env, `SIGNALBOX_${bindingOf(number)}_SINCE`) ?? "");
  return Number.isNaN(since) ? undefined : since;
}

/**
 * Which database takes a sendout that has not been recorded. The same for as long as no database takes its first
 * sendouts: adding the nth moves one in n of those that are received from then on, and only to the new one. It goes by
 * when the sendout was received, so that a message that is offered again goes where it went before.
 *
 * @param id the sendout's, `so_…`
 * @param receivedAt milliseconds since 1970
 */
export function placeOf(env: ShardBindings, id: string, receivedAt: number): number {
  const taking = othersOf(env).filter(({ number }) => (sinceOf(env, number) ?? Number.POSITIVE_INFINITY) <= receivedAt);
  return taking.findLast(({ number }) => isDrawn(id, number))?.number ?? HOME;
}

/** Every database that a sendout can be in, whenever it was received, LEDGER first. */
export function placesOf(env: ShardBindings, id: string): readonly Shard[] {
  return shardsOf(env).filter((shard) => mayHave(shard, id));
}

/** Whether a sendout can be in a database, whenever it was received. */
export function mayHave({ number }: Shard, id: string): boolean {
  return number === HOME || isDrawn(id, number);
}

/** Whether an id is one of the nth part that the nth database takes. Of four hexadecimal digits that no other looks at. */
function isDrawn(id: string, number: number): boolean {
  const start = PREFIX.length + (number - HOME - 1) * DIGITS;
  return Number.parseInt(id.slice(start, start + DIGITS), 16) % number === 0;
}

/** What is found in one of some databases, asked one after another, and in which; undefined where none has it. */
export async function findIn<T>(
  shards: readonly Shard[],
  look: (db: D1Database) => Promise<T | undefined | void>,
): Promise<{ found: T; shard: number } | undefined> {
  for (const { number, db } of shards) {
    const found = await look(db);
    if (found !== undefined) return { found, shard: number };
  }
  return undefined;
}

/** The same asked of every database, at once; the answers in the order of the databases, once all have ended. */
export async function askAll<T>(env: ShardBindings, ask: (db: D1Database) => Promise<T>): Promise<T[]> {
  const asked = shardsOf(env).map(async ({ db }) => ask(db));
  await Promise.allSettled(asked);
  return Promise.all(asked);
}
