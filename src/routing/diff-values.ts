// In which places two JSON values differ. Pure.

import { isJsonObject } from "../voucherify/read-json.ts";

/** One place that differs; a side is undefined where there is nothing. */
export interface ValueChange {
  /** Dotted; empty for the whole value. */
  path: string;
  before?: unknown;
  after?: unknown;
}

/**
 * The places in which two JSON values differ, as deep as both have the same shape: objects key by key, lists of the same
 * length element by element, all else as a whole. In the order of `before`, what is new behind it.
 */
export function diffValues(before: unknown, after: unknown, path = ""): ValueChange[] {
  if (before === after) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => diffValues(ownValue(before, key), ownValue(after, key), join(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => diffValues(item, after[index], join(path, String(index))));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function ownValue(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
