// Voucherify's signature: header `x-voucherify-signature`, lowercase hex HMAC-SHA256 of the JSON body with the
// insignificant whitespace removed, keyed with the secret as UTF-8 text. No timestamp, no prefix.
// https://docs.voucherify.io/guides/introduction-to-webhooks (read 2026-11-22)

/** The header that carries the signature. */
export const SIGNATURE_HEADER = "x-voucherify-signature";

/** Which form of the body the signature was made over. */
export type SignedForm = "raw" | "compact";

/** Whether a body is authentic, and what proved it: the position of the secret and the form that was signed. */
export type SignatureCheck = { valid: true; secretIndex: number; form: SignedForm } | { valid: false };

const INVALID: SignatureCheck = { valid: false };
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** A CryptoKey, by the name that both the Worker's and Node's types have for it. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

// Importing a key costs more than using it. Keys live as long as the isolate, a handful per installation; more than
// that and the cache starts over.
const KEY_CACHE_MAX = 64;
// The key is cached, not the promise of it: a promise belongs to the request that made it.
const keys = new Map<string, Key>();

/**
 * Checks a signature over the bytes as they arrived, then over the same bytes without insignificant whitespace.
 * The comparison is `crypto.subtle.verify`'s own, in constant time. Malformed signatures and empty secrets never
 * match and never throw.
 *
 * @param secrets tried in order, so that a new and an old one are both good while a rotation lasts
 */
export async function verifySignature(
  body: Uint8Array<ArrayBuffer>,
  signature: string | null | undefined,
  secrets: readonly string[],
): Promise<SignatureCheck> {
  const claimed = decodeSignature(signature);
  if (claimed === undefined) return INVALID;
  for (const form of ["raw", "compact"] as const) {
    const message = form === "raw" ? body : stripWhitespace(body);
    if (form === "compact" && message.length === body.length) break;
    for (const [secretIndex, secret] of secrets.entries()) {
      if (secret === "") continue;
      if (await crypto.subtle.verify("HMAC", await importKey(secret), claimed, message)) {
        return { valid: true, secretIndex, form };
      }
    }
  }
  return INVALID;
}

/**
 * Signs a body as Voucherify does: lowercase hex HMAC-SHA256 over the given bytes.
 *
 * @throws RangeError when the secret is empty
 */
export async function signBody(body: Uint8Array<ArrayBuffer>, secret: string): Promise<string> {
  if (secret === "") throw new RangeError("a signing secret must not be empty");
  const digest = await crypto.subtle.sign("HMAC", await importKey(secret), body);
  return toHex(new Uint8Array(digest));
}

/** Bytes as lowercase hexadecimal digits. The platform's own `toHex` is younger than the Node that the CLI runs on. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The body without the whitespace outside its strings. It walks bytes and never parses, so numbers, escapes and
 * duplicate keys survive exactly; what is not JSON comes out in some form, and only ever feeds a comparison.
 */
export function stripWhitespace(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const compact = new Uint8Array(body.length);
  let length = 0;
  let insideString = false;
  let escaped = false;
  for (const byte of body) {
    if (insideString) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) insideString = false;
    } else if (byte === QUOTE) {
      insideString = true;
    } else if (byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB) {
      continue;
    }
    compact[length++] = byte;
  }
  return compact.subarray(0, length);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;

/** What a signature looks like. */
export const SIGNATURE_PATTERN = /^[0-9a-f]{64}$/;

function decodeSignature(signature: string | null | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (signature === null || signature === undefined || !SIGNATURE_PATTERN.test(signature)) return undefined;
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index++) {
    bytes[index] = Number.parseInt(signature.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

async function importKey(secret: string): Promise<Key> {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  if (keys.size >= KEY_CACHE_MAX) keys.clear();
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, ["sign", "verify"]);
  keys.set(secret, key);
  return key;
}
