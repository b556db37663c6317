// The words that a request says. What a target repeats of them in an error is about a customer and not about the error: a
// name or a voucher code may be all lowercase, as the words of an error are. Pure.

import * as v from "valibot";
import { RenderedRequestSchema, type RenderedText } from "../translation/rendered.ts";
import { fromColumn, gunzip, isKept } from "./content.ts";
import { wordsOf } from "./message-shape.ts";

/** Shorter ones are in every sentence. */
const WORD_CHARS_MIN = 3;

/** Headers that say how a body is written, and nothing of what it says. */
const ABOUT_THE_BODY: ReadonlySet<string> = new Set(["content-type", "accept"]);

const StoredSchema = v.pipe(v.string(), v.parseJson(), RenderedRequestSchema);

/**
 * The words of a delivery's request, in lowercase, without the names of its fields; undefined where it is too large to be
 * looked at here. One that cannot be read was never sent.
 *
 * @param column written by `toColumn`
 */
export function wordsOfRequest(column: string): ReadonlySet<string> | undefined {
  if (!isKept(column)) return new Set();
  const content = fromColumn(column);
  if (content.as === "claim") return undefined;
  const bytes = content.as === "gzip" ? gunzip(content.bytes) : content.bytes;
  const parsed = v.safeParse(StoredSchema, new TextDecoder().decode(bytes));
  if (!parsed.success) return new Set();
  const { url, headers, body = [] } = parsed.output;
  const values = headers.flatMap(([name, value]) => (ABOUT_THE_BODY.has(name) ? [] : [literalOf(value)]));
  const texts = [decode(literalOf(url).replace(/^https?:\/\/[^/]*/, "")), ...values, ...textsIn(valueOf(body))];
  return new Set(texts.flatMap(wordsOf).filter(({ length }) => length >= WORD_CHARS_MIN));
}

/** A text without its secrets. */
function literalOf(text: RenderedText): string {
  return text.map((part) => (typeof part === "string" ? part : "")).join("");
}

/** A body's document where it is JSON, else its text, as a form has it or as it is. */
function valueOf(body: RenderedText): unknown {
  const json = body.map((part) => (typeof part === "string" ? part : part.as === "json" ? '""' : "")).join("");
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return [json, decode(json)];
  }
}

/** Every text that is a value in a document. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text; // no form, and so no encoding of one
  }
}
