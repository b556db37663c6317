// A JSON body template. Compiled to a tree that writes JSON text directly: constants are serialised once, secrets keep
// their place, and a value from the payload is only ever written as JSON.

import { isJsonObject } from "../voucherify/read-json.ts";
import type { Issue } from "../issues.ts";
import { ExpressionError } from "./engine/error.ts";
import { LIST_LENGTH_MAX, tooManyError, type Budget } from "./engine/budget.ts";
import { evaluate, type Expression } from "./expression.ts";
import { toJson } from "./json-text.ts";
import type { MissingPolicy, TextWriter } from "./rendered.ts";
import { resolveInScope, type Scope, type Work } from "./scope.ts";
import { secretNodeName } from "./secret-node.ts";
import { isLiteral, literalText, parseText, renderText, wholeExpression, type TextTemplate } from "./text.ts";

type JsonNode =
  | { kind: "constant"; json: string }
  | { kind: "text"; template: TextTemplate; place: string }
  | { kind: "secret"; name: string }
  | { kind: "array"; items: JsonNode[] }
  | { kind: "object"; entries: JsonEntry[] }
  | { kind: "each"; list: Expression; name: string; item: JsonNode; size: number; place: string }
  | { kind: "if"; condition: Expression; yes: JsonNode; no: JsonNode | undefined; place: string };

/** One key of an object, as it is written: in quotes, with its colon. */
type JsonEntry = { key: string; node: JsonNode };

/** A JSON body template, ready to render. */
export type JsonBodyTemplate = JsonNode;

/** Deepest template accepted, in levels. */
export const TEMPLATE_DEPTH_MAX = 32;

/** What a list's item is called when nobody says. */
export const ITEM_NAME = "item";

/** Nodes of the template language, by the key that tells them, with the other keys they may have. */
const NODES: Readonly<Record<string, readonly string[]>> = {
  $each: ["$as", "$do"],
  $if: ["$then", "$else"],
  $secret: [],
};

/** Names that a loop may give; those of JavaScript's own and of the envelope are not among them. */
const NAME = /^(?!(?:__proto__|constructor|prototype)$)[A-Za-z_]\w{0,39}$/;

/** Compiles a body template. Issues are added to `issues`; the result is then not to be rendered. */
export function compileJsonBody(value: unknown, path: string, issues: Issue[], depth = 0): JsonBodyTemplate {
  if (depth > TEMPLATE_DEPTH_MAX) return refuse(path, `nested deeper than ${TEMPLATE_DEPTH_MAX} levels`, issues);
  if (typeof value === "string") return compileString(value, path, issues);
  if (Array.isArray(value)) {
    return foldArray(value.map((item, index) => compileJsonBody(item, `${path}.${index}`, issues, depth + 1)));
  }
  if (typeof value === "number" && !Number.isFinite(value)) return refuse(path, "a number too large for JSON", issues);
  if (value === undefined) return refuse(path, "nothing stands here", issues);
  if (!isJsonObject(value)) return { kind: "constant", json: JSON.stringify(value) };
  const special = Object.keys(value).find((key) => Object.hasOwn(NODES, key));
  if (special !== undefined) return compileNode(special, value, path, issues, depth);
  return foldObject(
    Object.entries(value).map(([key, child]) => {
      const stray = Object.values(NODES).some((keys) => keys.includes(key));
      if (stray) issues.push({ path: `${path}.${key}`, message: `${key} stands only beside $each or $if` });
      return { key: `${JSON.stringify(key)}:`, node: compileJsonBody(child, `${path}.${key}`, issues, depth + 1) };
    }),
  );
}

