// Where the `{{ expressions }}` of a document are, and what each piece of them is: for colours, completion and insertion. Pure.

import { tokensOf, type Token } from "../../translation/engine/scan.ts";
import { endOfExpression } from "../../translation/expression-end.ts";

/** The inside of `{{ … }}`, by positions in the text. */
export interface TemplateSpan {
  from: number;
  to: number;
  /** Whether it has its `}}`. */
  isClosed: boolean;
}

/** A piece of a document with its meaning. */
export interface Piece {
  from: number;
  to: number;
  kind: "brace" | "path" | "function" | "text" | "number" | "word" | "operator";
}

/** A string of a JSON document: what it says, and where each of its characters stands in the document. */
export interface DecodedString {
  text: string;
  /** One more than there are characters: the last is where the string ends. */
  offsets: readonly number[];
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** Decodes what stands between a JSON string's quotes. What is no escape of JSON stands for itself, because it may still become one. */
export function decodeString(inside: string, start: number): DecodedString {
  let text = "";
  const offsets: number[] = [];
  for (const { 0: written, 1: code, 2: escaped, index } of inside.matchAll(/\\u([\da-fA-F]{4})|\\([^])|[^]/g)) {
    text +=
      code !== undefined
        ? String.fromCharCode(Number.parseInt(code, 16))
        : (ESCAPED[escaped ?? ""] ?? escaped ?? written);
    offsets.push(start + index);
  }
  return { text, offsets: [...offsets, start + inside.length] };
}

/** Where each character of a text stands that is written as it is. */
export function offsetsOf(text: string): number[] {
  return Array.from({ length: text.length + 1 }, (_, index) => index);
}

/** The expressions of a template string; one that has no end goes on to the text's. */
export function templatesIn(text: string): TemplateSpan[] {
  const spans: TemplateSpan[] = [];
  for (let index = text.indexOf("{{"); index !== -1; index = text.indexOf("{{", index)) {
    const from = index + 2;
    if (text.charAt(index - 1) === "\\") {
      index = from;
      continue;
    }
    const end = endOfExpression(text, from);
    const to = end === -1 ? text.length : end;
    spans.push({ from, to, isClosed: end !== -1 });
    index = end === -1 ? text.length : end + 2;
  }
  return spans;
}

/** A JSON string with its quotes, the last one perhaps still to come. */
const STRING = /"(?:[^"\\\n]|\\[^\n])*(?:"|(?=\n)|$)/g;

/** The strings of a JSON document, whether or not the rest of it can be read; comments may have some too. */
export function stringsIn(text: string): { inside: string; start: number }[] {
  return Array.from(text.matchAll(STRING), ({ 0: written, index }) => {
    const isClosed = written.length > 1 && written.endsWith('"');
    return { inside: written.slice(1, isClosed ? -1 : undefined), start: index + 1 };
  });
}

/** Every expression of a JSON document, as written between its braces, by its place in the document. */
export function expressionsIn(text: string): { from: number; to: number; source: string }[] {
  return stringsIn(text).flatMap(({ inside, start }) => {
    const decoded = decodeString(inside, start);
    return templatesIn(decoded.text).map(({ from, to }) => ({
      from: decoded.offsets[from] ?? start,
      to: decoded.offsets[to] ?? start,
      source: decoded.text.slice(from, to).trim(),
    }));
  });
}

/** The pieces of an expression, its braces included. */
export function piecesOf(text: string, { from, to, isClosed }: TemplateSpan): Piece[] {
  return [
    { from: from - 2, to: from, kind: "brace" },
    ...piecesOfExpression(text.slice(from, to), from),
    ...(isClosed ? [{ from: to, to: to + 2, kind: "brace" as const }] : []),
  ];
}

function piecesOfExpression(source: string, start: number): Piece[] {
  const tokens = [...tokensOf(source)];
  return tokens.map((token, index) => {
    const from = start + token.position;
    return { from, to: from + token.text.length, kind: kindOf(token, tokens[index + 1]) };
  });
}

const WORDS: ReadonlySet<string> = new Set(["and", "or", "in", "true", "false", "null", "function"]);

function kindOf({ kind, text }: Token, next: Token | undefined): Piece["kind"] {
  if (kind === "operand") return /^["']/.test(text) ? "text" : text.startsWith("`") ? "path" : "number";
  if (kind !== "word") return "operator";
  if (WORDS.has(text)) return "word";
  return text.startsWith("$") && next?.text === "(" ? "function" : "path";
}
