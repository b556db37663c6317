// A body template of ours as a text for Voucherify's Payload designer, with a list of what it cannot say. Where it
// cannot, a text stands that tells what was there, so that the result can be pasted all the same. Pure.

import { isJsonObject } from "../../voucherify/read-json.ts";
import { TEMPLATE_DEPTH_MAX } from "../json-body.ts";
import { SETTINGS_NAME, type Path } from "../path.ts";
import type { MissingPolicy } from "../rendered.ts";
import { parseText, type TextPart } from "../text.ts";
import { outOfEnvelope } from "./envelope.ts";
import { isOwnName, parseExpressionPath, toDesignerPath } from "./path.ts";
import { isReservedKey } from "./reserved.ts";
import { splitDesignerText, type DesignerPart } from "./text.ts";

/** One thing that the designer cannot say. */
export interface DesignerLoss {
  /** Where in the body template: `body.order.total`. */
  place: string;
  message: string;
}

/** A text for the designer. */
export interface DesignerExport {
  text: string;
  /** Whether the text is the whole body ("Raw payload" ticked) or the `data` in Voucherify's envelope. */
  raw: boolean;
  losses: DesignerLoss[];
}

/** What else of the request has a say in what its body becomes. */
export interface ExportOptions {
  missing?: MissingPolicy | undefined;
}

/** Writes a body template as designer text, two spaces a level. Importing that text never fails for its syntax. */
export function exportDesigner(body: unknown, { missing = "omit" }: ExportOptions = {}): DesignerExport {
  const writer = new DesignerWriter();
  const wrapped = outOfEnvelope(body);
  const text = wrapped === undefined ? writer.value(body, ["body"]) : writer.value(wrapped.data, ["body", "data"]);
  if (missing !== "omit") {
    writer.lose(["request", "missing"], `"${missing}" for missing values has no counterpart in the Payload designer`);
  }
  return { text, raw: wrapped === undefined, losses: writer.losses };
}

/** What the designer lacks for the nodes of our templates, by their key. */
const LACKS: Readonly<Record<string, string>> = {
  $each: "the Payload designer has no loops",
  $if: "the Payload designer has no conditions",
  $secret: "the Payload designer has no secrets; give the webhook a header",
};

type Place = readonly string[];
type ExpressionPart = Extract<TextPart, { source: string }>;

class DesignerWriter {
  readonly losses: DesignerLoss[] = [];

  lose(place: Place, message: string): void {
    this.losses.push({ place: place.join("."), message });
  }

  value(value: unknown, place: Place, indent = ""): string {
    if (indent.length / 2 > TEMPLATE_DEPTH_MAX) return this.#instead(place, "nested too deeply", "nested too deeply");
    if (typeof value === "string") return this.#text(value, place);
    const isList = Array.isArray(value);
    if (!isList && !isJsonObject(value)) return JSON.stringify(value) ?? "null";
    if (isList) {
      const items = value.map((item, index) => this.value(item, [...place, String(index)], `${indent}  `));
      return lines("[", items, "]", indent);
    }
    const reserved = Object.keys(value).filter(isReservedKey);
    const node = reserved.find((key) => Object.hasOwn(LACKS, key)) ?? reserved[0];
    if (node !== undefined) {
      const what = typeof value[node] === "string" ? `${node} ${value[node]}` : node;
      return this.#instead(place, LACKS[node] ?? `${node} is a part of another node`, what);
    }
    const entries = Object.entries(value).map(
      ([key, inner]) => `${JSON.stringify(key)}: ${this.value(inner, [...place, key], `${indent}  `)}`,
    );
    return lines("{", entries, "}", indent);
  }