/** A node of the template language: `$secret`, `$each` or `$if`. */
function compileNode(
  special: string,
  value: Record<string, unknown>,
  path: string,
  issues: Issue[],
  depth: number,
): JsonNode {
  for (const key of Object.keys(value)) {
    if (key === special || NODES[special]?.includes(key)) continue;
    issues.push({ path: `${path}.${key}`, message: `${key} cannot stand beside ${special}` });
  }
  const inside = (key: string): JsonNode => compileJsonBody(value[key], `${path}.${key}`, issues, depth + 1);
  if (special === "$secret") {
    const name = secretNodeName(value);
    if (name !== undefined) return { kind: "secret", name };
    return refuse(path, '$secret stands alone and names a secret: { "$secret": "NAME" }', issues);
  }
  const expression = compileWhole(value[special], `${path}.${special}`, issues);
  if (special === "$each") {
    const name = value["$as"] ?? ITEM_NAME;
    if (typeof name !== "string" || !NAME.test(name)) {
      return refuse(`${path}.$as`, "expected a name for the list's item: letters, digits and _", issues);
    }
    if (!("$do" in value)) return refuse(path, "$each needs $do: what is made of each item", issues);
    const item = inside("$do");
    return { kind: "each", list: expression, name, item, size: sizeOf(item), place: path };
  }
  if (!("$then" in value)) return refuse(path, "$if needs $then: what stands here when it holds", issues);
  const no = "$else" in value ? inside("$else") : undefined;
  return { kind: "if", condition: expression, yes: inside("$then"), no, place: path };
}

/** How many values rendering a node looks at, lists in it not counted. */
function sizeOf(node: JsonNode): number {
  switch (node.kind) {
    case "constant":
    case "secret":
      return 1;
    case "text":
      return node.template.length;
    case "array":
      return node.items.reduce((size, item) => size + sizeOf(item), 1);
    case "object":
      return node.entries.reduce((size, entry) => size + sizeOf(entry.node), 1);
    case "each":
      return 1; // it counts its own
    case "if":
      return 1 + sizeOf(node.yes) + (node.no === undefined ? 0 : sizeOf(node.no));
  }
}

/** The one expression that a `$each` or `$if` takes. */
function compileWhole(value: unknown, path: string, issues: Issue[]): Expression {
  const parsed = typeof value === "string" ? parseText(value) : undefined;
  if (parsed !== undefined && !parsed.ok) issues.push({ path, message: parsed.detail });
  const whole = parsed?.ok === true ? wholeExpression(parsed.value) : undefined;
  if (whole !== undefined) return whole;
  if (parsed?.ok !== false) issues.push({ path, message: "expected one expression: {{ order.items }}" });
  return { kind: "path", path: [] };
}

function refuse(path: string, message: string, issues: Issue[]): JsonNode {
  issues.push({ path, message });
  return { kind: "constant", json: "null" };
}

function compileString(value: string, path: string, issues: Issue[]): JsonNode {
  const parsed = parseText(value);
  if (!parsed.ok) return refuse(path, parsed.detail, issues);
  if (!isLiteral(parsed.value)) return { kind: "text", template: parsed.value, place: path };
  return { kind: "constant", json: JSON.stringify(literalText(parsed.value)) };
}

function foldArray(items: JsonNode[]): JsonNode {
  const constants = items.flatMap((item) => (item.kind === "constant" ? [item.json] : []));
  if (constants.length === items.length) return { kind: "constant", json: `[${constants.join(",")}]` };
  return { kind: "array", items };
}

function foldObject(entries: JsonEntry[]): JsonNode {
  const constants = entries.flatMap(({ key, node }) => (node.kind === "constant" ? [key + node.json] : []));
  if (constants.length === entries.length) return { kind: "constant", json: `{${constants.join(",")}}` };
  return { kind: "object", entries };
}

/** What writing needs beside the node. */
export interface JsonWriting {
  writer: TextWriter;
  missing: MissingPolicy;
}

/**
 * Writes a body as JSON text. A key whose value is missing is left out, and so is an array element, unless `missing`
 * says otherwise. False when the whole body is missing.
 *
 * @throws ExpressionError, NotFiniteError
 */
export function writeJsonBody(template: JsonBodyTemplate, scope: Scope, writing: JsonWriting): Work<boolean> {
  return write(template, scope, writing, "");
}

