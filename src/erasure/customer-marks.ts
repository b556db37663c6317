// Finding a customer in payloads without knowing who it is: what the customer is known by is kept as keyed hashes, and every
// value of a payload is hashed the same way. Pure.

import { createHmac } from "node:crypto";
import { parseJson, readInner } from "../masking/mask-json.ts";
import { createPathMatcher } from "../masking/match-path.ts";

/** Shorter values are looked for only where a customer is named: "42" is in many places. */
const ANYWHERE_LENGTH_MIN = 6;

/** Where Voucherify's events name a customer, at any depth. */
const isCustomerPlace = createPathMatcher(
  ["customer", "holder", "referrer", "referee"].flatMap((who) => [
    `${who}_id`,
    ...["id", "source_id", "email", "phone", "tracking_id"].map((what) => `${who}.${what}`),
  ]),
);

/** What a customer is known by, hidden. */
export interface CustomerMarks {
  /** The key. */
  salt: string;
  anywhere: string[];
  /** Of short values. */
  inPlace: string[];
}

/** Hides what a customer is known by: ids, e-mail addresses, phone numbers. */
export function createMarks(values: readonly string[], salt: string): CustomerMarks {
  const [anywhere, inPlace]: [string[], string[]] = [[], []];
  for (const value of values) {
    (value.length < ANYWHERE_LENGTH_MIN ? inPlace : anywhere).push(markOf(value, salt));
  }
  return { salt, anywhere, inPlace };
}

/** In characters of six bits: enough that no two values of a ledger have the same. */
const MARK_LENGTH = 22;

/** A value's keyed hash, the same however an e-mail address or a phone number is written. */
export function markOf(value: string, salt: string): string {
  return createHmac("sha256", salt).update(sameForAll(value)).digest("base64url").slice(0, MARK_LENGTH);
}

function sameForAll(value: string): string {
  const text = value.trim();
  if (text.includes("@")) return text.toLowerCase();
  return /^\+?[\d ().-]{6,}$/.test(text) ? text.replaceAll(/[^\d]/g, "") : text;
}

/** Whether a payload names the customer; one that is no JSON is taken word by word. */
export function namesCustomer(payload: Uint8Array, { salt, anywhere, inPlace }: CustomerMarks): boolean {
  const [wanted, wantedInPlace] = [new Set(anywhere), new Set(inPlace)];
  const isWanted = (value: string, names: readonly string[]): boolean => {
    const mark = markOf(value, salt);
    return wanted.has(mark) || (wantedInPlace.has(mark) && isCustomerPlace(names));
  };
  const finds = (value: unknown, names: readonly string[]): boolean => {
    if (typeof value === "string") {
      const inner = readInner(value);
      return inner === undefined ? isWanted(value, names) : finds(inner.value, names);
    }
    if (typeof value === "number") return isWanted(String(value), names);
    if (Array.isArray(value)) return value.some((item) => finds(item, names));
    if (typeof value !== "object" || value === null) return false;
    return Object.entries(value).some(([name, item]) => finds(item, [...names, name]));
  };
  const text = new TextDecoder().decode(payload);
  const document = parseJson(text);
  if (document !== undefined) return finds(document.value, []);
  return text.split(/[^\p{L}\p{N}@.+_-]+/u).some((word) => word !== "" && isWanted(word, []));
}
