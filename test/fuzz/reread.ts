// What a body is to JSON's own reader: the answer that the code under test is measured against.

import { JSON_DEPTH_MAX, type UnreadableReason } from "../../src/voucherify/read-json.ts";
import type { FuzzBody } from "./mutate.ts";

/** Why a body is no JSON object, or its value. */
export interface Reread {
  reason: UnreadableReason | undefined;
  value: unknown;
}

const COMPRESSED: ReadonlySet<string | undefined> = new Set(["gzip", "br"]);

/** Reads a body without the code under test. */
export function rereadBody({ bytes, contentEncoding }: FuzzBody): Reread {
  const value = undefined;
  if (bytes.length === 0) return { reason: "body_empty", value };
  if (COMPRESSED.has(contentEncoding)) return { reason: "body_compressed", value };
  const text = attempt(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  if (text === undefined) return { reason: "body_not_utf8", value };
  const parsed = attempt((): unknown => JSON.parse(text));
  if (parsed === undefined) return { reason: "body_not_json", value };
  if (depthOf(text) > JSON_DEPTH_MAX) return { reason: "body_too_deep", value };
  const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  return isObject ? { reason: undefined, value: parsed } : { reason: "body_not_object", value };
}

/** Whether an outcome is the one that a body deserves. Brackets are counted before anything is read. */
export function isDeserved(outcome: string, { reason }: Reread): boolean {
  if (outcome === "body_too_deep")
    return reason === outcome || reason === "body_not_json" || reason === "body_not_utf8";
  return outcome.startsWith("body_") ? outcome === reason : reason === undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // that it cannot be read is the answer
  }
}

/** How deep brackets nest in JSON text, those of a key that is overwritten later included. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const bracket of text.replaceAll(/"[^"\\]*(?:\\[^][^"\\]*)*"|[^[\]{}"]+/g, "")) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
