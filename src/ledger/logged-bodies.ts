// Logged sendouts with their payloads, page by page, the newest first: for whoever looks at past traffic as a whole.

import * as v from "valibot";
import type { ClaimBindings } from "./claims.ts";
import { INLINE_BYTES_MAX, readColumn } from "./content.ts";
import { ensureMigrated } from "./migrate.ts";
import { askAll } from "./shards.ts";
import { TEST_MARK } from "./test-sends.ts";
import type { Place } from "./walk.ts";

/** How many bytes of payload a page has, about: an isolate has 128 MB for them, for what is made of them, and all else. */
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

/** How many payloads of a page may lie in a store of their own: each is a request, of which the free plan allows 50. */
const PAGE_LARGE_MAX = 10;

const RowSchema = v.object({
  id: v.string(),
  inlet: v.string(),
  received_at: v.number(),
  event_type: v.nullable(v.string()),
  body_bytes: v.number(),
});

/** A logged sendout; `body` is undefined where it is not kept any more. */
export interface LoggedBody {
  id: string;
  inlet: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  /** Null where it was not understood when it came in. */
  eventType: string | null;
  body: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * The newest sendouts with their payloads, and behind which the next page begins; undefined when nothing comes after
 * these. A page with large payloads has fewer than were asked for. Test sends are none.
 *
 * @param since received at or after, in milliseconds since 1970
 * @param after only what was received before it
 * @throws whatever D1 or R2 throws
 */
export async function readLoggedBodies(
  env: ClaimBindings,
  { since, after, limit }: { since: number; after: Place | undefined; limit: number },
): Promise<{ sendouts: LoggedBody[]; next: Place | undefined }> {
  const found = await askAll(env, async (db) => selectRows(db, { since, after, limit: limit + 1 }));
  const rows = found
    .flat()
    .toSorted(newestFirst)
    .slice(0, limit + 1);
  const page = rows.slice(0, Math.min(limit, fitting(rows)));
  const bodies = await readBodies(
    env,
    page.map(({ id }) => id),
  );
  const last = page.at(-1);
  return {
    sendouts: page.map(({ id, inlet, received_at, event_type }) => ({
      id,
      inlet,
      receivedAt: received_at,
      eventType: event_type,
      body: bodies.get(id),
    })),
    next: rows.length > page.length && last !== undefined ? { receivedAt: last.received_at, id: last.id } : undefined,
  };
}

type Row = v.InferOutput<typeof RowSchema>;

async function selectRows(
  db: D1Database,
  { since, after, limit }: { since: number; after: Place | undefined; limit: number },
): Promise<Row[]> {
  await ensureMigrated(db);
  const { results } = await db
    .prepare(
      `SELECT id, inlet, received_at, event_type, body_bytes FROM sendouts
       WHERE received_at >= ?1 AND (received_at, id) < (?2, ?3) AND inlet <> ?4
       ORDER BY received_at DESC, id DESC LIMIT ?5`,
    )
    .bind(since, after?.receivedAt ?? Number.MAX_SAFE_INTEGER, after?.id ?? "", TEST_MARK, limit)
    .all();
  return v.parse(v.array(RowSchema), results);
}

function newestFirst(one: Row, other: Row): number {
  return other.received_at - one.received_at || (one.id < other.id ? 1 : -1);
}

/** How many of the rows make a page: one at least, or nobody would ever come past it. */
function fitting(rows: readonly { body_bytes: number }[]): number {
  let bytes = 0;
  let large = 0;
  const over = rows.findIndex(({ body_bytes }) => {
    bytes += body_bytes;
    if (body_bytes > INLINE_BYTES_MAX) large++;
    return bytes > PAGE_BYTES_MAX || large > PAGE_LARGE_MAX;
  });
  return over === -1 ? rows.length : Math.max(over, 1);
}

async function readBodies(env: ClaimBindings, ids: readonly string[]): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = await askAll(env, async (db) => {
    const { results } = await db
      .prepare("SELECT id, body FROM sendouts WHERE id IN (SELECT value FROM json_each(?1))")
      .bind(JSON.stringify(ids))
      .all();
    return v.parse(v.array(BodyRowSchema), results);
  });
  const bodies = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { id, body } of found.flat()) {
    const bytes = await readColumn(body, env);
    if (bytes !== undefined) bodies.set(id, bytes);
  }
  return bodies;
}

const BodyRowSchema = v.object({ id: v.string(), body: v.string() });
