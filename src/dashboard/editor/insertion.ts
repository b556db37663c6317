// How a field gets into a document where somebody points: as a path inside an expression, as an expression inside a text, as
// a value in quotes, or as a new property with its name. Pure.

import { parseTree, type Node } from "jsonc-parser";
import { readPath } from "../../voucherify/json-path.ts";
import { decodeString, offsetsOf, templatesIn } from "./expression-spans.ts";

/** What a document is: JSON, or one template string such as a URL. */
export type Language = "json" | "text";

/** Changes of a document, by positions in it before them; the field itself is in the last. */
export interface Insertion {
  changes: readonly { from: number; to: number; insert: string }[];
}

/** A part of a document; empty where there is only a cursor. */
export interface Selection {
  from: number;
  to: number;
}

/** How an expression reads a field. Of a list's items that is the first. */
export function expressionOf(path: string): string {
  return path.replaceAll("[]", "[0]");
}

/** Puts a field where the selection is. Undefined where nothing can stand: in a property's name, in a comment. */
export function insertField(
  text: string,
  selection: Selection,
  path: string,
  language: Language,
): Insertion | undefined {
  const expression = expressionOf(path);
  return language === "text"
    ? insertInText({ text, offsets: offsetsOf(text) }, selection, expression, (insert) => insert)
    : insertInJson(text, selection, expression, path);
}

function insertInJson(text: string, selection: Selection, expression: string, path: string): Insertion | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : innermost(root, selection);
  if (node?.type === "string") {
    const isWhole = selection.from === node.offset && selection.to === node.offset + node.length;
    if (isName(node)) return undefined;
    if (!isWhole) return insertInString(text, node, selection, expression);
  }
  const quoted = JSON.stringify(`{{ ${expression} }}`);
  if (selection.to > selection.from) return change(selection, quoted);
  if (node !== undefined && node.children === undefined) return change(rangeOf(node), quoted);
  if (root === undefined) return change({ from: 0, to: text.length }, `{\n  ${property(path, quoted)}\n}`);
  return node?.type === "object" && !isAfterColon(text, selection.from)
    ? insertItem(text, selection.from, property(path, quoted))
    : insertItem(text, selection.from, quoted);
}

/** Inside a text of a JSON document, with what is written there escaped. */
function insertInString(text: string, { offset, length }: Node, selection: Selection, expression: string): Insertion {
  const isClosed = length > 1 && text.charAt(offset + length - 1) === '"';
  const decoded = decodeString(text.slice(offset + 1, offset + length - (isClosed ? 1 : 0)), offset + 1);
  return insertInText(decoded, selection, expression, (insert) => JSON.stringify(insert).slice(1, -1));
}

function insertInText(
  { text, offsets }: { text: string; offsets: readonly number[] },
  selection: Selection,
  expression: string,
  escape: (insert: string) => string,
): Insertion {
  const from = offsets.findIndex((offset) => offset >= selection.from);
  const isInside = templatesIn(text).some((span) => from >= span.from && from <= span.to);
  return change(selection, escape(isInside ? expression : `{{ ${expression} }}`));
}

/** A new item of a list or property of an object, with the commas that it needs. */
function insertItem(text: string, at: number, item: string): Insertion {
  const before = text.slice(0, at).trimEnd();
  const after = text.slice(at).trimStart();
  const needsOneBefore = !/[[{,:]$/.test(before) && before !== "";
  const needsOneAfter = !/^[\]},]/.test(after) && after !== "";
  const isBesideEnd = needsOneBefore && before.length === at;
  return {
    changes: [
      // behind what is there, which may stand in a line above
      ...(needsOneBefore && !isBesideEnd ? [{ from: before.length, to: before.length, insert: "," }] : []),
      { from: at, to: at, insert: `${isBesideEnd ? ", " : ""}${item}${needsOneAfter ? "," : ""}` },
    ],
  };
}

function isAfterColon(text: string, at: number): boolean {
  return text.slice(0, at).trimEnd().endsWith(":");
}

/** A property that is called like the field. */
function property(path: string, value: string): string {
  const name = readPath(path).findLast((step) => !/^(?:\d+|\[\])$/.test(step)) ?? "value";
  return `${JSON.stringify(name)}: ${value}`;
}

function change({ from, to }: Selection, insert: string): Insertion {
  return { changes: [{ from, to, insert }] };
}

function rangeOf({ offset, length }: Node): Selection {
  return { from: offset, to: offset + length };
}

/** The innermost value or name that the selection is in. Beside a text's quotes is not in it, beside a number is. */
function innermost(node: Node, selection: Selection): Node | undefined {
  const { from, to } = rangeOf(node);
  const isInside =
    node.type === "string" || node.children !== undefined
      ? (selection.from > from && selection.to < to) || (selection.from === from && selection.to === to && to > from)
      : selection.from >= from && selection.to <= to;
  if (!isInside) return undefined;
  for (const child of node.children ?? []) {
    const found = child.type === "property" ? innermostOf(child, selection) : innermost(child, selection);
    if (found !== undefined) return found;
  }
  return node;
}

function innermostOf({ children = [] }: Node, selection: Selection): Node | undefined {
  for (const child of children) {
    const found = innermost(child, selection);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isName(node: Node): boolean {
  return node.parent?.type === "property" && node.parent.children?.[0] === node;
}
