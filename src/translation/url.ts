// The URL of a request. Scheme, host and port are the table's own text; a payload only ever fills a path segment or a
// query value, encoded for its place.

import { failure, success, type Result } from "../result.ts";
import type { TemplateIssue } from "./json-body.ts";
import type { PathContext } from "./path.ts";
import { TextWriter, type RenderReason, type RenderedText } from "./rendered.ts";
import { secretNodeName } from "./secret-node.ts";
import { parseText, renderString, renderText, type TextTemplate } from "./text.ts";

type QueryValue = { secret: string } | { template: TextTemplate };

/** A URL template, ready to render. */
export interface UrlTemplate {
  /** Scheme, host and port, as `new URL` writes them. */
  origin: string;
  path: TextTemplate;
  /** Text of a query written in the URL itself, without its question mark. */
  queryText: TextTemplate;
  query: { name: string; value: QueryValue }[];
}

/** Scheme and authority, then a path and a query; no fragment, which would never be sent. */
const URL_SHAPE = /^(https?:\/\/[^/?#\\@\s]+)([^?#]*)(?:\?([^#]*))?$/i;

/** Compiles a URL and its query. Undefined when something is wrong; then `issues` says what. */
export function compileUrl(
  url: string,
  query: Record<string, unknown>,
  path: string,
  issues: TemplateIssue[],
): UrlTemplate | undefined {
  const shape = URL_SHAPE.exec(url);
  const authority = shape?.[1];
  if (shape === null || authority === undefined || authority.includes("{{") || !URL.canParse(authority)) {
    const message = "expected https://host/… with scheme and host written out, without user, password or fragment";
    issues.push({ path: `${path}.url`, message });
    return undefined;
  }
  return {
    origin: new URL(authority).origin,
    path: compileText(shape[2] ?? "", `${path}.url`, issues),
    queryText: compileText(shape[3] ?? "", `${path}.url`, issues),
    query: Object.entries(query).map(([name, value]) => ({
      name,
      value: compileQueryValue(value, `${path}.query.${name}`, issues),
    })),
  };
}

/** Renders a URL. A missing value in the path is refused; a missing query value leaves its parameter out. */
export function renderUrl(template: UrlTemplate, envelope: PathContext): Result<RenderedText, RenderReason> {
  const path = renderPath(template.path, envelope);
  if (!path.ok) return path;
  const writer = new TextWriter();
  writer.text(template.origin + path.value);
  let separator = "?";
  if (template.queryText.length > 0) {
    writer.text(`?${renderString(template.queryText, envelope, encodeURIComponent)}`);
    separator = "&";
  }
  for (const { name, value } of template.query) {
    const lead = `${separator}${encodeURIComponent(name)}=`;
    if ("secret" in value) {
      writer.text(lead);
      writer.secret(value.secret, "uri");
    } else {
      const rendered = renderText(value.template, envelope);
      if (rendered === undefined || rendered === null) continue;
      const text = typeof rendered === "string" ? rendered : JSON.stringify(rendered);
      writer.text(lead + encodeURIComponent(text.toWellFormed()));
    }
    separator = "&";
  }
  return success(writer.finish());
}

function renderPath(template: TextTemplate, envelope: PathContext): Result<string, RenderReason> {
  let missing = false;
  const path = renderString(template, envelope, (value) => {
    if (value === "") missing = true;
    return encodeURIComponent(value.toWellFormed());
  });
  if (missing) {
    return failure("template_value_missing", "request.url: a value in the path is missing in this event");
  }
  // URL parsing walks up on these, so `/users/{{ id }}` with an id of `..` would become `/`.
  if (path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    return failure("template_path_unsafe", "request.url: a value would change the path (. or ..)");
  }
  return success(path === "" ? "/" : path);
}

function compileText(text: string, path: string, issues: TemplateIssue[]): TextTemplate {
  const parsed = parseText(text);
  if (parsed.ok) return parsed.value;
  issues.push({ path, message: parsed.detail });
  return [];
}

function compileQueryValue(value: unknown, path: string, issues: TemplateIssue[]): QueryValue {
  const secret = secretNodeName(value);
  if (secret !== undefined) return { secret };
  return { template: compileText(String(value), path, issues) };
}
