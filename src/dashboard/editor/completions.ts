// What can be written at the cursor inside `{{ … }}`: fields of the event and functions. Pure; the editor shows it.

import { FUNCTION_LINES } from "../../translation/function-list.ts";
import { decodeString, stringsIn, templatesIn } from "./expression-spans.ts";
import { expressionOf, type Language } from "./insertion.ts";

/** A field that can be read. */
export interface FieldLine {
  path: string;
  kind: string;
  meaning: string;
  /** An example of its value, or the value of the event that is looked at. */
  sample?: unknown;
  isNullable?: boolean;
}

/** A choice in the list of completions. */
export interface Option {
  label: string;
  /** What is written; the label where nothing else is. */
  apply: string;
  /** How many characters before its end the cursor stands. */
  cursorBack: number;
  detail: string;
  info: string;
  type: "property" | "function";
}

/** The word that is being written in an expression, and whether the expression has its end yet. */
export interface OpenWord {
  /** By positions in the document. */
  from: number;
  to: number;
  text: string;
  isClosed: boolean;
}

/** The word of an expression that ends at a position; undefined outside of every expression, and inside its texts. */
export function wordAt(text: string, position: number, language: Language): OpenWord | undefined {
  const string = language === "text" ? { inside: text, start: 0 } : stringAround(text, position);
  if (string === undefined) return undefined;
  const decoded = decodeString(string.inside, string.start);
  const at = decoded.offsets.findIndex((offset) => offset >= position);
  const template = templatesIn(decoded.text).find(({ from, to }) => at >= from && at <= to);
  if (template === undefined) return undefined;
  const before = decoded.text.slice(template.from, at);
  if (isInQuotes(before)) return undefined;
  const word = /[$\w.`[\]-]*$/.exec(before)?.[0] ?? "";
  return { from: decoded.offsets[at - word.length] ?? position, to: position, text: word, isClosed: template.isClosed };
}

/** The text of the JSON string around a position. */
function stringAround(text: string, position: number): { inside: string; start: number } | undefined {
  return stringsIn(text).find(({ inside, start }) => position >= start && position <= start + inside.length);
}

function isInQuotes(source: string): boolean {
  return /^(?:[^'"]|'[^']*'|"[^"]*")*(?:'[^']*|"[^"]*)$/.test(source);
}

/** All that can be written in an expression: the event's fields, then the functions. */
export function optionsFor(fields: readonly FieldLine[]): Option[] {
  return [
    ...fields.map(({ path, kind, meaning, sample, isNullable = false }) => ({
      label: expressionOf(path),
      apply: expressionOf(path),
      cursorBack: 0,
      detail: isNullable ? `${kind}, may be null` : kind,
      info: [meaning, sample === undefined ? "" : `For example ${shortened(sample)}`].filter(Boolean).join("\n"),
      type: "property" as const,
    })),
    ...FUNCTION_LINES.map(({ name, takes, meaning }) => ({
      label: `$${name}`,
      apply: `$${name}()`,
      cursorBack: takes === "" ? 0 : 1,
      detail: `(${takes})`,
      info: meaning,
      type: "function" as const,
    })),
  ];
}

/** Longest sample that is shown, in characters. */
const SAMPLE_CHARS_MAX = 120;

function shortened(sample: unknown): string {
  const text = JSON.stringify(sample) ?? "";
  return text.length > SAMPLE_CHARS_MAX ? `${text.slice(0, SAMPLE_CHARS_MAX)}…` : text;
}
