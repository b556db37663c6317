// What tells one sendout from every other. Pure but for hashing.

import type { Result } from "../result.ts";
import type { NormalisedEvent } from "../voucherify/normalise.ts";
import { toHex } from "../voucherify/signature.ts";

/** A sendout's identity. */
export interface SendoutIdentity {
  /** Its id in the ledger, `so_…`. */
  id: string;
  /** The same for every arrival of it; the hash of its bytes where nothing else identifies it. */
  dedupeKey: string;
  bodySha256: string;
}

/**
 * What tells a sendout from every other: its dedupe key, the hash of its bytes, and its id in the ledger. The id is a
 * hash of inlet and dedupe key, so the same sendout always has the same. The inlet is part of it because inlets are
 * trusted differently: what comes in at an unsigned one must not be able to pass for a repeat of what comes in at a
 * signed one.
 */
export async function identifySendout(
  inlet: string,
  body: Uint8Array<ArrayBuffer>,
  event: Result<NormalisedEvent, string>,
): Promise<SendoutIdentity> {
  const bodySha256 = await sha256Hex(body);
  const own = event.ok ? event.value.dedupeKey : null;
  const dedupeKey = own === null ? `body:${bodySha256}` : await shorten(own);
  return { id: await ledgerIdOf(inlet, dedupeKey), dedupeKey, bodySha256 };
}

/** The id in the ledger of what came in at an inlet under a dedupe key. */
export async function ledgerIdOf(inlet: string, dedupeKey: string): Promise<string> {
  // TextEncoder always makes a fresh ArrayBuffer; its type just does not say so.
  const name = encoder.encode(`${inlet}\n${dedupeKey}`) as Uint8Array<ArrayBuffer>;
  return `so_${(await sha256Hex(name)).slice(0, 32)}`;
}

/** Longest dedupe key kept as it is, in characters. Voucherify's have about 40; a sender may write what it likes. */
const DEDUPE_KEY_LENGTH_MAX = 500;

async function shorten(key: string): Promise<string> {
  if (key.length <= DEDUPE_KEY_LENGTH_MAX) return key;
  return `hash:${await sha256Hex(encoder.encode(key) as Uint8Array<ArrayBuffer>)}`; // as above
}

async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

const encoder = new TextEncoder();
