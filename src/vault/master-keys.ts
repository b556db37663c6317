// The master keys of the vault, from the Worker secret SIGNALBOX_MASTER_KEYS. Everything made of them is a key that
// cannot be taken out of WebCrypto again.

import * as v from "valibot";
import { readSecret } from "../env.ts";
import { failure, success, type Result } from "../result.ts";
import { MASTER_KEYS_NAME } from "../secret-names.ts";

/** A master key, ready for use. */
export interface MasterKey {
  id: string;
  /** Wraps the key of each secret: AES-256-GCM. */
  wrapping: CryptoKey;
  /** Makes fingerprints: HMAC-SHA-256. */
  fingerprinting: CryptoKey;
}

/** The master keys of an installation. */
export interface KeyRing {
  /** What new secrets are sealed with. */
  active: MasterKey;
  keys: ReadonlyMap<string, MasterKey>;
}

export type KeyRingReason = "master_keys_missing" | "master_keys_invalid";

/** Length of a master key, in bytes. */
const KEY_BYTES = 32;

const KeysSchema = v.strictObject({ active: v.string(), keys: v.record(v.string(), v.string()) });

/** A key's id stands in answers, logs and rows: a date, a name, a number. */
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

// The ring of the text that was read last: for the isolate's life, since a changed secret comes with a new one.
let lastRing: { text: string; ring: KeyRing } | undefined;

/** The master keys of the environment. A failure says what is wrong with the secret and repeats nothing of it. */
export async function readKeyRing(env: object): Promise<Result<KeyRing, KeyRingReason>> {
  const text = readSecret(env, MASTER_KEYS_NAME);
  if (text === undefined) return failure("master_keys_missing", `the Worker secret ${MASTER_KEYS_NAME} is not set`);
  if (lastRing?.text === text) return success(lastRing.ring);
  const parsed = parseMasterKeys(text);
  if (!parsed.ok) return parsed;
  const made = await Promise.all(
    [...parsed.value.keys].map(async ([id, bytes]) => [id, await createMasterKey(id, bytes)] as const),
  );
  const keys = new Map(made);
  const active = keys.get(parsed.value.active);
  if (active === undefined) return invalid("active names no key"); // parsing has seen to it
  lastRing = { text, ring: { active, keys } };
  return success(lastRing.ring);
}

/**
 * Reads the secret's text: `{"active": "2026-11", "keys": {"2026-11": "<base64 of 32 bytes>"}}`.
 *
 * @returns the bytes of each key
 */
export function parseMasterKeys(
  text: string,
): Result<{ active: string; keys: Map<string, Uint8Array<ArrayBuffer>> }, "master_keys_invalid"> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), KeysSchema), text);
  if (!parsed.success) return invalid('it is not of the form {"active": "<id>", "keys": {"<id>": "<base64>"}}');
  const { active, keys: encoded } = parsed.output;
  const keys = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [id, base64] of Object.entries(encoded)) {
    if (!KEY_ID.test(id)) return invalid("a key's id has up to 40 letters, digits, dots, dashes and underscores");
    const bytes = decode(base64);
    if (bytes?.length !== KEY_BYTES) return invalid(`the key ${id} is not the base64 of ${KEY_BYTES} bytes`);
    if (new Set(bytes).size === 1) return invalid(`the key ${id} is one byte over and over; take a random one`);
    const twin = [...keys].find(([, other]) => other.every((byte, index) => byte === bytes[index]));
    if (twin !== undefined) return invalid(`the keys ${twin[0]} and ${id} are the same`);
    keys.set(id, bytes);
  }
  if (!keys.has(active)) return invalid("active names no key of keys");
  return success({ active, keys });
}

/**
 * Makes the keys that are worked with. They are derived, so that wrapping and fingerprints have nothing in common.
 *
 * @param bytes the master key, overwritten with zeros afterwards
 */
export async function createMasterKey(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<MasterKey> {
  const master = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  bytes.fill(0);
  const [wrapping, fingerprinting] = await Promise.all([
    crypto.subtle.deriveKey(derivation("wrapping"), master, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]),
    crypto.subtle.deriveKey(derivation("fingerprint"), master, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
      "sign",
    ]),
  ]);
  return { id, wrapping, fingerprinting };
}

/** HKDF-SHA-256 without salt: the master key is random already. */
function derivation(use: string): HkdfParams {
  const info = new TextEncoder().encode(`signalbox vault v1 ${use}`);
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
}

interface HkdfParams {
  name: "HKDF";
  hash: "SHA-256";
  salt: Uint8Array<ArrayBuffer>;
  info: Uint8Array;
}

function decode(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(Uint8Array.fromBase64(base64));
  } catch {
    return undefined; // the decoder's message is of no use and might quote the key
  }
}

function invalid(detail: string) {
  return failure("master_keys_invalid", `the Worker secret ${MASTER_KEYS_NAME} cannot be used: ${detail}`);
}
