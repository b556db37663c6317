// Documents that people write: JSON with comments, or YAML, by the file's ending. Each knows where in the file a place of it
// stands, so that an error can be clicked.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { failure, success, type Result } from "../src/result.ts";
import { explainFile } from "./read-input.ts";

/** A document and where its parts stand. */
export interface SourceDocument {
  file: string;
  value: unknown;
  /** Where a dotted path (`targets.crm.request.url`) stands, or the part of it that there is: `table.jsonc:12:5`. */
  place: (path: string) => string;
}

/** Reads a document. Fails with a sentence that names the file and the line. */
export async function readSource(
  file: string,
): Promise<Result<SourceDocument, "file_unreadable" | "document_invalid">> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    return failure("file_unreadable", explainFile(file, error));
  }
  return [".yaml", ".yml"].includes(extname(file)) ? readYaml(file, text) : readJson(file, text);
}

function readJson(file: string, text: string): Result<SourceDocument, "document_invalid"> {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || root === undefined) {
    const what = error === undefined ? "it is empty" : wordsOf(printParseErrorCode(error.error));
    return failure("document_invalid", `${positionAt(file, text, error?.offset ?? 0)}: this is not JSON: ${what}.`);
  }
  const twice = findTwice(root);
  if (twice !== undefined)
    return failure("document_invalid", `${positionAt(file, text, twice)}: this key is there twice.`);
  const place = (path: string): string => {
    const found = closest(path, (segments) => findNodeAtLocation(root, segments.map(toIndex)));
    return positionAt(file, text, found?.offset ?? 0);
  };
  return success({ file, value: getNodeValue(root), place });
}

/** `InvalidSymbol` as words. The parser's codes say what was expected and never quote the input. */
function wordsOf(code: string): string {
  return code.replaceAll(/(?<=[a-z])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).toLowerCase();
}

/** Where a key stands that its object has already; of two, parsers silently keep the last. */
function findTwice(node: Node): number | undefined {
  const seen = new Set<unknown>();
  for (const child of node.children ?? []) {
    const name: unknown = node.type === "object" ? child.children?.[0]?.value : undefined;
    if (name !== undefined && seen.has(name)) return child.offset;
    seen.add(name);
    const inner = findTwice(child);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** How many nodes the aliases of a YAML document may come to: a few lines can stand for billions. */
const ALIASES_MAX = 100;

function readYaml(file: string, text: string): Result<SourceDocument, "document_invalid"> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return failure("document_invalid", `${file}:${line}:${col}: this is not YAML: ${wordsOfYaml(error.code)}.`);
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return success({ file, value, place: (path) => placeInYaml(file, document, lines, path) });
  } catch {
    return failure("document_invalid", `${file}: its aliases stand for too much.`);
  }
}

function wordsOfYaml(code: string): string {
  return code.toLowerCase().replaceAll("_", " ");
}

function placeInYaml(file: string, document: Document.Parsed, lines: LineCounter, path: string): string {
  const found = closest(path, (segments) => {
    const node: unknown = document.getIn(segments.map(toIndex), true);
    return isNode(node) ? node : undefined;
  });
  const { line, col } = lines.linePos(found?.range?.[0] ?? 0);
  return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

/** What is found at a path, or at the longest beginning of it where there is something. */
function closest<T>(path: string, find: (segments: string[]) => T | undefined): T | undefined {
  const segments = path === "(root)" ? [] : path.split(".");
  for (let length = segments.length; length >= 0; length--) {
    const found = find(segments.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function toIndex(segment: string): string | number {
  return /^\d+$/.test(segment) ? Number(segment) : segment;
}

function positionAt(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
