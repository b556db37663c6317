// Masking a document by path: what stands at a masked path, or below one, is replaced by a mark of its type, and what it
// was is collected, so that it can be found again in requests made of it.

import type { PathMatcher } from "./match-path.ts";

/** What stands in the place of masked text: the same whatever it was, so that its length says nothing. */
export const MASK = "•••";

/** A masked document. */
export interface Masked {
  value: unknown;
  /** Where something was masked, each place once; positions in lists as `[]`. */
  places: string[];
  /** What was masked: texts, and numbers as they are written. */
  hidden: Set<string>;
}

/** Masks a document of JSON. */
export function maskJson(document: unknown, matches: PathMatcher): Masked {
  const places = new Set<string>();
  const hidden = new Set<string>();
  const walk = (value: unknown, names: string[], place: string, isMasked: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item, names, `${place}[]`, isMasked));
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).map(([name, item]) => {
        const inner = [...names, name];
        const at = place === "" ? name : `${place}.${name}`;
        return [name, walk(item, inner, at, isMasked || matches(inner))] as const;
      });
      return Object.fromEntries(entries);
    }
    const inner = isMasked ? undefined : readInner(value);
    if (inner !== undefined) return JSON.stringify(walk(inner.value, names, place, false));
    if (!isMasked || value === null || value === undefined || value === "") return value;
    places.add(place);
    if (typeof value === "string" || typeof value === "number") hidden.add(String(value));
    return markOf(value);
  };
  const value = walk(document, [], "", false);
  return { value, places: [...places], hidden };
}

/** A document inside a text, as older payload versions have them; undefined where there is none. */
export function readInner(value: unknown): { value: unknown } | undefined {
  return typeof value === "string" && /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
}

/** A document of JSON; undefined where it is none. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A mark of the value's type, so that whoever reads the document by its types still can. */
export function markOf(value: unknown): unknown {
  if (typeof value === "number") return 0;
  if (typeof value === "boolean") return false;
  return MASK;
}
