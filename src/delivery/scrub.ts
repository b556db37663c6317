// Keeps secrets out of what is kept: a target that answers with our own credentials in its error must not put them
// into the ledger.

/** What stands where a secret stood. */
const MASK = "[secret]";

/** Values this short would mask half a text; they are no secrets anyway. */
const SECRET_LENGTH_MIN = 4;

/** The text with every given value masked, in each form it may come back in. */
export function scrub(text: string, sensitive: readonly string[]): string {
  return createScrubber(sensitive)(text);
}

/** Masks every given value in texts. Made once for many, because it looks for each value in dozens of spellings. */
export function createScrubber(sensitive: readonly string[]): (text: string) => string {
  const values = new Set(sensitive.filter((value) => value.length >= SECRET_LENGTH_MIN));
  const forms = new Set([...values].flatMap(spellings));
  if (forms.size === 0) return (text) => text;
  // The longest first, so that a form that contains another is masked whole; one pass, so that no mask is masked.
  const ordered = [...forms].toSorted((a, b) => b.length - a.length).map((form) => RegExp.escape(form));
  const pattern = new RegExp(ordered.join("|"), "g");
  return (text) => text.replaceAll(pattern, MASK);
}

/**
 * As it is, in JSON (with slashes or what is special to HTML escaped, or all in ASCII), in HTML, in a URL in either case
 * and twice over, in a form, in base64 at any place of a longer text, and in hex.
 */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = encodeURIComponent(value.toWellFormed());
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const bytes = new TextEncoder().encode(value);
  return [
    value,
    json,
    json.replaceAll("/", "\\/"),
    ...[json, json.replaceAll("/", "\\/")].flatMap((text) => [
      escapeUnits(text, /[<>&\u2028\u2029]/g, false),
      escapeUnits(text, /[^\x20-\x7e]/g, false),
      escapeUnits(text, /[^\x20-\x7e]/g, true),
      escapeUnits(text, /[<>&'+]|[^\x20-\x7e]/g, true),
    ]),
    ...htmlSpellings(value),
    encoded,
    lowerEscapes(encoded),
    encodeURIComponent(encoded),
    form,
    lowerEscapes(form),
    ...base64Spellings(bytes),
    bytes.toHex(),
    bytes.toHex().toUpperCase(),
  ];
}

function lowerEscapes(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
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
