// One secret, sealed: AES-256-GCM with a key of its own, which a master key wraps. What a row says of the secret is bound
// into both, so that rows cannot be exchanged, mixed or altered. WebCrypto, and no storage.

import * as v from "valibot";
import { failure, success, type Result } from "../result.ts";
import type { MasterKey } from "./master-keys.ts";

/** Raised when the form changes. */
const ENVELOPE_VERSION = 1;

/** Length of an initialisation vector, in bytes: the 96 bits GCM is made for. Each is used once. */
const IV_BYTES = 12;

/** Length of a secret's own key, in bytes. */
const KEY_BYTES = 32;

/** Every part in base64. */
export const EnvelopeSchema = v.strictObject({
  v: v.literal(ENVELOPE_VERSION),
  wrapIv: v.string(),
  wrappedKey: v.string(),
  iv: v.string(),
  ciphertext: v.string(),
});
export type Envelope = v.InferOutput<typeof EnvelopeSchema>;

/** What an envelope is bound to. */
export interface Bound {
  name: string;
  /** Another with every write. */
  version: string;
  /** Where the secret may be sent; null while nothing is said about that. In order. */
  hosts: readonly string[] | null;
}

/** Seals a value. A new key and new vectors each time. */
export async function seal(value: string, bound: Bound, master: MasterKey): Promise<Envelope> {
  const [wrapIv, iv, key] = [IV_BYTES, IV_BYTES, KEY_BYTES].map((length) =>
    crypto.getRandomValues(new Uint8Array(length)),
  ) as [Bytes, Bytes, Bytes]; // three lengths make three
  const plain = new TextEncoder().encode(value);
  const [wrappedKey, ciphertext] = await Promise.all([
    crypto.subtle.encrypt(gcm(wrapIv, bound, master.id, "key"), master.wrapping, key),
    crypto.subtle.encrypt(gcm(iv, bound, master.id, "value"), await importKey(key, "encrypt"), plain),
  ]);
  key.fill(0);
  plain.fill(0);
  return {
    v: ENVELOPE_VERSION,
    wrapIv: wrapIv.toBase64(),
    wrappedKey: new Uint8Array(wrappedKey).toBase64(),
    iv: iv.toBase64(),
    ciphertext: new Uint8Array(ciphertext).toBase64(),
  };
}

/**
 * Opens an envelope. `envelope_damaged` when anything in it, or in what it is bound to, is not as it was sealed, or when
 * the master key is another of the same id.
 */
export async function open(
  envelope: Envelope,
  bound: Bound,
  master: MasterKey,
): Promise<Result<string, "envelope_damaged">> {
  try {
    const [wrapIv, wrappedKey, iv, ciphertext] = [
      envelope.wrapIv,
      envelope.wrappedKey,
      envelope.iv,
      envelope.ciphertext,
    ].map((part) => new Uint8Array(Uint8Array.fromBase64(part))) as [Bytes, Bytes, Bytes, Bytes]; // four of four
    const key = new Uint8Array(
      await crypto.subtle.decrypt(gcm(wrapIv, bound, master.id, "key"), master.wrapping, wrappedKey),
    );
    const own = await importKey(key, "decrypt");
    key.fill(0);
    const plain = await crypto.subtle.decrypt(gcm(iv, bound, master.id, "value"), own, ciphertext);
    return success(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain));
  } catch {
    // Base64, tag, or key: WebCrypto does not say which, and nobody is to learn it.
    return failure("envelope_damaged", "it does not open with its master key");
  }
}

/** Tells one value from another without telling it: 8 bytes of an HMAC, in hexadecimal. The name has no part in it. */
export async function fingerprintOf(value: string, master: MasterKey): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", master.fingerprinting, new TextEncoder().encode(value));
  return new Uint8Array(mac, 0, FINGERPRINT_BYTES).toHex();
}

const FINGERPRINT_BYTES = 8;

type Bytes = Uint8Array<ArrayBuffer>;

async function importKey(bytes: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [use]);
}

/** A list in JSON is read in one way only, whatever stands in it. */
function gcm(iv: Bytes, { name, version, hosts }: Bound, keyId: string, part: "key" | "value") {
  const bound = ["signalbox vault", ENVELOPE_VERSION, "target secret", part, keyId, name, version, hosts];
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(JSON.stringify(bound)) };
}
