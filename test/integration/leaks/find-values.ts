// Looks for values in texts and bytes of any origin: as they are, and as JSON, URLs, base64, hexadecimal digits and UTF-16
// would have them; in what base64 stands for, and in what is compressed, however often one is in the other.

import { gunzipSync, inflateSync } from "node:zlib";
import type { Sought } from "./values.ts";

/** Finds which of the values something has. */
export type Find = (what: string | Uint8Array) => string[];

/** How often base64 and compression are looked into: what a target echoes is one, the row that keeps it another. */
const DEPTH_MAX = 6;

/** What may be base64, or its form for URLs, of something as long as what is looked for. */
const BASE64 = /[\w+/-]{24,}={0,2}/g;

/** Makes a search for values. What has been looked at once is not looked at again. */
export function createFind(sought: readonly Sought[]): Find {
  const forms = sought.flatMap(({ name, traces }) =>
    [...new Set(traces.flatMap(spellings))].map((form) => ({ name, form })),
  );
  const known = new Map<string, string[]>();

  const findIn = (text: string): string[] => forms.filter(({ form }) => text.includes(form)).map(({ name }) => name);

  const look = (bytes: Buffer, depth: number): string[] => {
    const text = bytes.toString("latin1");
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = findIn(text);
    const inner = depth === 0 ? [] : [...decoded(text), ...decompressed(bytes)];
    const all = [...new Set([...found, ...inner.flatMap((one) => look(one, depth - 1))])];
    known.set(text, all);
    return all;
  };

  return (what) => look(Buffer.from(what), DEPTH_MAX);
}

/** A value in every form in which it may stand in a text that is read as one byte a character. */
function spellings(value: string | Buffer): string[] {
  const bytes = Buffer.from(value);
  const encoded = [
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64Within(bytes),
    bytes.toString("latin1"),
  ];
  if (typeof value !== "string") return encoded;
  const uri = encodeURIComponent(value);
  const texts = [
    JSON.stringify(value).slice(1, -1),
    uri,
    uri.replaceAll(/%../g, (escape) => escape.toLowerCase()),
    new URLSearchParams({ v: value }).toString().slice(2),
    Buffer.from(value, "utf16le").toString("latin1"),
  ];
  return [...encoded, ...texts];
}

/** In base64, wherever in a longer text it stands: those characters that its neighbours have no part in. */
function base64Within(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const [start, end] = [Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6)];
    const text = shifted.toString("base64").slice(start, end);
    return [text, text.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function decoded(text: string): Buffer[] {
  return [...text.matchAll(BASE64)].map(([run]) => Buffer.from(run, "base64"));
}

/** What bytes are when they are gzip or zlib; nothing when they are neither. */
function decompressed(bytes: Buffer): Buffer[] {
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [gunzipSync(bytes)];
    if (bytes[0] === 0x78) return [inflateSync(bytes)];
  } catch {
    // two bytes that only look like it
  }
  return [];
}
