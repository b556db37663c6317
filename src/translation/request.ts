// A target's request template: compiled once per version of the routing table, rendered once per delivery. Pure.

import * as v from "valibot";
import type { Issue } from "../issues.ts";
import { failure, success, type Result } from "../result.ts";
import { compileHeaders, renderHeaders, type HeaderTemplate } from "./headers.ts";
import { compileJsonBody, renderJsonBody, type JsonBodyTemplate } from "./json-body.ts";
import { NotFiniteError } from "./json-text.ts";
import type { PathContext } from "./path.ts";
import type { RenderReason, RenderedRequest, RenderedText } from "./rendered.ts";
import { compileUrl, renderUrl, type UrlTemplate } from "./url.ts";

const SecretNodeSchema = v.strictObject({ $secret: v.pipe(v.string(), v.description("The name of a Worker secret.")) });

const FiniteSchema = v.pipe(v.number(), v.finite("a number that JSON can write"));
const TextOrSecretSchema = v.union([v.string(), FiniteSchema, v.boolean(), SecretNodeSchema]);

/** What a target is sent, as a template. */
export const RequestTemplateSchema = v.strictObject({
  method: v.optional(
    v.pipe(
      v.picklist(["POST", "PUT", "PATCH", "DELETE", "GET"]),
      v.description("The HTTP method; POST when left out."),
    ),
    "POST",
  ),
  url: v.pipe(
    v.string(),
    v.maxLength(2_000),
    v.description("https:// with the host written out; the path and query may have {{ path }} expressions."),
  ),
  query: v.optional(
    v.pipe(
      v.record(v.string(), TextOrSecretSchema),
      v.description("Query parameters; one without a value is left out."),
    ),
  ),
  headers: v.optional(
    v.pipe(
      v.record(v.string(), TextOrSecretSchema),
      v.description("Request headers; one without a value is left out."),
    ),
  ),
  body: v.optional(
    v.pipe(
      v.unknown(),
      v.description(
        "The JSON body. A string that is one {{ path }} keeps its value's type. Left out: the payload when the target states one, else no body.",
      ),
    ),
  ),
});
export type RequestTemplateSource = v.InferOutput<typeof RequestTemplateSchema>;

/** A request template, ready to render. */
export interface RequestTemplate {
  method: string;
  url: UrlTemplate;
  headers: HeaderTemplate[];
  body: JsonBodyTemplate | undefined;
}

/** Largest rendered body, in bytes: as much as an inlet takes in, so that a whole sendout can be passed on. */
export const REQUEST_BODY_BYTES_MAX = 2 * 1024 * 1024;

/**
 * Compiles a request template.
 *
 * @param path where the template stands in the table, for messages: `targets.crm.request`
 */
export function compileRequest(
  source: RequestTemplateSource,
  path: string,
): { ok: true; value: RequestTemplate } | { ok: false; issues: Issue[] } {
  const issues: Issue[] = [];
  const url = compileUrl(source.url, source.query ?? {}, path, issues);
  const headers = compileHeaders(source.headers ?? {}, path, issues);
  const body = source.body === undefined ? undefined : compileJsonBody(source.body, `${path}.body`, issues);
  if (body !== undefined && source.method === "GET") {
    issues.push({ path: `${path}.body`, message: "a GET request has no body; use POST or leave the body out" });
  }
  if (url === undefined || issues.length > 0) return { ok: false, issues };
  return success({ method: source.method, url, headers, body });
}

/**
 * Renders a request for an event. The same template and event always give the same bytes.
 *
 * @param wholeBody what is sent when the template has no body of its own, as JSON text; without it nothing is
 */
export function renderRequest(
  template: RequestTemplate,
  envelope: PathContext,
  wholeBody?: () => string,
): Result<RenderedRequest, RenderReason> {
  try {
    return renderParts(template, envelope, wholeBody);
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    return failure("template_number_not_finite", "request: a number of this event is too large to be sent");
  }
}

function renderParts(
  template: RequestTemplate,
  envelope: PathContext,
  wholeBody: (() => string) | undefined,
): Result<RenderedRequest, RenderReason> {
  const url = renderUrl(template.url, envelope);
  if (!url.ok) return url;
  const headers = renderHeaders(template.headers, envelope);
  if (!headers.ok) return headers;
  const request: RenderedRequest = { method: template.method, url: url.value, headers: headers.value };
  const body = renderBody(template, envelope, wholeBody);
  if (body === undefined) return success(request);
  if (!body.ok) return body;
  if (byteLength(body.value) > REQUEST_BODY_BYTES_MAX) {
    return failure("template_body_too_large", `request.body: over ${REQUEST_BODY_BYTES_MAX} bytes`);
  }
  if (!headers.value.some(([name]) => name === "content-type")) {
    request.headers.push(["content-type", ["application/json"]]);
  }
  return success({ ...request, body: body.value });
}

function renderBody(
  { method, body }: RequestTemplate,
  envelope: PathContext,
  wholeBody: (() => string) | undefined,
): Result<RenderedText, RenderReason> | undefined {
  if (body !== undefined) return renderJsonBody(body, envelope);
  return wholeBody === undefined || method === "GET" ? undefined : success([wholeBody()]);
}

function byteLength(text: RenderedText): number {
  let bytes = 0;
  for (const part of text) if (typeof part === "string") bytes += encoder.encode(part).length;
  return bytes;
}

const encoder = new TextEncoder();
