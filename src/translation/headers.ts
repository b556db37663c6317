// Request headers: names are checked when the table is published, values when they are rendered.
// https://www.rfc-editor.org/rfc/rfc9110#section-5 (read 2026-11-22)

import { failure, success, type Result } from "../result.ts";
import type { Issue } from "../issues.ts";
import { at } from "./json-body.ts";
import type { RenderReason, RenderedRequest } from "./rendered.ts";
import type { Scope, Work } from "./scope.ts";
import { secretNodeName } from "./secret-node.ts";
import { isLiteral, literalText, parseText, renderText, toText, type TextTemplate } from "./text.ts";

/** A header template, ready to render. */
export interface HeaderTemplate {
  name: string;
  value: { secret: string } | { template: TextTemplate };
}

/** Longest header value sent, in characters. */
const HEADER_VALUE_MAX = 4_096;

/** RFC 9110's token. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What the connection or Signalbox itself decides. */
const RESERVED_NAMES = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);
const RESERVED_PREFIXES = ["proxy-", "cf-", "sec-"];

/** Why a header name may not be used; undefined when it may. */
export function headerNameIssue(name: string): string | undefined {
  if (!HEADER_NAME.test(name)) return "a header name has letters, digits and hyphens only";
  const lower = name.toLowerCase();
  if (RESERVED_NAMES.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
    return `the header ${name} is set by the platform or by Signalbox`;
  }
  return undefined;
}

/** Compiles header templates. Whatever is wrong is added to `issues`. */
export function compileHeaders(headers: Record<string, unknown>, path: string, issues: Issue[]): HeaderTemplate[] {
  const seen = new Set<string>();
  return Object.entries(headers).map(([name, value]) => {
    const place = `${path}.headers.${name}`;
    const nameIssue = headerNameIssue(name);
    if (nameIssue !== undefined) issues.push({ path: place, message: nameIssue });
    if (seen.has(name.toLowerCase())) issues.push({ path: place, message: "this header is given twice" });
    seen.add(name.toLowerCase());
    const secret = secretNodeName(value);
    if (secret !== undefined) return { name: name.toLowerCase(), value: { secret } };
    const parsed = parseText(String(value));
    if (!parsed.ok) issues.push({ path: place, message: parsed.detail });
    else if (isLiteral(parsed.value) && !isHeaderValue(literalText(parsed.value))) {
      issues.push({ path: place, message: "a header value has ASCII characters only and no line break" });
    }
    return { name: name.toLowerCase(), value: { template: parsed.ok ? parsed.value : [] } };
  });
}

/** Renders headers. One whose value is missing or null is left out; one that could not be sent is refused. */
export function* renderHeaders(
  headers: readonly HeaderTemplate[],
  scope: Scope,
): Work<Result<RenderedRequest["headers"], RenderReason>> {
  const rendered: RenderedRequest["headers"] = [];
  for (const { name, value } of headers) {
    if ("secret" in value) {
      rendered.push([name, [{ $secret: value.secret, as: "text" }]]);
      continue;
    }
    const whole = yield* at(`request.headers.${name}`, renderText(value.template, scope));
    if (whole === undefined || whole === null) continue;
    const text = toText(whole);
    if (!isHeaderValue(text)) {
      const detail = `request.headers.${name}: the value has a line break, a character outside ASCII, or over ${HEADER_VALUE_MAX} characters`;
      return failure("template_header_invalid", detail);
    }
    rendered.push([name, [text]]);
  }
  return success(rendered);
}

/**
 * Whether a value can be sent in a header: visible ASCII, spaces and tabs, bounded. The runtime would send anything
 * else as UTF-8 bytes, which a target is free to read as something else.
 */
export function isHeaderValue(value: string): boolean {
  return value.length <= HEADER_VALUE_MAX && /^[\t\x20-\x7e]*$/.test(value);
}
