// Masking the body of a request or of an answer, whatever it is: JSON by its values, text by what stands in it, and whole
// where nobody can tell what it says.

import { MASK, markOf, parseJson, readInner } from "./mask-json.ts";
import type { TextMasker } from "./mask-text.ts";

/** What stands in the place of a body that is hidden whole. */
export const HIDDEN_BODY = `${MASK} (hidden: it cannot be told whether it has masked values in it)`;

/**
 * A run of characters that may be an encoding or a hash of anything. Ids of Voucherify and of Signalbox have 32 at most
 * without a sign between them.
 */
const ENCODED = /[A-Za-z0-9]{33,}/;

/** A body of text, masked by these values. */
export function maskBody(text: string, mask: TextMasker, hidden: ReadonlySet<string>): string {
  if (hidden.size === 0) return text;
  const json = parseJson(text);
  if (json !== undefined) return JSON.stringify(maskValues(json.value, mask, hidden));
  // An answer is kept to a certain length, and JSON that was cut is none.
  return isDoubtful(text) ? HIDDEN_BODY : mask(text, true);
}

/** A document's values, masked where they are, or have in them, what is hidden; names are texts like others. */
export function maskValues(value: unknown, mask: TextMasker, hidden: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => maskValues(item, mask, hidden));
  if (typeof value === "string") return maskString(value, mask, hidden);
  if (typeof value === "number") return hidden.has(String(value)) ? markOf(value) : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [mask(name), maskValues(item, mask, hidden)]));
}

function maskString(text: string, mask: TextMasker, hidden: ReadonlySet<string>): string {
  if (hidden.has(text) || isDoubtful(text)) return MASK;
  const inner = readInner(text);
  return inner === undefined ? mask(text) : JSON.stringify(maskValues(inner.value, mask, hidden));
}

function isDoubtful(text: string): boolean {
  return text.includes("\uFFFD") || text.includes("\0") || ENCODED.test(text);
}
