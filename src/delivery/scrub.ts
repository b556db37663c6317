// Keeps secrets out of what is kept: a target that answers with our own credentials in its error must not put them
// into the ledger.

/** What stands where a secret stood. */
const MASK = "[secret]";

/** Values this short would mask half a text; they are no secrets anyway. */
const SECRET_LENGTH_MIN = 4;

/** The text with every given value masked, in each form it may come back in. */
export function scrub(text: string, sensitive: readonly string[]): string {
  const forms = sensitive.filter((value) => value.length >= SECRET_LENGTH_MIN).flatMap(spellings);
  // The longest first, so that a form that contains another is masked whole.
  const ordered = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return ordered.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

/** As it is, in JSON, in a URL (either case of the percent signs' digits), in a form, in base64 of both alphabets. */
function spellings(value: string): string[] {
  const encoded = encodeURIComponent(value.toWellFormed());
  const bytes = new TextEncoder().encode(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toBase64(),
    bytes.toBase64({ alphabet: "base64url", omitPadding: true }),
    bytes.toHex(),
  ];
}
