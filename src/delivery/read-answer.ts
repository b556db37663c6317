// Reads no more of an answer than is kept: of its body, whose bytes are counted as they come out of any compression, and
// of its headers. What is kept has no secrets.

import type { Scrub } from "./scrub.ts";

/** How much of a body is kept for people to read, in bytes of UTF-8. */
const EXCERPT_BYTES_MAX = 20_000;

/** How many headers are kept, and how much of them, in characters of names and values. */
const HEADERS_MAX = 50;
const HEADERS_CHARS_MAX = 4_096;

/** Headers that are themselves credentials, of no use to anyone who reads a log. */
const NEVER_KEPT: ReadonlySet<string> = new Set(["set-cookie", "set-cookie2"]);

/** The beginning of an answer's body as text, and whether that is all of it; the rest is not read. */
export async function readBeginning(response: Response, bytesMax: number): Promise<{ text: string; whole: boolean }> {
  if (response.body === null) return { text: "", whole: true };
  // Of an answer that says it is short nothing has to be counted; reading it in one go costs a fraction.
  if (lengthOf(response) <= bytesMax) return { text: await response.text(), whole: true };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (bytes < bytesMax) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value.subarray(0, bytesMax - bytes), { stream: true });
    bytes += value.length;
  }
  await reader.cancel().catch(() => undefined); // what is left is not wanted, whatever state it is in
  return { text, whole: false };
}

/** How long a body is, in bytes, by what its headers say; infinite where they do not, or where it is compressed. */
function lengthOf({ headers }: Response): number {
  const length = headers.get("content-length");
  const isPlain = length !== null && /^\d{1,9}$/.test(length) && !headers.has("content-encoding");
  return isPlain ? Number(length) : Number.POSITIVE_INFINITY;
}

/** As much of the beginning of a body as is kept, without secrets; `whole` says whether it is all of the body. */
export function excerptOf({ text, whole }: { text: string; whole: boolean }, scrub: Scrub): string {
  const bytes = encoder.encode(scrub(text, !whole));
  if (bytes.length <= EXCERPT_BYTES_MAX) return decoder.decode(bytes);
  let end = EXCERPT_BYTES_MAX;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1; // not within a character
  return decoder.decode(bytes.subarray(0, end));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** As many of an answer's headers as are kept, without secrets; a place it points to without its query. */
export function headersOf(headers: Headers, scrub: Scrub): [name: string, value: string][] {
  const kept: [string, string][] = [];
  let left = HEADERS_CHARS_MAX;
  for (const [name, value] of headers) {
    if (kept.length === HEADERS_MAX) break;
    if (NEVER_KEPT.has(name)) continue;
    const shown = scrub(name);
    if (shown.length >= left) break;
    const text = scrub(name === "location" ? redactedLocation(value) : value).slice(0, left - shown.length);
    left -= shown.length + text.length;
    kept.push([shown, text]);
  }
  return kept;
}

/**
 * Where a redirect leads, for what is kept longer than payloads and shown to who may not see them: a path may have an
 * e-mail in it as well as a query. The header, which is kept no longer than they are, has the path.
 */
export function hostOfLocation(location: string): string {
  const url = /^https?:/i.test(location) ? URL.parse(location) : null;
  return url === null ? "elsewhere on the same host" : `${url.protocol}//${url.host}/…`;
}

/** Where a redirect leads, as far as it can be shown: hosts in Punycode, the values of a query not at all. */
export function redactedLocation(location: string): string {
  const path = location.split(/[?#]/, 1)[0] ?? "";
  const rest = path.length < location.length ? "?…" : "";
  if (!/^https?:/i.test(path) || !URL.canParse(path)) return path + rest;
  const { protocol, host, pathname } = new URL(path);
  return `${protocol}//${host}${pathname}${rest}`;
}
