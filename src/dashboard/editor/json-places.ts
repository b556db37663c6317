// Places of a JSON document: what is wrong with its syntax, and where the thing stands that the router names by a path. Pure.

import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";

/** Something to say about a part of a document. */
export interface Diagnostic {
  from: number;
  to: number;
  message: string;
  severity: "error" | "warning" | "info";
}

/** Comments and commas behind the last one are taken, as in a table that is kept in a file. */
const PARSING = { allowTrailingComma: true, disallowComments: false } as const;

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidSymbol: "A text stands in double quotes; only numbers, true, false and null do not.",
  InvalidNumberFormat: "This is not a number.",
  PropertyNameExpected: 'A name in double quotes is missing here: "name": …',
  ValueExpected: "A value is missing here.",
  ColonExpected: "A : is missing between the name and its value.",
  CommaExpected: "A , is missing before this.",
  CloseBraceExpected: "A } is missing.",
  CloseBracketExpected: "A ] is missing.",
  EndOfFileExpected: "The document ends before this; there is one value in it.",
  InvalidCommentToken: "This comment does not end.",
  UnexpectedEndOfComment: "This comment does not end.",
  UnexpectedEndOfString: "This text has no closing quote.",
  UnexpectedEndOfNumber: "This is not a number.",
  InvalidUnicode: "\\u wants four hexadecimal digits.",
  InvalidEscapeCharacter: "There is no such escape; a backslash is written \\\\.",
  InvalidCharacter: "This character cannot stand in a text; a new line is written \\n.",
};

/** What keeps a document from being JSON, in its order; none for an empty one. */
export function syntaxProblems(text: string): Diagnostic[] {
  if (text.trim() === "") return [];
  const errors: ParseError[] = [];
  parseTree(text, errors, PARSING);
  return errors.map(({ error, offset, length }) => {
    const code = printParseErrorCode(error);
    return { ...visible(text, offset, offset + length), message: SENTENCES[code] ?? code, severity: "error" };
  });
}

/** At least one character, so that it can be seen. */
function visible(text: string, from: number, to: number): { from: number; to: number } {
  if (to > from) return { from, to: Math.min(to, text.length) };
  return from < text.length ? { from, to: from + 1 } : { from: Math.max(0, text.length - 1), to: text.length };
}

/** The value of a document; undefined where it is none. */
export function parseDocument(text: string): { value: unknown } | undefined {
  const errors: ParseError[] = [];
  const node = parseTree(text, errors, PARSING);
  return errors.length > 0 || node === undefined ? undefined : { value: valueOf(node) };
}

function valueOf(node: Node): unknown {
  const children = node.children ?? [];
  if (node.type === "array") return children.map(valueOf);
  if (node.type !== "object") return node.value;
  // fromEntries, because a name may be __proto__
  return Object.fromEntries(
    children.flatMap(({ children: [name, value] = [] }) => (name && value ? [[name.value, valueOf(value)]] : [])),
  );
}

/**
 * Where the value stands that a dotted path names, like `routes.0.when.1`. Names may have dots themselves. Of a path that
 * leads on from there, or nowhere, the last that is there; a name that is to be pointed at comes with its value.
 */
export function placeOf(text: string, path: string): { from: number; to: number } {
  const root = parseTree(text, [], PARSING);
  if (root === undefined) return visible(text, 0, 0);
  const { offset, length } = deepest(root, path);
  return visible(text, offset, offset + length);
}

function deepest(node: Node, path: string): Node {
  if (path === "") return node;
  if (node.type === "array") {
    const [first = "", ...rest] = path.split(".");
    const item = /^\d+$/.test(first) ? findNodeAtLocation(node, [Number(first)]) : undefined;
    return item === undefined ? node : deepest(item, rest.join("."));
  }
  const fitting = (node.children ?? [])
    .flatMap(({ children: [name, value] = [] }) => (name && value ? [{ name: String(name.value), value }] : []))
    .filter(({ name }) => path === name || path.startsWith(`${name}.`))
    .sort((one, other) => other.name.length - one.name.length);
  const [best] = fitting;
  return best === undefined ? node : deepest(best.value, path.slice(best.name.length + 1));
}
