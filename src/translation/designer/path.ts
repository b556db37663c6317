// Paths as the Payload designer writes them, `order.items.0.name`, and the same paths in our two grammars: plain, and
// inside an expression, where a hyphen is a minus. Pure.

import { ENVELOPE_NAME, parsePath, SETTINGS_NAME, type Path } from "../path.ts";

/** Longest path taken, in characters. Written in our grammars it is at most twice as long, which they take. */
export const DESIGNER_PATH_LENGTH_MAX = 200;

// The designer documents names and dots only. Names of metadata have hyphens, spaces and more in them, and letters and
// symbols of every script. Left out are the signs of other template languages, which must not be taken for a name:
// {{#if}}, {{ a + b }}, {{ f(x) }}; and the quotes and spaces that word processors make.
const BEGIN = String.raw`(?:[\w$]|(?!\p{ASCII})[\p{L}\p{M}\p{N}\p{S}\u200d])`;
const WORD = String.raw`${BEGIN}(?:${BEGIN}|[-:/@#])*`;
const SEGMENT = new RegExp(String.raw`(?:^|(?<!^)\.)(${WORD}(?: +${WORD})*)|(?<!^)\[(\d+)\]`, "uy");

/** What may stand around a path: spaces, and what chats and PDFs make of them. */
const AROUND = /^[\s\u200b\u2060]+|[\s\u200b\u2060]+$/g;

/** Reads what stands between `{{` and `}}`; undefined when it is no path. */
export function parseDesignerPath(text: string): Path | undefined {
  if (text.length > DESIGNER_PATH_LENGTH_MAX) return undefined;
  const source = text.replaceAll(AROUND, "");
  const segments: string[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < source.length) {
    const match = SEGMENT.exec(source);
    const segment = match?.[1] ?? match?.[2];
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return segments.length === 0 ? undefined : segments;
}

/** A path as the designer writes it; undefined when it cannot, because a name has a dot or a bracket in it. */
export function toDesignerPath(path: Path): string | undefined {
  const text = path.join(".");
  const read = parseDesignerPath(text);
  return read?.length === path.length && read.every((name, index) => name === path[index]) ? text : undefined;
}

/** A path as it stands in a template, read by our own resolver. */
export function toPlainPath(path: Path): string {
  // A key of data that has a name of ours is not out of reach: an expression takes the quoted name for a key.
  if (isOwnName(path[0])) return `(${toExpressionPath(path)})`;
  // Bare, a first name with a $ in front would be a function or a variable.
  return join(path, (name, index) => isPlainName(name) && !(index === 0 && name.startsWith("$")));
}

/** Whether a first name means something of ours, and so is no key of data. */
export function isOwnName(name: string | undefined): boolean {
  return name === ENVELOPE_NAME || name === SETTINGS_NAME;
}

/** A path as it stands inside an expression. */
export function toExpressionPath(path: Path): string {
  return join(path, (name) => EXPRESSION_NAME.test(name) && !KEYWORDS.has(name));
}

/** The path that an expression consists of; undefined when it is anything else. */
export function parseExpressionPath(source: string): Path | undefined {
  const path = parsePath(source);
  if (!path.ok) return undefined;
  const bare = source.replaceAll(/`[^`]*`/g, "");
  // $string(12) is of a number, and $string(a-b) of a difference.
  if (/^\d|[-$]/.test(bare) || bare.split(/[.[\]]+/).some((name) => KEYWORDS.has(name))) return undefined;
  return path.value;
}

function join(path: Path, isBare: (name: string, index: number) => boolean): string {
  return path
    .map((name, index) => {
      if (isPosition(path, index)) return `[${name}]`;
      return `${index === 0 ? "" : "."}${isBare(name, index) ? name : `\`${name}\``}`;
    })
    .join("");
}

/** Whether a name is a place in a list. Metadata is never a list, and has keys like `2026`. */
function isPosition(path: Path, index: number): boolean {
  return index > 0 && path[index - 1] !== "metadata" && /^(?:0|[1-9]\d*)$/.test(path[index] ?? "");
}

function isPlainName(name: string): boolean {
  const path = parsePath(name);
  return path.ok && path.value.length === 1 && path.value[0] === name;
}

const EXPRESSION_NAME = /^[A-Za-z_]\w*$/;

/** Words that mean something in an expression; quoted they are names. */
const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "in", "true", "false", "null", "function", "λ"]);
