// How bytes travel through a queue and rest in the ledger: as they are while small, compressed when that saves a
// billed chunk, and as a claim check when they do not fit a message at all.

import { gunzipSync, gzipSync } from "node:zlib";
import * as v from "valibot";
import { readClaim, storeClaim, type ClaimBindings } from "./claims.ts";

/** Queues bill by 64 KB chunks; up to here a body and its message fit one uncompressed. */
export const INLINE_BYTES_MAX = 60_000;

/**
 * The most that rides in a message. A queue message holds 128,000 bytes with about 100 of metadata; in the ledger the
 * same bytes are base64, a third larger, and a row that has to wait in a queue must fit one as well.
 */
export const MESSAGE_CONTENT_BYTES_MAX = 90_000;

/** Below this, compressing costs more than it saves in a ledger row. */
const COMPRESS_BYTES_MIN = 1_000;

/** Bytes in a queue message. */
export const BytesSchema = v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array, "must be bytes");

export const ContentSchema = v.variant("as", [
  v.object({ as: v.literal("raw"), bytes: BytesSchema }),
  v.object({ as: v.literal("gzip"), bytes: BytesSchema }),
  v.object({ as: v.literal("claim"), id: v.string(), size: v.number() }),
]);
export type Content = v.InferOutput<typeof ContentSchema>;

/**
 * Packs bytes so that they fit a queue message. Only what does not fit even when compressed is stored first.
 *
 * @throws whatever the claim store throws; then nothing is durable yet
 */
export async function packForQueue(bytes: Uint8Array<ArrayBuffer>, store: ClaimBindings): Promise<Content> {
  if (bytes.length <= INLINE_BYTES_MAX) return { as: "raw", bytes };
  const compressed = gzip(bytes);
  if (compressed.length <= MESSAGE_CONTENT_BYTES_MAX) return { as: "gzip", bytes: compressed };
  return { as: "claim", id: await storeClaim(store, compressed), size: bytes.length };
}

/**
 * The bytes that were packed; undefined when a claim's bytes are gone.
 *
 * @throws whatever the claim store throws when it is unwell
 */
export async function unpack(content: Content, store: ClaimBindings): Promise<Uint8Array<ArrayBuffer> | undefined> {
  switch (content.as) {
    case "raw":
      return content.bytes;
    case "gzip":
      return gunzip(content.bytes);
    case "claim": {
      const compressed = await readClaim(store, content.id);
      return compressed === undefined ? undefined : gunzip(compressed);
    }
  }
}

/** How many bytes a packed content takes in a message. */
export function packedSize(content: Content): number {
  return content.as === "claim" ? 100 : content.bytes.length;
}

/**
 * Content as one text column: `raw:` or `gzip:` and base64, or `claim:` and the id. Text, because D1 carries blobs as
 * arrays of numbers.
 */
export function toColumn(content: Content): string {
  if (content.as === "claim") return `claim:${content.id}:${content.size}`;
  if (content.as === "gzip") return `gzip:${content.bytes.toBase64()}`;
  if (content.bytes.length < COMPRESS_BYTES_MIN) return `raw:${content.bytes.toBase64()}`;
  return `gzip:${gzip(content.bytes).toBase64()}`;
}

/** Why content that was kept is not any more: its time was over, with or without a copy in the archive, or it was asked for. */
export const GONE = ["expired", "archived", "erased"] as const;
export type Gone = (typeof GONE)[number];

const GONE_MARK = "gone:";

/** What a column says in the place of content that is gone. */
export function goneColumn(why: Gone): string {
  return `${GONE_MARK}${why}`;
}

/** The SQL condition that a column's content is gone. */
export function isGoneSql(column: string): string {
  return `substr(${column}, 1, ${GONE_MARK.length}) = '${GONE_MARK}'`;
}

/** Why a column's content is gone; undefined when it is there, or never was. */
export function goneFrom(column: string): Gone | undefined {
  return column.startsWith(GONE_MARK) ? GONE.find((why) => goneColumn(why) === column) : undefined;
}

/** Whether a column has content: it never had where it is empty. */
export function isKept(column: string): boolean {
  return column !== "" && goneFrom(column) === undefined;
}

/** Why content is gone, as a sentence's end for people. */
export const GONE_BECAUSE = {
  expired: "is kept no longer (settings.retention)",
  archived: "is kept no longer but in the archive (settings.retention)",
  erased: "was deleted with everything about its customer",
} as const satisfies Record<Gone, string>;

/**
 * The bytes of a column written by `toColumn`; undefined when they are gone.
 *
 * @throws whatever the claim store throws when it is unwell
 */
export async function readColumn(column: string, store: ClaimBindings): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return goneFrom(column) === undefined ? unpack(fromColumn(column), store) : undefined;
}

/**
 * Content from a column written by `toColumn`, which has any (`isKept`).
 *
 * @throws Error when the column has another shape: the ledger wrote it, so that is a broken invariant
 */
export function fromColumn(column: string): Content {
  const [as, value, size] = column.split(":");
  if (as === "raw" || as === "gzip") return { as, bytes: Uint8Array.fromBase64(value ?? "") };
  if (as === "claim" && value !== undefined) return { as, id: value, size: Number(size) };
  throw new Error("a ledger column holds no content this version can read");
}

/** Text as bytes of its own. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  // TextEncoder always makes a fresh ArrayBuffer; its type just does not say so.
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

/**
 * Compresses bytes. In one call, because a stream of its own for each row costs four times as much: every delivery has
 * a row.
 */
export function gzip(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes)); // a copy, because Node's buffers may share memory
}

/**
 * Undoes `gzip`.
 *
 * @throws TypeError when the bytes are damaged, as the platform's own streams do
 */
export function gunzip(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(gunzipSync(bytes));
  } catch (error) {
    throw new TypeError("the bytes cannot be decompressed", { cause: error });
  }
}
