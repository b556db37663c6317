// One string of a template: literal text with `{{ expression }}` in it, compiled once. `\{{` is a literal `{{`.

import { failure, success, type Result } from "../result.ts";
import { textTooLongError } from "./engine/budget.ts";
import { compileExpression, evaluate, type Expression } from "./expression.ts";
import { endOfExpression } from "./expression-end.ts";
import { toJson } from "./json-text.ts";
import { resolveInScope, type Scope, type Work } from "./scope.ts";

/** A piece of a template string: literal text, or the expression whose value goes there. */
export type TextPart = { literal: string } | { expression: Expression; source: string };

/** A template string, compiled. */
export type TextTemplate = readonly TextPart[];

/** Compiles a template string. An error's detail says where in the string it is and what to write instead. */
export function parseText(text: string): Result<TextTemplate, "template_invalid"> {
  const parts: TextPart[] = [];
  let literal = "";
  let index = 0;
  while (index < text.length) {
    if (text.startsWith("\\{{", index)) {
      literal += "{{";
      index += 3;
    } else if (text.startsWith("{{", index)) {
      const start = index + 2;
      const end = endOfExpression(text, start);
      if (end === -1) return invalid(text, index, "this {{ has no }}; write \\{{ for a literal {{");
      const source = text.slice(start, end);
      const compiled = compileExpression(source);
      if (!compiled.ok) return invalid(text, start + compiled.problem.position, compiled.problem.message);
      if (literal !== "") parts.push({ literal });
      literal = "";
      parts.push({ expression: compiled.value, source: source.trim() });
      index = end + 2;
    } else {
      literal += text[index];
      index++;
    }
  }
  if (literal !== "") parts.push({ literal });
  return success(parts);
}

/** A position as people find it: by line where there are several. */
function invalid(text: string, position: number, message: string): Result<TextTemplate, "template_invalid"> {
  const before = text.slice(0, position).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  const place = text.includes("\n") ? `line ${before.length}, column ${column}` : `character ${column}`;
  return failure("template_invalid", `${place}: ${message}`);
}

/** Whether a template string has no expression. */
export function isLiteral(template: TextTemplate): boolean {
  return template.every((part) => "literal" in part);
}

/** The text of a template string that has no expression. */
export function literalText(template: TextTemplate): string {
  return template.map((part) => ("literal" in part ? part.literal : "")).join("");
}

/** The expression that is the whole string; undefined when there is more or less to it. */
export function wholeExpression(template: TextTemplate): Expression | undefined {
  const [only] = template;
  return template.length === 1 && only !== undefined && "expression" in only ? only.expression : undefined;
}

/**
 * The value of a template string. A string that is one whole expression keeps its value's JSON type and may be
 * undefined; any other becomes a string, in which missing values and null are empty and objects are JSON.
 */
export function* renderText(template: TextTemplate, scope: Scope): Work<unknown> {
  const whole = wholeExpression(template);
  return whole === undefined ? yield* renderString(template, scope) : yield* evaluate(whole, scope);
}

/** Longest text that one template string makes, in UTF-16 units: as long as the largest body has bytes. */
const STRING_LENGTH_MAX = 2 * 1024 * 1024;

/**
 * Like `renderText`, but always a string, each inserted value passed through `encode`, never the literal text.
 *
 * @throws ExpressionError, NotFiniteError
 */
export function* renderString(
  template: TextTemplate,
  scope: Scope,
  encode: (value: string) => string = (value) => value,
): Work<string> {
  let text = "";
  for (const part of template) {
    if ("literal" in part) text += part.literal;
    else if (part.expression.kind === "path") text += encode(toText(resolveInScope(scope, part.expression.path)));
    else text += encode(toText(yield* evaluate(part.expression, scope)));
    if (text.length > STRING_LENGTH_MAX) throw textTooLongError(STRING_LENGTH_MAX);
  }
  return text;
}

/**
 * A value as text: nothing for null and undefined, JSON for objects and arrays.
 *
 * @throws NotFiniteError
 */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : toJson(value);
}
