// Keeps secrets out of what is kept: a target that answers with our own credentials in its error must not put them
// into the ledger.

/** What stands where a secret stood. */
const MASK = "[secret]";

/** Values this short would mask half a text; they are no secrets anyway. */
const SECRET_LENGTH_MIN = 4;

/** The text with every given value masked, in each form it may come back in. */
export function scrub(text: string, sensitive: readonly string[]): string {
  const forms = sensitive.filter((value) => value.length >= SECRET_LENGTH_MIN).flatMap(spellings);
  if (forms.length === 0) return text;
  // The longest first, so that a form that contains another is masked whole; one pass, so that no mask is masked.
  const ordered = forms.toSorted((a, b) => b.length - a.length).map((form) => RegExp.escape(form));
  return text.replaceAll(new RegExp(ordered.join("|"), "g"), MASK);
}

/** As it is, in JSON (with slashes escaped or not), in a URL in either case, in a form, in base64 and in hex. */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = encodeURIComponent(value.toWellFormed());
  const bytes = new TextEncoder().encode(value);
  return [
    value,
    json,
    json.replaceAll("/", "\\/"),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toBase64(),
    bytes.toBase64({ omitPadding: true }),
    bytes.toBase64({ alphabet: "base64url", omitPadding: true }),
    bytes.toHex(),
    bytes.toHex().toUpperCase(),
  ];
}