  /** A placeholder for what is lost: readable, and a text to the designer. */
  #instead(place: Place, message: string, what: string): string {
    this.lose(place, message);
    return JSON.stringify(placeholder(what));
  }

  #text(text: string, place: Place): string {
    const parsed = parseText(text);
    if (!parsed.ok) return this.#instead(place, `this is no template: ${parsed.detail}`, text);
    const [only, ...others] = parsed.value;
    if (only !== undefined && "expression" in only && others.length === 0) return this.#whole(only, place);
    return JSON.stringify(this.#mixed(parsed.value, place));
  }

  /** A text that is one expression: a value with its type, or one made text. */
  #whole(part: ExpressionPart, place: Place): string {
    const inner = TEXT_OF_PATH.exec(part.source);
    const path = parseExpressionPath(inner?.[1] ?? inner?.[2] ?? "");
    const written = path && toDesignerPath(path);
    if (written !== undefined) return JSON.stringify(`{{${written}}}`);
    const read = this.#part(part, place);
    return "path" in read ? `{{${toDesignerPath(read.path)}}}` : JSON.stringify(this.#checked([read], place));
  }

  #mixed(parts: readonly TextPart[], place: Place): string {
    return this.#checked(
      parts.map((part) => ("literal" in part ? part : this.#part(part, place))),
      place,
    );
  }

  /** An expression as the designer can say it: a path, text, or else a placeholder. */
  #part({ expression, source }: ExpressionPart, place: Place): DesignerPart {
    if (expression.kind === "path") return this.#path(expression.path, source, place);
    const constant = constantText(source);
    if (constant !== undefined) return { literal: constant };
    const quoted = parseExpressionPath(/^\((.+)\)$/s.exec(source)?.[1] ?? "");
    if (quoted !== undefined && isOwnName(quoted[0]) && toDesignerPath(quoted) !== undefined) return { path: quoted };
    this.lose(place, "the Payload designer has no functions or operators");
    return { literal: placeholder(source) };
  }

  #path(path: Path, source: string, place: Place): DesignerPart {
    if (path[0] === SETTINGS_NAME) {
      this.lose(place, "the Payload designer has no settings; write the value itself");
    } else if (isOwnName(path[0])) {
      this.lose(place, "the Payload designer reads the event's data only, nothing of its envelope");
    } else if (toDesignerPath(path) === undefined) {
      this.lose(place, "the Payload designer cannot write a name with a dot, a bracket or the like in it");
    } else return { path };
    return { literal: placeholder(source) };
  }

  /** Pieces as one text. The designer has no escape, so a literal that reads like a path to it has its braces parted. */
  #checked(parts: readonly DesignerPart[], place: Place): string {
    const text = writeParts(parts);
    if (isSame(splitDesignerText(text), parts)) return text;
    this.lose(place, "the Payload designer has no way to write {{ }} as text; a space has been put between the braces");
    return writeParts(parts.map((part) => ("literal" in part ? { literal: partBraces(part.literal) } : part)));
  }
}

/** What the import makes of a path in quotes; what people write for it; and what imports of older releases made. */
const TEXT_OF_PATH = /^(?:\$(?:text|string)\(([^()]+)\)|([^()=]+) = null \? null : \$string\(\2\))$/;

function lines(open: string, inside: readonly string[], close: string, indent: string): string {
  if (inside.length === 0) return open + close;
  return `${open}\n${inside.map((line) => `${indent}  ${line}`).join(",\n")}\n${indent}${close}`;
}

/** The text that an expression is, when it is nothing else: `"{"`. */
function constantText(source: string): string | undefined {
  if (!/^"(?:[^"\\\p{Cc}]|\\["\\/bfnrt])*"$/u.test(source)) return undefined;
  return String(JSON.parse(source)); // JSONata's texts are JSON's
}

function placeholder(what: string): string {
  return partBraces(`[not exported: ${what}]`);
}

function partBraces(text: string): string {
  return text.replaceAll(/\{(?=\{)/g, "{ ");
}

function writeParts(parts: readonly DesignerPart[]): string {
  return parts.map((part) => ("literal" in part ? part.literal : `{{${toDesignerPath(part.path)}}}`)).join("");
}

/** Whether a text reads as the pieces it was made of; neighbouring literals are one. */
function isSame(read: readonly DesignerPart[], parts: readonly DesignerPart[]): boolean {
  return JSON.stringify(read) === JSON.stringify(joinLiterals(parts));
}

function joinLiterals(parts: readonly DesignerPart[]): DesignerPart[] {
  const joined: DesignerPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (!("literal" in part)) joined.push(part);
    else if (part.literal === "") continue;
    else if (last !== undefined && "literal" in last)
      joined[joined.length - 1] = { literal: last.literal + part.literal };
    else joined.push(part);
  }
  return joined;
}
