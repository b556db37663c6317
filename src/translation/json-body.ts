// A JSON body template. Compiled to a tree that writes JSON text directly: constants are serialised once, secrets keep
// their place, and a value from the payload is only ever written as JSON.

import { isJsonObject } from "../voucherify/read-json.ts";
import type { Issue } from "../issues.ts";
import { toJson } from "./json-text.ts";
import { failure, success, type Result } from "../result.ts";
import type { PathContext } from "./path.ts";
import type { RenderReason, RenderedText } from "./rendered.ts";
import { TextWriter } from "./rendered.ts";
import { secretNodeName } from "./secret-node.ts";
import { isLiteral, parseText, renderString, renderText, type TextTemplate } from "./text.ts";

type JsonNode =
  | { kind: "constant"; json: string }
  | { kind: "text"; template: TextTemplate }
  | { kind: "secret"; name: string }
  | { kind: "array"; items: JsonNode[] }
  | { kind: "object"; entries: { key: string; node: JsonNode }[] };

/** A JSON body template, ready to render. */
export type JsonBodyTemplate = JsonNode;

/** Deepest template accepted, in levels. */
export const TEMPLATE_DEPTH_MAX = 32;

/** Node names that belong to the template language and not to a body. */
const RESERVED_NODES = new Map([
  ["$secret", '$secret stands alone and names a secret: { "$secret": "NAME" }'],
  ["$each", "$each is not available yet"],
  ["$if", "$if is not available yet"],
]);

/** Compiles a body template. Issues are added to `issues`; the result is then not to be rendered. */
export function compileJsonBody(value: unknown, path: string, issues: Issue[], depth = 0): JsonBodyTemplate {
  if (depth > TEMPLATE_DEPTH_MAX) return refuse(path, `nested deeper than ${TEMPLATE_DEPTH_MAX} levels`, issues);
  if (typeof value === "string") return compileString(value, path, issues);
  if (Array.isArray(value)) {
    return foldArray(value.map((item, index) => compileJsonBody(item, `${path}.${index}`, issues, depth + 1)));
  }
  if (typeof value === "number" && !Number.isFinite(value)) return refuse(path, "a number too large for JSON", issues);
  if (!isJsonObject(value)) return { kind: "constant", json: JSON.stringify(value) };
  const secret = secretNodeName(value);
  if (secret !== undefined) return { kind: "secret", name: secret };
  return foldObject(
    Object.entries(value).map(([key, child]) => {
      const reserved = RESERVED_NODES.get(key);
      if (reserved !== undefined) issues.push({ path: `${path}.${key}`, message: reserved });
      return { key: JSON.stringify(key), node: compileJsonBody(child, `${path}.${key}`, issues, depth + 1) };
    }),
  );
}

/**
 * Renders a body template to JSON text. A key whose value is missing is left out, and so is an array element.
 * A body that is one expression without a value has nothing to send and is refused.
 */
export function renderJsonBody(template: JsonBodyTemplate, envelope: PathContext): Result<RenderedText, RenderReason> {
  const writer = new TextWriter();
  if (write(template, envelope, writer, "")) return success(writer.finish());
  return failure("template_value_missing", "request.body: the whole body is missing in this event");
}

function refuse(path: string, message: string, issues: Issue[]): JsonNode {
  issues.push({ path, message });
  return { kind: "constant", json: "null" };
}

function compileString(value: string, path: string, issues: Issue[]): JsonNode {
  const parsed = parseText(value);
  if (!parsed.ok) return refuse(path, parsed.detail, issues);
  if (!isLiteral(parsed.value)) return { kind: "text", template: parsed.value };
  return { kind: "constant", json: JSON.stringify(renderString(parsed.value, { data: undefined })) };
}

function foldArray(items: JsonNode[]): JsonNode {
  const constants = items.flatMap((item) => (item.kind === "constant" ? [item.json] : []));
  if (constants.length === items.length) return { kind: "constant", json: `[${constants.join(",")}]` };
  return { kind: "array", items };
}

function foldObject(entries: { key: string; node: JsonNode }[]): JsonNode {
  const constants = entries.flatMap(({ key, node }) => (node.kind === "constant" ? [`${key}:${node.json}`] : []));
  if (constants.length === entries.length) return { kind: "constant", json: `{${constants.join(",")}}` };
  return { kind: "object", entries };
}

/** Writes a node after `lead`; writes nothing, `lead` included, and returns false when its value is missing. */
function write(node: JsonNode, envelope: PathContext, writer: TextWriter, lead: string): boolean {
  switch (node.kind) {
    case "constant":
      writer.text(lead + node.json);
      return true;
    case "secret":
      writer.text(lead);
      writer.secret(node.name, "json");
      return true;
    case "text": {
      const value = renderText(node.template, envelope);
      if (value === undefined) return false;
      writer.text(lead + toJson(value));
      return true;
    }
    case "array": {
      writer.text(`${lead}[`);
      let separator = "";
      for (const item of node.items) if (write(item, envelope, writer, separator)) separator = ",";
      writer.text("]");
      return true;
    }
    case "object": {
      writer.text(`${lead}{`);
      let separator = "";
      for (const { key, node: child } of node.entries) {
        if (write(child, envelope, writer, `${separator}${key}:`)) separator = ",";
      }
      writer.text("}");
      return true;
    }
  }
}
