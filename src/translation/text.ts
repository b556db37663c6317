// One string of a template: literal text with `{{ path }}` expressions in it, parsed once. `\{{` is a literal `{{`.

import { failure, success, type Result } from "../result.ts";
import { toJson } from "./json-text.ts";
import { parsePath, resolveInEvent, type Path, type PathContext } from "./path.ts";

/** A piece of a template string: literal text, or the path whose value goes there. */
export type TextPart = { literal: string } | { path: Path };

/** A template string, parsed. */
export type TextTemplate = readonly TextPart[];

/** Parses a template string. An error's detail quotes the expression and says what to write instead. */
export function parseText(text: string): Result<TextTemplate, "template_invalid"> {
  const parts: TextPart[] = [];
  let literal = "";
  let index = 0;
  while (index < text.length) {
    if (text.startsWith("\\{{", index)) {
      literal += "{{";
      index += 3;
    } else if (text.startsWith("{{", index)) {
      const end = text.indexOf("}}", index);
      if (end === -1) {
        const detail = `the {{ at character ${index + 1} has no }}; write \\{{ for a literal {{`;
        return failure("template_invalid", detail);
      }
      const path = parsePath(text.slice(index + 2, end).trim());
      if (!path.ok) return failure("template_invalid", path.detail);
      if (literal !== "") parts.push({ literal });
      literal = "";
      parts.push({ path: path.value });
      index = end + 2;
    } else {
      literal += text[index];
      index++;
    }
  }
  if (literal !== "") parts.push({ literal });
  return success(parts);
}

/** Whether a template string has no expression. */
export function isLiteral(template: TextTemplate): boolean {
  return template.every((part) => "literal" in part);
}

/**
 * The value of a template string. A string that is one whole expression keeps its value's JSON type and may be
 * undefined; any other becomes a string, in which missing values and null are empty and objects are JSON.
 *
 * @param encode applied to each inserted value, never to the literal text
 */
export function renderText(template: TextTemplate, envelope: PathContext): unknown {
  const [only] = template;
  if (template.length === 1 && only !== undefined && "path" in only) return resolveInEvent(envelope, only.path);
  return renderString(template, envelope);
}

/** Like `renderText`, but always a string, each inserted value passed through `encode`. */
export function renderString(
  template: TextTemplate,
  envelope: PathContext,
  encode: (value: string) => string = (value) => value,
): string {
  return template
    .map((part) => ("literal" in part ? part.literal : encode(toText(resolveInEvent(envelope, part.path)))))
    .join("");
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
