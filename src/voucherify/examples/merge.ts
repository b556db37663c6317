// Changing a made-up object in places.

import { isJsonObject, type JsonObject } from "../read-json.ts";

/** What to change: nested objects are followed, undefined takes a key away, anything else replaces. */
export type Changes = Readonly<Record<string, unknown>>;

/** A copy with the changes made. `adapt` leaves alone what is not there, `add` puts it in. */
export function merge(base: JsonObject, changes: Changes, missing: "adapt" | "add"): JsonObject {
  const merged = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    const present = Object.hasOwn(base, key);
    if (change === undefined) delete merged[key];
    else if (isJsonObject(change) && isJsonObject(merged[key])) merged[key] = merge(merged[key], change, missing);
    else if (present || missing === "add") merged[key] = change;
  }
  return merged;
}
