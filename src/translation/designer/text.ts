// One text of a designer template: literal text with `{{path}}` in it. The designer documents no escape, so braces
// around anything but a path are just text. Pure.

import type { Path } from "../path.ts";
import { parseDesignerPath, toExpressionPath, toPlainPath } from "./path.ts";

/** A piece of a text. */
export type DesignerPart = { literal: string } | { path: Path };

/** A text in pieces. No two literals follow each other, and none is empty. */
export function splitDesignerText(text: string): DesignerPart[] {
  const parts: DesignerPart[] = [];
  let literal = "";
  let index = 0;
  let close = 0;
  for (let open = text.indexOf("{{"); open !== -1; open = text.indexOf("{{", index)) {
    if (close < open + 2) close = text.indexOf("}}", open + 2);
    if (close === -1) break;
    const path = parseDesignerPath(text.slice(open + 2, close));
    // One brace further: of {{{name}}} the outer braces are text.
    literal += text.slice(index, path === undefined ? open + 1 : open);
    index = path === undefined ? open + 1 : close + 2;
    if (path === undefined) continue;
    if (literal !== "") parts.push({ literal });
    literal = "";
    parts.push({ path });
  }
  literal += text.slice(index);
  if (literal !== "") parts.push({ literal });
  return parts;
}

/** A value with its type: `{{order.amount}}` without quotes. */
export function toTypedTemplate(path: Path): string {
  return `{{ ${toPlainPath(path)} }}`;
}

/** A value as text: `"{{order.amount}}"` in quotes. Null stays null: as text it would be the word "null". */
export function toTextTemplate(path: Path): string {
  return `{{ $text(${toExpressionPath(path)}) }}`;
}

/** Pieces as one string of our templates, which gives a text whatever the values are. */
export function toMixedTemplate(parts: readonly DesignerPart[]): string {
  return parts
    .map((part, index) =>
      "path" in part ? toTypedTemplate(part.path) : writeLiteral(part.literal, index < parts.length - 1),
    )
    .join("");
}

/**
 * Literal text with every `{{` escaped. Braces and backslashes right before an expression would be read together with
 * its own braces, so they become an expression of their own.
 */
function writeLiteral(text: string, beforeExpression: boolean): string {
  let end = text.length;
  if (beforeExpression) while (end > 0 && "{\\".includes(text.charAt(end - 1))) end--;
  const head = text.slice(0, end).replaceAll("{{", "\\{{");
  return end === text.length ? head : `${head}{{ ${JSON.stringify(text.slice(end))} }}`;
}
