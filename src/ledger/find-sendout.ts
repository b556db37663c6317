// Finding one sendout wherever it is.

import { readSendoutRecord, type SendoutRecord } from "./search.ts";
import { findIn, placesOf, shardsOf, type ShardBindings } from "./shards.ts";

/** A sendout with all that became of it, and the number of the database that it is in. */
export type FoundSendout = SendoutRecord & { shard: number };

/**
 * Finds a sendout by any of its ids (`readSendoutRecord`). By its own it can be in few databases, by others in any.
 *
 * @throws whatever D1 throws
 */
export async function findSendout(env: ShardBindings, id: string): Promise<FoundSendout | undefined> {
  const shards = id.startsWith("so_") ? placesOf(env, id) : shardsOf(env);
  const found = await findIn(shards, async (db) => readSendoutRecord(db, id));
  return found && { ...found.found, shard: found.shard };
}
