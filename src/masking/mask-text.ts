// Masking values wherever they stand in a text that was made of them: a URL, a sentence, a form, markup. Written as they
// were, or escaped for JSON, URLs, forms or HTML, in base64 or hexadecimal; in any case; a person's name also by its parts.

import { startOfHalf } from "./cut-end.ts";
import { MASK } from "./mask-json.ts";

/** Shorter values are masked only where they stand as words of their own: a country's two letters are in every sentence. */
const ANYWHERE_LENGTH_MIN = 4;

/** The least length of a name's part that is masked by itself. */
const PART_LENGTH_MIN = 3;

/** More forms than this are not looked for one by one: each character would be held against all of them. */
const FORMS_MAX = 3_000;

/** Masks texts by what they must not show. `mayBeCut` says that a text may go on, so that its end may be half a value. */
export type TextMasker = (text: string, mayBeCut?: boolean) => string;

/** A masker of these values. What it looks for is made when it is first asked: a payload may be shown, and nothing else. */
export function createTextMasker(hidden: Iterable<string>): TextMasker {
  let made: TextMasker | undefined;
  return (text, mayBeCut) => (made ??= makeTextMasker(hidden))(text, mayBeCut);
}

function makeTextMasker(hidden: Iterable<string>): TextMasker {
  const forms = new Set<string>();
  for (const value of hidden) {
    for (const form of formsOf(value)) if (form.trim() !== "") forms.add(form);
    // Not found out at the end: the forms of ten thousand customers take seconds to make.
    if (forms.size > FORMS_MAX) return () => MASK;
  }
  if (forms.size === 0) return (text) => text;
  // The longest first: a part must not be taken out of the whole, or the rest of it would stay.
  const alternatives = [...forms].toSorted((one, other) => other.length - one.length).map(toPattern);
  const pattern = new RegExp(alternatives.join("|"), "giu");
  const inLowercase = new Set([...forms].map((form) => form.toLowerCase()));
  return (text, mayBeCut = false) => {
    const masked = text.replaceAll(pattern, MASK);
    if (!mayBeCut) return masked;
    // Counted from the end: a few letters are longer in lowercase.
    const lowercase = masked.toLowerCase();
    const half = lowercase.length - startOfHalf(lowercase, inLowercase);
    return half === 0 ? masked : masked.slice(0, -half) + MASK;
  };
}

/** The ways in which a value may be written. */
function formsOf(value: string): string[] {
  const digits = /^\+?[\d ().-]{6,}$/.test(value) ? [value.replaceAll(/\D/g, "")] : [];
  const parts = value.split(/[\s,]+/).filter((part) => part.length >= PART_LENGTH_MIN);
  const escapes = [value, ...digits, ...parts].flatMap(escapesOf);
  return escapes.flatMap((text) => [text, text.replaceAll("'", SHELL_QUOTE)]);
}

/** A quote inside a quoted word of a shell: previews have curl commands. */
const SHELL_QUOTE = String.raw`'\''`;

function escapesOf(value: string): string[] {
  const inUrl = encodeLeniently(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    toAscii(value),
    encodeUtf8(value).toBase64().replace(/=+$/, ""),
    encodeUtf8(value).toBase64({ alphabet: "base64url", omitPadding: true }),
    encodeUtf8(value).toHex(),
    inUrl,
    encodeURIComponent(inUrl),
    new URLSearchParams([["", value]]).toString().slice(1),
    inUrl.replaceAll("%20", "+"),
    inUrl.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
    inUrl.replaceAll("%40", "@"),
    ...HTML_ESCAPES.map((escapes) => value.replaceAll(/[&<>"'/]/g, (sign) => escapes[sign] ?? sign)),
  ];
}

function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** As a URL has it; half a surrogate pair cannot stand there, and stays as it is. */
function encodeLeniently(value: string): string {
  return value.isWellFormed() ? encodeURIComponent(value) : value;
}

/** As JSON that is written in ASCII alone has it. */
function toAscii(value: string): string {
  const json = JSON.stringify(value).slice(1, -1);
  return json.replaceAll(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The ways in which markup is escaped; they differ in the quotes. */
const COMMON = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const HTML_ESCAPES: readonly Record<string, string>[] = [
  COMMON,
  { ...COMMON, "'": "&#39;" },
  { ...COMMON, "'": "&apos;" },
  { ...COMMON, "'": "&#x27;", "/": "&#x2F;" },
];

function toPattern(form: string): string {
  const literal = form.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return form.length >= ANYWHERE_LENGTH_MIN ? literal : String.raw`(?<![\p{L}\p{N}])${literal}(?![\p{L}\p{N}])`;
}
