// The URL of a request. Scheme, host and port are the table's own text; a payload only ever fills a path segment or a
// query value, encoded for its place.

import { failure, success, type Result } from "../result.ts";
import type { Issue } from "../issues.ts";
import { ExpressionError } from "./engine/error.ts";
import { at } from "./json-body.ts";
import { TextWriter, type RenderReason, type RenderedText } from "./rendered.ts";
import type { Scope, Work } from "./scope.ts";
import { secretNodeName } from "./secret-node.ts";
import { parseText, renderString, renderText, toText, type TextPart, type TextTemplate } from "./text.ts";

type QueryValue = { secret: string } | { template: TextTemplate };

/** A URL template, ready to render. */
export interface UrlTemplate {
  /** Scheme, host and port, as `new URL` writes them. */
  origin: string;
  path: TextTemplate;
  /** A secret that the rest of the path is made of, behind a slash. */
  pathSecret: string | undefined;
  /** Text of a query written in the URL itself, without its question mark. */
  queryText: TextTemplate;
  query: { name: string; value: QueryValue }[];
}

/** Scheme and authority. No expression is part of them. */
const AUTHORITY = /^https?:\/\/[^/?#@{}]+/i;

/** What `new URL` drops or turns into a slash; outside expressions none of it belongs into a URL. */
const UNSAFE_TEXT = /[\s\\\p{Cc}]/u;

/** Longest URL sent, in characters without its secrets: what Cloudflare takes in at the other end. */
const URL_LENGTH_MAX = 16_384;

/** Compiles a URL and its query. Undefined when something is wrong; then `issues` says what. */
export function compileUrl(
  { url, pathSecret }: { url: string; pathSecret?: string | undefined },
  query: Record<string, unknown>,
  path: string,
  issues: Issue[],
): UrlTemplate | undefined {
  const place = `${path}.url`;
  const parameters = Object.entries(query).map(([name, value]) => ({
    name,
    value: compileQueryValue(value, `${path}.query.${name}`, issues),
  }));
  const parsed = parseText(url);
  const split = parsed.ok && url.isWellFormed() ? splitUrl(parsed.value) : undefined;
  if (!parsed.ok && AUTHORITY.test(url)) {
    issues.push({ path: place, message: parsed.detail });
    return undefined;
  }
  if (split === undefined || !URL.canParse(split.authority)) {
    const message =
      "expected https://host/… with scheme and host written out, without user, password, fragment, spaces or backslash";
    issues.push({ path: place, message });
    return undefined;
  }
  const written = split.path.map((part) => ("literal" in part ? part.literal : "x")).join("");
  if (hasDotSegment(written)) issues.push({ path: place, message: "a path has no . or .. between its slashes" });
  if (pathSecret !== undefined && (!written.endsWith("/") || split.query !== undefined)) {
    issues.push({ path: place, message: "with pathSecret behind it the URL ends with a slash" });
  }
  return {
    pathSecret,
    origin: new URL(split.authority).origin,
    path: split.path,
    queryText: split.query ?? [],
    query: parameters,
  };
}

/**
 * A URL in its parts: scheme and authority, then a path that begins with a slash, then a query. Undefined when it has
 * another shape, or a fragment, which would never be sent. Characters inside expressions divide nothing.
 */
function splitUrl(
  parts: TextTemplate,
): { authority: string; path: TextTemplate; query: TextTemplate | undefined } | undefined {
  const [first, ...others] = parts;
  const start = first !== undefined && "literal" in first ? first.literal : "";
  const authority = AUTHORITY.exec(start)?.[0];
  if (authority === undefined) return undefined;
  const rest = start.slice(authority.length);
  if (rest === "" ? others.length > 0 : !/^[/?]/.test(rest)) return undefined;
  const path: TextPart[] = [];
  let query: TextPart[] | undefined;
  for (const part of [{ literal: rest }, ...others]) {
    if (!("literal" in part)) {
      (query ?? path).push(part);
      continue;
    }
    if (UNSAFE_TEXT.test(part.literal) || part.literal.includes("#")) return undefined;
    const mark = query === undefined ? part.literal.indexOf("?") : -1;
    const before = mark === -1 ? part.literal : part.literal.slice(0, mark);
    if (before !== "") (query ?? path).push({ literal: before });
    if (mark !== -1) query = mark + 1 < part.literal.length ? [{ literal: part.literal.slice(mark + 1) }] : [];
  }
  return { authority, path, query };
}

/** Renders a URL. A missing value in the path is refused; a missing query value leaves its parameter out. */
export function* renderUrl(template: UrlTemplate, scope: Scope): Work<Result<RenderedText, RenderReason>> {
  const path = yield* at("request.url", renderPath(template.path, scope));
  if (!path.ok) return path;
  const writer = new TextWriter({ lengthMax: URL_LENGTH_MAX, error: urlTooLong });
  writer.text(template.origin + path.value);
  if (template.pathSecret !== undefined) writer.secret(template.pathSecret, "path");
  let separator = "?";
  if (template.queryText.length > 0) {
    writer.text(`?${yield* at("request.url", renderString(template.queryText, scope, encode))}`);
    separator = "&";
  }
  for (const { name, value } of template.query) {
    const lead = `${separator}${encode(name)}=`;
    if ("secret" in value) {
      writer.text(lead);
      writer.secret(value.secret, "uri");
    } else {
      const rendered = yield* at(`request.query.${name}`, renderText(value.template, scope));
      if (rendered === undefined || rendered === null) continue;
      writer.text(lead + encode(toText(rendered)));
    }
    separator = "&";
  }
  return success(writer.finish());
}

function urlTooLong(): ExpressionError {
  return new ExpressionError("template_url_too_long", `over ${URL_LENGTH_MAX} characters`, "request.url");
}

function* renderPath(template: TextTemplate, scope: Scope): Work<Result<string, RenderReason>> {
  let missing = false;
  const path = yield* renderString(template, scope, (value) => {
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
  return /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
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
