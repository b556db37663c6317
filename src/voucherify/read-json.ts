// Bytes to JSON, with every way it can go wrong as a reason. Authentic bodies that fail here go to quarantine, never
// back to Voucherify as an error: twelve failed tries and it switches the webhook off.

import { failure, success, type Result } from "../result.ts";

/** Nesting beyond this is refused before parsing. Voucherify's deepest published body has 9 levels. */
export const JSON_DEPTH_MAX = 64;

/** Why a body is not a JSON object. */
export type UnreadableReason =
  | "body_empty"
  | "body_compressed"
  | "body_not_utf8"
  | "body_too_deep"
  | "body_not_json"
  | "body_not_object";

/** A parsed JSON object. Its keys are data: `__proto__` is an own property like any other. */
export type JsonObject = { [key: string]: unknown };

/**
 * Reads a body as a JSON object.
 *
 * Fails with the reason and, where it helps, a detail that says where: never with the content.
 *
 * @param contentEncoding the request's `content-encoding`; anything but identity is not decompressed
 */
export function readJsonObject(body: Uint8Array, contentEncoding?: string): Result<JsonObject, UnreadableReason> {
  if (body.length === 0) return failure("body_empty", "the body has no bytes");
  if (contentEncoding !== undefined && !isIdentity(contentEncoding)) {
    return failure("body_compressed", "content-encoding is not identity");
  }
  const depth = nestingDepth(body, JSON_DEPTH_MAX);
  if (depth > JSON_DEPTH_MAX) {
    return failure("body_too_deep", `nested deeper than ${JSON_DEPTH_MAX} levels`);
  }
  const text = decodeUtf8(body);
  if (text === undefined) return failure("body_not_utf8", "the bytes are not valid UTF-8");
  const parsed = parseJson(text);
  if (parsed === undefined) return failure("body_not_json", "the body is not one JSON value");
  if (!isJsonObject(parsed.value)) {
    return failure("body_not_object", `the body is ${describe(parsed.value)}, not an object`);
  }
  return success(parsed.value);
}

/** Whether a JSON value is an object, as opposed to null, an array or a scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that says something: null for anything else, the empty text included. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/**
 * How deep brackets nest outside strings, in one pass over the bytes; stops counting one past `limit`. Works on any
 * bytes, JSON or not.
 */
export function nestingDepth(body: Uint8Array, limit: number): number {
  let depth = 0;
  let deepest = 0;
  let insideString = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (insideString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) insideString = false;
    } else if (byte === QUOTE) insideString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > deepest) deepest = depth;
      if (deepest > limit) return deepest;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  return deepest;
}

/** Whether the header names no coding but identity. It is a list, which may be empty: RFC 9110, 5.6.1 and 8.4. */
function isIdentity(contentEncoding: string): boolean {
  return contentEncoding.split(",").every((coding) => /^(?:identity)?$/i.test(coding.trim()));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

// Strips a byte order mark, which JSON.parse alone would refuse.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function decodeUtf8(body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined; // the decoder's only failure is bytes that are not UTF-8
  }
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // V8's message quotes the input, so it is not passed on
  }
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
