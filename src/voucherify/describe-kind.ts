// What can be said of a value without showing it.

import { isJsonObject } from "./read-json.ts";

/** A JSON value's kind and size. */
export function describeKind(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return `text of ${value.length} ${value.length === 1 ? "character" : "characters"}`;
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (isJsonObject(value)) {
    const size = Object.keys(value).length;
    return `object with ${size} ${size === 1 ? "key" : "keys"}`;
  }
  return typeof value === "boolean" ? "flag" : "number";
}
