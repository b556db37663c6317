// Hashes, and ids that are made of them: the same for every rendering of the same request, so that a destination
// recognises a repeat.

import { hmac as hmacOf } from "@noble/hashes/hmac.js";
import { md5 as md5Of, sha1 } from "@noble/hashes/legacy.js";
import { sha256 as sha256Of, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { countArgument, textArgument, type FunctionContext, type LanguageFunction } from "./context.ts";

const sha256: LanguageFunction = () => (value) => hashed(textArgument(value, "sha256"), sha256Of);
const md5: LanguageFunction = () => (value) => hashed(textArgument(value, "md5"), md5Of);

const hmac: LanguageFunction = () => (value, key) => {
  const [text, salt] = [textArgument(value, "hmac"), textArgument(key, "hmac") ?? ""];
  return text === undefined ? undefined : bytesToHex(hmacOf(sha256Of, utf8ToBytes(salt), utf8ToBytes(text)));
};

function hashed(text: string | undefined, hash: (bytes: Uint8Array) => Uint8Array): string | undefined {
  return text === undefined ? undefined : bytesToHex(hash(utf8ToBytes(text.toWellFormed())));
}

/** Signalbox's own namespace of UUIDs; made once, at random. */
const NAMESPACE = hexToBytes("5b0c1f3ad7ce4c0f9e0d8a6f1f2b7c41");

/** A UUID of version 5 (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5, read 2026-11-24). */
const uuid: LanguageFunction = (context) => (extra) => {
  const name = utf8ToBytes(nameOf(context, extra, "uuid"));
  const bytes = sha1.create().update(NAMESPACE).update(name).digest().slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytesToHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

/** Crockford's base 32 (https://github.com/ulid/spec, read 2026-11-24). */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: 48 bits of the time of the event, 80 bits of hash. */
const ulid: LanguageFunction = (context) => (extra) => {
  const random = sha256Of(utf8ToBytes(nameOf(context, extra, "ulid"))).subarray(0, 10);
  const time = Math.min(Math.max(0, context.happenedAt), 2 ** 48 - 1);
  return base32(BigInt(time), 10) + base32(BigInt(`0x${bytesToHex(random)}`), 16);
};

function base32(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest >>= 5n) text = BASE32.charAt(Number(rest & 31n)) + text;
  return text;
}

/** How long a key is when nobody says: as many characters as 256 bits need. */
const KEY_LENGTH = 43;

/** A key of letters, digits, - and _, as long as a destination takes: up to 86 characters. */
const key: LanguageFunction = (context) => (length, extra) => {
  const size = length === undefined ? KEY_LENGTH : countArgument(length, "key", [8, 86]);
  const digest = sha512(utf8ToBytes(nameOf(context, extra, "key")));
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, size);
};

/** What an id stands for: this sendout on this route, this item of its lists, and what the template adds. */
function nameOf({ seed, position }: FunctionContext, extra: unknown, name: string): string {
  return [seed, position, textArgument(extra, name) ?? ""].join("|");
}

/** Hashes and ids, by name. */
export const ID_FUNCTIONS = { sha256, md5, hmac, uuid, ulid, key } as const;
