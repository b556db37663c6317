// Keeps secrets out of what is kept: a target that answers with our own credentials in its error must not put them
// into the ledger.

import { startOfHalf } from "../masking/cut-end.ts";

/** What stands where a secret stood. */
const MASK = "[secret]";

/** Values this short would mask half a text; they are no secrets anyway. */
const SECRET_LENGTH_MIN = 4;

/** How much of a spelling is looked for first, in characters: more than chance has many of. */
const BEGINNING_LENGTH = 16;

/** The text with every given value masked, in each form it may come back in. */
export function scrub(text: string, sensitive: readonly string[]): string {
  return createScrubber(sensitive)(text);
}

/** Masks in a text whatever it was made for. `isCut` says that the text goes on elsewhere, so that its end may be half a value. */
export type Scrub = (text: string, isCut?: boolean) => string;

/** Masks every given value in texts. Made once for many, because it looks for each value in dozens of spellings. */
export function createScrubber(sensitive: readonly string[]): Scrub {
  const values = new Set(sensitive.filter((value) => value.length >= SECRET_LENGTH_MIN));
  const forms = new Set([...values].flatMap(spellings));
  if (forms.size === 0) return (text) => text;
  // Most answers have none of them. That is seen by their beginnings, of which there are few; a pattern of all would take
  // milliseconds to make for a long secret.
  const beginnings = anyOf(new Set([...forms].map((form) => form.slice(0, BEGINNING_LENGTH))));
  const mask = (text: string): string => (text.search(beginnings) === -1 ? text : text.replaceAll(anyOf(forms), MASK));
  return (text, isCut = false) => {
    const masked = mask(text);
    const end = isCut ? startOfHalf(masked, forms) : masked.length;
    return end === masked.length ? masked : masked.slice(0, end) + MASK;
  };
}

/** A pattern of texts: the longest first, so that one that contains another is found whole. */
function anyOf(texts: ReadonlySet<string>): RegExp {
  const ordered = [...texts].toSorted((a, b) => b.length - a.length);
  return new RegExp(ordered.map((text) => RegExp.escape(text)).join("|"), "g");
}

/**
 * As texts have it that carry others, as texts that carry those have it, in JSON that has everything escaped that anybody
 * escapes, in HTML, and in base64 and hex.
 */
function spellings(value: string): string[] {
  const json = inJson(value);
  const carried = textSpellings(value);
  return [
    ...carried.flatMap(textSpellings),
    ...[json, json.replaceAll("/", "\\/")].flatMap((text) => [
      escapeUnits(text, /[<>&\u2028\u2029]/g, false),
      escapeUnits(text, /[^\x20-\x7e]/g, false),
      escapeUnits(text, /[^\x20-\x7e]/g, true),
      escapeUnits(text, /[<>&'+]|[^\x20-\x7e]/g, true),
    ]),
    ...htmlSpellings(value),
    ...carried.flatMap((text) => byteSpellings(encoder.encode(text))),
  ];
}

/** As it is, in JSON, in a URL and in a form, each once: of a secret that has nothing to escape there is but one. */
function textSpellings(value: string): string[] {
  const json = inJson(value);
  const encoded = encodeURIComponent(value.toWellFormed());
  // In a query, URLs have an apostrophe as %27, which encodeURIComponent leaves. https://url.spec.whatwg.org/#query-state
  const query = encoded.replaceAll("'", "%27");
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  return [...new Set([value, json, json.replaceAll("/", "\\/"), ...[encoded, query, form].flatMap(inEitherCase)])];
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function inEitherCase(encoded: string): string[] {
  return [encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())];
}

/** JSON with some UTF-16 units as `\u` and four digits. */
function escapeUnits(json: string, which: RegExp, capitals: boolean): string {
  return json.replaceAll(which, (unit) => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${capitals ? digits.toUpperCase() : digits}`;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** In HTML, with the apostrophe as some write it or others. */
function htmlSpellings(value: string): string[] {
  const plain = value.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
  return [plain, plain.replaceAll("'", "&#39;"), plain.replaceAll("'", "&#x27;")];
}

const encoder = new TextEncoder();

/** In base64 and in hex. */
function byteSpellings(bytes: Uint8Array): string[] {
  return [...base64Spellings(bytes), bytes.toHex(), bytes.toHex().toUpperCase()];
}

/** A piece of base64 this short could be anything. */
const PIECE_LENGTH_MIN = 8;

/** Alone, and as it looks behind other bytes: those characters that no neighbour has a part in. */
function base64Spellings(bytes: Uint8Array): string[] {
  const alone = [bytes.toBase64(), bytes.toBase64({ omitPadding: true })];
  const within = [0, 1, 2].map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const start = Math.ceil((offset * 8) / 6);
    return shifted.toBase64({ omitPadding: true }).slice(start, Math.floor((shifted.length * 8) / 6));
  });
  return [...alone, ...within.filter(({ length }) => length >= PIECE_LENGTH_MIN)].flatMap((text) => [
    text,
    text.replaceAll("+", "-").replaceAll("/", "_"),
  ]);
}
