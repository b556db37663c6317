// What has come in lately, by kind: for the migration report.

import * as v from "valibot";
import { readColumn } from "./content.ts";
import type { ClaimBindings } from "./claims.ts";
import { ensureMigrated } from "./migrate.ts";
import { askAll } from "./shards.ts";

/** Kinds of sendout that are told apart; what comes in odder variety than this is cut off, the rarest first. */
const KINDS_MAX = 500;

/** Largest body that is read, in bytes: one of usual size shows the fields as well and leaves the isolate its memory. */
const BODY_BYTES_MAX = 256 * 1024;

/** Bodies read at a time: as many as D1 answers in one go without a thought. */
const BODIES_AT_ONCE = 10;

/** Sendouts of one kind. */
export interface Traffic {
  eventType: string;
  /** As in the sendout's row. */
  shape: string | null;
  payloadVersion: string | null;
  sourceKind: string | null;
  projectId: string | null;
  count: number;
  /** Of the newest one: when it was received, in milliseconds since 1970, its id and its inlet. */
  lastAt: number;
  lastId: string;
  inlet: string;
}

const TrafficRowSchema = v.pipe(
  v.object({
    event_type: v.string(),
    shape: v.nullable(v.string()),
    payload_version: v.nullable(v.string()),
    source_kind: v.nullable(v.string()),
    project_id: v.nullable(v.string()),
    count: v.number(),
    last_at: v.number(),
    id: v.string(),
    inlet: v.string(),
  }),
  v.transform((row): Traffic => ({
    eventType: row.event_type,
    shape: row.shape,
    payloadVersion: row.payload_version,
    sourceKind: row.source_kind,
    projectId: row.project_id,
    count: row.count,
    lastAt: row.last_at,
    lastId: row.id,
    inlet: row.inlet,
  })),
);

/**
 * The sendouts that became events since an instant, counted by kind.
 *
 * @param since milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function readTraffic(db: D1Database, since: number): Promise<Traffic[]> {
  await ensureMigrated(db);
  // Beside max(), SQLite gives a plain column the value of the row that has the maximum.
  const { results } = await db
    .prepare(
      `SELECT event_type, shape, payload_version, source_kind, project_id,
         count(*) AS count, max(received_at) AS last_at, id, inlet
       FROM sendouts WHERE received_at >= ?1 AND event_type IS NOT NULL
       GROUP BY 1, 2, 3, 4, 5 ORDER BY count DESC LIMIT ?2`,
    )
    .bind(since, KINDS_MAX)
    .all();
  return v.parse(v.array(TrafficRowSchema), results);
}

/**
 * The bodies of some sendouts by id. Those that are gone or unusually large are not in the answer.
 *
 * @throws whatever D1 or R2 throws
 */
export async function readBodies(
  env: ClaimBindings,
  ids: readonly string[],
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const bodies = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let start = 0; start < ids.length; start += BODIES_AT_ONCE) {
    const some = ids.slice(start, start + BODIES_AT_ONCE);
    const found = await askAll(env, async (db) => selectBodies(db, some));
    for (const { id, body } of found.flat()) {
      const bytes = await readColumn(body, env);
      if (bytes !== undefined) bodies.set(id, bytes);
    }
  }
  return bodies;
}

async function selectBodies(db: D1Database, ids: readonly string[]): Promise<{ id: string; body: string }[]> {
  const { results } = await db
    .prepare("SELECT id, body FROM sendouts WHERE id IN (SELECT value FROM json_each(?1)) AND body_bytes <= ?2")
    .bind(JSON.stringify(ids), BODY_BYTES_MAX)
    .all<{ id: string; body: string }>();
  return results;
}
