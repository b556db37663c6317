// The archive: payloads that are about to be purged are copied to R2 first, when a bucket is bound. One object each,
// because everything about one customer can be deleted, which no object that holds others' payloads would allow without
// being written anew; R2 takes a million writes a month for nothing and $4.50 for each further million
// (https://developers.cloudflare.com/r2/pricing/, read 2026-11-29).

import * as v from "valibot";
import { mapAtOnce } from "../map-at-once.ts";
import type { ClaimBindings } from "./claims.ts";
import { gunzip, gzip, isGoneSql, readColumn } from "./content.ts";
import type { Some } from "./purge.ts";

/** The bindings this file works with. */
export type ArchiveBindings = ClaimBindings & { ARCHIVE?: R2Bucket };

/** An invocation has six connections at a time. https://developers.cloudflare.com/workers/platform/limits/ */
const WRITES_AT_ONCE = 6;

/** R2 did not take a payload, so that it must not be purged. */
export class ArchiveError extends Error {}

/** What of a sendout names its object. */
interface Archived {
  sendoutId: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  /** Of a repeat whose payload differed, its own id. */
  repeat?: string | undefined;
}

/** Where a payload is in the archive: by the day of its sendout's arrival, in UTC. */
export function archiveKey({ sendoutId, receivedAt, repeat }: Archived): string {
  const day = new Date(receivedAt).toISOString().slice(0, 10);
  return `payloads/${day}/${sendoutId}${repeat === undefined ? "" : `.${repeat}`}.gz`;
}

/**
 * Copies the payloads of sendouts, and of their repeats where those differed. Copying one twice changes nothing.
 *
 * @returns the ids of those that are in the archive now, and of those that were lost before
 * @throws ArchiveError when R2 does not take one; whatever D1 throws
 */
export async function archivePayloads(
  env: ArchiveBindings & { ARCHIVE: R2Bucket },
  db: D1Database,
  those: Some,
): Promise<{ archived: string[]; expired: string[] }> {
  const payloads = await selectPayloads(db, those);
  const kept = await mapAtOnce(payloads, WRITES_AT_ONCE, async (payload) => putPayload(env, payload));
  const ids = payloads.flatMap(({ sendoutId, repeat }, index) =>
    repeat === null ? [{ sendoutId, isKept: kept[index] === true }] : [],
  );
  return {
    archived: ids.filter(({ isKept }) => isKept).map(({ sendoutId }) => sendoutId),
    expired: ids.filter(({ isKept }) => !isKept).map(({ sendoutId }) => sendoutId),
  };
}

const PayloadSchema = v.pipe(
  v.object({
    id: v.string(),
    received_at: v.number(),
    inlet: v.string(),
    event_type: v.nullable(v.string()),
    repeat: v.nullable(v.string()),
    body: v.string(),
  }),
  v.transform(({ id, received_at, event_type, ...row }) => ({
    ...row,
    sendoutId: id,
    receivedAt: received_at,
    eventType: event_type,
  })),
);
type Payload = v.InferOutput<typeof PayloadSchema>;

async function selectPayloads(db: D1Database, { where, values }: Some): Promise<Payload[]> {
  const { results } = await db
    .prepare(
      `SELECT s.id, s.received_at, s.inlet, s.event_type, NULL AS repeat, s.body
       FROM sendouts AS s WHERE ${where} AND NOT ${isGoneSql("s.body")}
       UNION ALL
       SELECT s.id, s.received_at, s.inlet, s.event_type, r.accepted_id, r.body
       FROM sendouts AS s CROSS JOIN repeats AS r ON r.sendout_id = s.id
       WHERE ${where} AND NOT ${isGoneSql("s.body")} AND r.body IS NOT NULL AND NOT ${isGoneSql("r.body")}`,
    )
    .bind(...values, ...values)
    .all();
  return v.parse(v.array(PayloadSchema), results);
}

/** False when there is nothing to copy: a claim that was lost. */
async function putPayload(env: ArchiveBindings & { ARCHIVE: R2Bucket }, payload: Payload): Promise<boolean> {
  const { sendoutId, receivedAt, repeat, inlet, eventType, body } = payload;
  const bytes = await readColumn(body, env);
  if (bytes === undefined) return false;
  const key = archiveKey({ sendoutId, receivedAt, repeat: repeat ?? undefined });
  const customMetadata = { inlet, receivedAt: new Date(receivedAt).toISOString(), eventType: eventType ?? "" };
  try {
    await env.ARCHIVE.put(key, gzip(bytes), { customMetadata, httpMetadata: { contentEncoding: "gzip" } });
  } catch (error) {
    throw new ArchiveError("the archive did not take a payload", { cause: error });
  }
  return true;
}

/**
 * A payload from the archive; undefined when it is not there.
 *
 * @throws whatever R2 throws
 */
export async function readArchived(archive: R2Bucket, where: Archived): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const object = await archive.get(archiveKey(where));
  return object === null ? undefined : gunzip(new Uint8Array(await object.arrayBuffer()));
}
