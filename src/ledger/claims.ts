// The claim check: what does not fit a queue message is stored first and travels as a pointer. In R2 when a bucket is
// bound, else in D1, in pieces.

import { withinBudget } from "./budget.ts";
import { ensureMigrated } from "./migrate.ts";

/** D1 takes values up to 2 MB (1 MB = 1,000,000 bytes); base64 needs 4 bytes for 3. 1.4 MB becomes under 1.9 MB. */
const PIECE_BYTES_MAX = 1_400_000;

/** Where claims are kept. The bucket wins when there is one. */
export interface ClaimBindings {
  LEDGER: D1Database;
  BODIES?: R2Bucket;
}

/**
 * Stores bytes and returns the id to find them by. Once it resolves, they are durable.
 *
 * @throws whatever R2 or D1 throws
 */
export async function storeClaim(store: ClaimBindings, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const id = createClaimId(Date.now());
  if (store.BODIES !== undefined) {
    await store.BODIES.put(id, bytes);
    return id;
  }
  await withinBudget(insertPieces(store.LEDGER, id, bytes));
  return id;
}

/** What every id begins with; a "t" for its time, which older ones do not have. */
export const CLAIM_PREFIX = "clm_t";

/** An id that sorts by its time, so that what nobody refers to is found by its age. */
function createClaimId(now: number): string {
  return `${claimIdsFrom(now)}${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
}

/** What stands before the ids of all claims of an instant, in milliseconds since 1970. */
export function claimIdsFrom(at: number): string {
  return `${CLAIM_PREFIX}${at.toString(16).padStart(12, "0")}`;
}

/** Most objects that R2 deletes in one call. */
const OBJECTS_AT_ONCE = 1_000;

/**
 * Deletes claims, wherever they are. Those that are gone already are no error.
 *
 * @throws whatever R2 or D1 throws; then some may be gone
 */
export async function dropClaims(store: ClaimBindings, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (let start = 0; store.BODIES !== undefined && start < ids.length; start += OBJECTS_AT_ONCE) {
    await store.BODIES.delete(ids.slice(start, start + OBJECTS_AT_ONCE));
  }
  // In D1 as well: the bucket may have been bound later.
  await store.LEDGER.prepare("DELETE FROM claims WHERE id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(ids))
    .run();
}

async function insertPieces(db: D1Database, id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await ensureMigrated(db);
  const insert = db.prepare("INSERT INTO claims (id, piece, bytes) VALUES (?1, ?2, ?3)");
  const inserts = [];
  for (let piece = 0; piece * PIECE_BYTES_MAX < bytes.length; piece++) {
    const part = bytes.subarray(piece * PIECE_BYTES_MAX, (piece + 1) * PIECE_BYTES_MAX);
    inserts.push(insert.bind(id, piece, part.toBase64()));
  }
  await db.batch(inserts);
}

/**
 * The bytes behind an id; undefined when there are none.
 *
 * @throws whatever R2 or D1 throws
 */
export async function readClaim(store: ClaimBindings, id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const object = await store.BODIES?.get(id);
  if (object !== undefined && object !== null) return new Uint8Array(await object.arrayBuffer());
  return withinBudget(selectPieces(store.LEDGER, id));
}

async function selectPieces(db: D1Database, id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare("SELECT bytes FROM claims WHERE id = ?1 ORDER BY piece")
    .bind(id)
    .all<{ bytes: string }>();
  if (results.length === 0) return undefined;
  const pieces = results.map((row) => Uint8Array.fromBase64(row.bytes));
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
