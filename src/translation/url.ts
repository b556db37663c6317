// The URL of a request. Scheme, host and port are the table's own text; a payload only ever fills a path segment or a
// query value, encoded for its place.

import { failure, success, type Result } from "../result.ts";
import type { Issue } from "../issues.ts";
import type { PathContext } from "./path.ts";
import { TextWriter, type RenderReason, type RenderedText } from "./rendered.ts";
import { secretNodeName } from "./secret-node.ts";
import { parseText, renderString, renderText, toText, type TextTemplate } from "./text.ts";

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

/**
 * Scheme and authority, then a path that begins with a slash, then a query; no fragment, which would never be sent.
 * No expression stands before the path.
 */
const URL_SHAPE = /^(https?:\/\/[^/?#@{}]+)(\/[^?#]*)?(?:\?([^#]*))?$/i;

/** What `new URL` drops or turns into a slash; outside expressions none of it belongs into a URL. */
const UNSAFE_TEXT = /[\s\\\p{Cc}]/u;

/** Compiles a URL and its query. Undefined when something is wrong; then `issues` says what. */
export function compileUrl(
  url: string,
  query: Record<string, unknown>,
  path: string,
  issues: Issue[],
): UrlTemplate | undefined {
  const shape = URL_SHAPE.exec(url);
  const authority = shape?.[1];
  const unsafe = !url.isWellFormed() || UNSAFE_TEXT.test(url.replaceAll(/\{\{.*?\}\}/gs, ""));
  if (shape === null || authority === undefined || unsafe || !URL.canParse(authority)) {
    const message =
      "expected https://host/… with scheme and host written out, without user, password, fragment, spaces or backslash";
    issues.push({ path: `${path}.url`, message });
    return undefined;
  }
  if (hasDotSegment(shape[2] ?? "")) {
    issues.push({ path: `${path}.url`, message: "a path has no . or .. between its slashes" });
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
    writer.text(`?${renderString(template.queryText, envelope, encode)}`);
    separator = "&";
  }
  for (const { name, value } of template.query) {
    const lead = `${separator}${encode(name)}=`;
    if ("secret" in value) {
      writer.text(lead);
      writer.secret(value.secret, "uri");
    } else {
      const rendered = renderText(value.template, envelope);
      if (rendered === undefined || rendered === null) continue;
      writer.text(lead + encode(toText(rendered)));
    }
    separator = "&";
  }
  return success(writer.finish());
}

function renderPath(template: TextTemplate, envelope: PathContext): Result<string, RenderReason> {
  let missing = false;
  const path = renderString(template, envelope, (value) => {
    if (value === "") missing = true;
    return encode(value);
  });
  if (missing) {
    return failure("template_value_missing", "request.url: a value in the path is missing in this event");
  }
  if (hasDotSegment(path)) {
    return failure("template_path_unsafe", "request.url: a value would change the path (. or ..)");
  }
  return success(path === "" ? "/" : path);
}

/** URL parsing walks up on these, so `/users/{{ id }}` with an id of `..` would become `/`. */
function hasDotSegment(path: string): boolean {
  return path.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
}

/** Percent-encodes for one path segment or query value. A lone surrogate, which has no UTF-8, becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function compileText(text: string, path: string, issues: Issue[]): TextTemplate {
  const parsed = parseText(text);
  if (parsed.ok) return parsed.value;
  issues.push({ path, message: parsed.detail });
  return [];
}

function compileQueryValue(value: unknown, path: string, issues: Issue[]): QueryValue {
  const secret = secretNodeName(value);
  if (secret !== undefined) return { secret };
  return { template: compileText(String(value), path, issues) };
}
