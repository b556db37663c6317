// A request's body in one of its encodings: JSON, a form, or text.

import type { Issue } from "../issues.ts";
import { isJsonObject } from "../voucherify/read-json.ts";
import { ExpressionError } from "./engine/error.ts";
import { at, compileJsonBody, writeJsonBody, type JsonBodyTemplate } from "./json-body.ts";
import { TextWriter, type MissingPolicy, type RenderedText } from "./rendered.ts";
import type { Scope, Work } from "./scope.ts";
import { secretNodeName } from "./secret-node.ts";
import { parseText, renderString, renderText, toText, type TextTemplate } from "./text.ts";

/** What a body is called when the template's headers do not say. */
export const CONTENT_TYPES = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  text: "text/plain; charset=utf-8",
} as const;

/** The encodings of a body. */
export type Encoding = keyof typeof CONTENT_TYPES;

type FormField = { name: string; place: string } & ({ secret: string } | { template: TextTemplate });

/** A body template, ready to render. */
export type BodyTemplate =
  | { encoding: "json"; json: JsonBodyTemplate }
  | { encoding: "form"; fields: FormField[] }
  | { encoding: "text"; text: TextTemplate; place: string };

/** Compiles a body. Whatever is wrong is added to `issues`. */
export function compileBody(
  { body, encoding }: { body?: unknown; encoding: Encoding },
  path: string,
  issues: Issue[],
): BodyTemplate {
  const place = `${path}.body`;
  switch (encoding) {
    case "json":
      return { encoding, json: compileJsonBody(body, place, issues) };
    case "form":
      return { encoding, fields: compileForm(body, place, issues) };
    case "text":
      if (typeof body !== "string")
        issues.push({ path: place, message: "with the encoding text the body is one string" });
      return { encoding, text: compileText(body, place, issues), place };
  }
}

/**
 * Renders a body.
 *
 * @param bytesMax the most it may have, checked while it is written
 * @throws ExpressionError, NotFiniteError
 */
export function* renderBody(
  template: BodyTemplate,
  scope: Scope,
  missing: MissingPolicy,
  bytesMax: number,
): Work<{ text: RenderedText; contentType: string }> {
  const writer = new TextWriter({ lengthMax: bytesMax, error: () => bodyTooLarge(bytesMax) });
  const contentType = CONTENT_TYPES[template.encoding];
  switch (template.encoding) {
    case "json":
      if (!(yield* writeJsonBody(template.json, scope, { writer, missing }))) {
        // A body that is one expression without a value has nothing to send.
        throw new ExpressionError("template_value_missing", "the whole body is missing in this event", "request.body");
      }
      break;
    case "form":
      yield* writeForm(template.fields, scope, missing, writer);
      break;
    case "text":
      writer.text(yield* at(template.place, renderString(template.text, scope)));
      break;
  }
  return { text: writer.finish(), contentType };
}

/** What a body fails with that has more bytes than that. */
export function bodyTooLarge(bytesMax: number): ExpressionError {
  return new ExpressionError("template_body_too_large", `over ${bytesMax} bytes`, "request.body");
}

function compileForm(body: unknown, path: string, issues: Issue[]): FormField[] {
  if (!isJsonObject(body)) {
    issues.push({ path, message: "with the encoding form the body is an object of names and plain values" });
    return [];
  }
  return Object.entries(body).map(([name, value]) => {
    const place = `${path}.${name}`;
    const secret = secretNodeName(value);
    if (secret !== undefined) return { name, place, secret };
    if (typeof value === "object" && value !== null) {
      issues.push({ path: place, message: "a form has plain values only; {{ $json(…) }} makes one of an object" });
    }
    return { name, place, template: compileText(value === null ? "" : value, place, issues) };
  });
}

function compileText(value: unknown, path: string, issues: Issue[]): TextTemplate {
  const parsed = parseText(String(value));
  if (parsed.ok) return parsed.value;
  issues.push({ path, message: parsed.detail });
  return [];
}

/** A field whose value is missing or null is left out; a list gives a field for each of its values. */
function* writeForm(
  fields: readonly FormField[],
  scope: Scope,
  missing: MissingPolicy,
  writer: TextWriter,
): Work<void> {
  let separator = "";
  for (const field of fields) {
    const lead = `${encode(field.name)}=`;
    if ("secret" in field) {
      writer.text(separator + lead);
      writer.secret(field.secret, "uri");
      separator = "&";
      continue;
    }
    const value = yield* at(field.place, renderText(field.template, scope));
    if (value === undefined && missing === "error") {
      throw new ExpressionError(
        "template_value_missing",
        "a value that must be there is missing in this event",
        field.place,
      );
    }
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null) continue;
      writer.text(separator + lead + encode(toText(one)));
      separator = "&";
    }
  }
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