/** Writes a node after `lead`; writes nothing, `lead` included, and returns false when its value is missing. */
function* write(node: JsonNode, scope: Scope, writing: JsonWriting, lead: string): Work<boolean> {
  const { writer } = writing;
  switch (node.kind) {
    case "constant":
    case "secret":
      return writeLeaf(node, writing, lead);
    case "text": {
      const value = yield* at(node.place, renderText(node.template, scope));
      return writeValue(value, node.place, writing, lead);
    }
    case "array": {
      writer.text(`${lead}[`);
      let separator = "";
      for (const item of node.items) {
        if (writeAtOnce(item, scope, writing, separator) ?? (yield* write(item, scope, writing, separator)))
          separator = ",";
      }
      writer.text("]");
      return true;
    }
    case "object": {
      writer.text(`${lead}{`);
      let separator = "";
      for (const { key, node: child } of node.entries) {
        const own = separator + key;
        if (writeAtOnce(child, scope, writing, own) ?? (yield* write(child, scope, writing, own))) separator = ",";
      }
      writer.text("}");
      return true;
    }
    case "each":
      return yield* writeEach(node, scope, writing, lead);
    case "if": {
      const holds = yield* at(node.place, evaluate(node.condition, scope));
      const branch = isTrue(holds) ? node.yes : node.no;
      return branch === undefined ? false : yield* write(branch, scope, writing, lead);
    }
  }
}

/** What needs no waiting is written without a generator of its own; undefined for anything else. */
function writeAtOnce(node: JsonNode, scope: Scope, writing: JsonWriting, lead: string): boolean | undefined {
  if (node.kind === "constant" || node.kind === "secret") return writeLeaf(node, writing, lead);
  if (node.kind !== "text") return undefined;
  const whole = wholeExpression(node.template);
  if (whole?.kind !== "path") return undefined;
  return writeValue(resolveInScope(scope, whole.path), node.place, writing, lead);
}

function writeLeaf(node: JsonNode & { kind: "constant" | "secret" }, { writer }: JsonWriting, lead: string): true {
  if (node.kind === "constant") writer.text(lead + node.json);
  else {
    writer.text(lead);
    writer.secret(node.name, "json");
  }
  return true;
}

function writeValue(value: unknown, place: string, { writer, missing }: JsonWriting, lead: string): boolean {
  if (value !== undefined) writer.text(lead + jsonOf(value));
  else if (missing === "null") writer.text(`${lead}null`);
  else if (missing === "error") throw required(place);
  else return false;
  return true;
}

/** Nothing in a text or a finite number can fail, so that it need not be looked into. */
function jsonOf(value: unknown): string {
  return typeof value === "string" || Number.isFinite(value) ? JSON.stringify(value) : toJson(value);
}

/** A list, one item after the other. A missing list is missing; a single value counts as a list of one. */
function* writeEach(
  node: JsonNode & { kind: "each" },
  scope: Scope,
  writing: JsonWriting,
  lead: string,
): Work<boolean> {
  const value = yield* at(node.place, evaluate(node.list, scope));
  if (value === undefined || value === null) return writeValue(undefined, node.place, writing, lead);
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > LIST_LENGTH_MAX) throw placed(node.place, tooManyError());
  writing.writer.text(`${lead}[`);
  let separator = "";
  for (const [index, item] of items.entries()) {
    const { context } = scope;
    spendForItem(node, context.budget);
    const position = context.position === "" ? String(index) : `${context.position}.${index}`;
    const inside = {
      ...scope,
      locals: new Map(scope.locals).set(node.name, item),
      context: { ...context, position },
    };
    if (yield* write(node.item, inside, writing, separator)) separator = ",";
  }
  writing.writer.text("]");
  return true;
}

function spendForItem({ size, place }: JsonNode & { kind: "each" }, budget: Budget): void {
  try {
    budget.spend();
    budget.spendFor(size);
  } catch (error) {
    throw error instanceof ExpressionError ? placed(place, error) : error;
  }
}

/** Whether a condition holds: as in JavaScript, but an empty list or object does not. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Work whose errors say where in the request they belong. */
export function* at<T>(place: string, work: Work<T>): Work<T> {
  try {
    return yield* work;
  } catch (error) {
    throw error instanceof ExpressionError ? placed(place, error) : error;
  }
}

function placed(place: string, error: ExpressionError): ExpressionError {
  return error.place === undefined ? new ExpressionError(error.reason, error.message, place) : error;
}

function required(place: string): ExpressionError {
  return new ExpressionError("template_value_missing", "a value that must be there is missing in this event", place);
}
