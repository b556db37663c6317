// A target's request template: compiled once per version of the routing table, rendered once per delivery. Pure.

import * as v from "valibot";
import type { Issue } from "../issues.ts";
import { failure, success, type Result } from "../result.ts";
import { bodyTooLarge, compileBody, CONTENT_TYPES, renderBody, type BodyTemplate } from "./body.ts";
import { Budget } from "./engine/budget.ts";
import { ExpressionError } from "./engine/error.ts";
import { compileHeaders, renderHeaders, type HeaderTemplate } from "./headers.ts";
import { NotFiniteError } from "./json-text.ts";
import type { PathContext } from "./path.ts";
import {
  MissingPolicySchema,
  type MissingPolicy,
  type RenderReason,
  type RenderedRequest,
  type RenderedText,
} from "./rendered.ts";
import { complete, type Scope, type Settings, type Work } from "./scope.ts";
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
  pathSecret: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "The name of a Worker secret that is the rest of the URL's path, behind its last slash: for hooks whose URL is the secret.",
      ),
    ),
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
  encoding: v.optional(
    v.pipe(
      v.picklist(["json", "form", "text"]),
      v.description(
        "How the body is written: json (as when left out), form (application/x-www-form-urlencoded: an object of plain values), or text (one string).",
      ),
    ),
    "json",
  ),
  missing: v.optional(
    v.pipe(
      MissingPolicySchema,
      v.description(
        "What becomes of a value in the body that the event does not have: omit its key (as when left out), null, or error, which fails the delivery.",
      ),
    ),
    "omit",
  ),
  body: v.optional(
    v.pipe(
      v.unknown(),
      v.description(
        "The body. A string that is one {{ expression }} keeps its value's type. Left out: the payload when the target states one, else no body.",
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
  body: BodyTemplate | undefined;
  missing: MissingPolicy;
  /** Where it stands in the table; errors say where in the request they are instead. */
  path: string;
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
  const url = compileUrl(source, source.query ?? {}, path, issues);
  const headers = compileHeaders(source.headers ?? {}, path, issues);
  const body = source.body === undefined ? undefined : compileBody(source, path, issues);
  if (body !== undefined && source.method === "GET") {
    issues.push({ path: `${path}.body`, message: "a GET request has no body; use POST or leave the body out" });
  }
  if (url === undefined || issues.length > 0) return { ok: false, issues };
  const tooLarge = sizeIssue(source);
  if (tooLarge !== undefined) return { ok: false, issues: [{ path, message: tooLarge }] };
  return success({ method: source.method, url, headers, body, missing: source.missing, path });
}

/** Largest request template, in characters of JSON: twice what Voucherify's Payload designer takes, which grows a bit. */
const TEMPLATE_LENGTH_MAX = 131_072;

/** Most expressions of a request template. */
const EXPRESSIONS_MAX = 1_000;

/** What is too large about a template whose body is not too deep to be written. */
function sizeIssue(source: RequestTemplateSource): string | undefined {
  const written = JSON.stringify(source);
  if (written.length > TEMPLATE_LENGTH_MAX) return `a request has up to ${TEMPLATE_LENGTH_MAX} characters of JSON`;
  if (written.split("{{").length - 1 > EXPRESSIONS_MAX) return `a request has up to ${EXPRESSIONS_MAX} expressions`;
  return undefined;
}

/** What a request is rendered for. */
export interface RenderInput {
  event: PathContext;
  /** What ids are made of: the sendout's id and the route's. */
  seed: string;
  /** When the event happened, in milliseconds since 1970; the receipt's time where it does not say. */
  happenedAt: number;
  /** When the sendout was received, in milliseconds since 1970. */
  receivedAt: number;
  /** What `$settings` is. */
  settings?: Settings | undefined;
  /** What is sent when the template has no body of its own, as JSON text; without it nothing is. */
  wholeBody?: (() => string) | undefined;
}

/** Renders a request for an event. The same template and input always give the same bytes. */
export async function renderRequest(
  template: RequestTemplate,
  input: RenderInput,
): Promise<Result<RenderedRequest, RenderReason>> {
  try {
    return await complete(renderParts(template, input));
  } catch (error) {
    if (error instanceof ExpressionError) {
      const place = error.place?.replace(template.path, "request") ?? "request";
      return failure(error.reason, `${place}: ${error.message}`);
    }
    if (!(error instanceof NotFiniteError)) throw error;
    return failure("template_number_not_finite", "request: a number of this event is too large to be sent");
  }
}

function* renderParts(template: RequestTemplate, input: RenderInput): Work<Result<RenderedRequest, RenderReason>> {
  const { event, seed, happenedAt, receivedAt, settings, wholeBody } = input;
  const context = { seed, position: "", happenedAt, receivedAt, budget: new Budget() };
  const scope: Scope = { event, locals: NO_LOCALS, context, settings };
  const url = yield* renderUrl(template.url, scope);
  if (!url.ok) return url;
  const headers = yield* renderHeaders(template.headers, scope);
  if (!headers.ok) return headers;
  const request: RenderedRequest = { method: template.method, url: url.value, headers: headers.value };
  const body = yield* renderWhole(template, scope, wholeBody);
  if (body === undefined) return success(request);
  if (isTooLarge(body.text)) throw bodyTooLarge(REQUEST_BODY_BYTES_MAX);
  if (!headers.value.some(([name]) => name === "content-type")) {
    request.headers.push(["content-type", [body.contentType]]);
  }
  return success({ ...request, body: body.text });
}

const NO_LOCALS: ReadonlyMap<string, unknown> = new Map();

function* renderWhole(
  { method, body, missing }: RequestTemplate,
  scope: Scope,
  wholeBody: (() => string) | undefined,
): Work<{ text: RenderedText; contentType: string } | undefined> {
  if (body !== undefined) return yield* renderBody(body, scope, missing, REQUEST_BODY_BYTES_MAX);
  if (wholeBody === undefined || method === "GET") return undefined;
  return { text: [wholeBody()], contentType: CONTENT_TYPES.json };
}

/** Whether a body has too many bytes. It is only counted where its length leaves that open. */
function isTooLarge(text: RenderedText): boolean {
  const parts = text.filter((part) => typeof part === "string");
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length * BYTES_PER_UNIT_MAX <= REQUEST_BODY_BYTES_MAX) return false;
  return parts.reduce((bytes, part) => bytes + encoder.encode(part).length, 0) > REQUEST_BODY_BYTES_MAX;
}

/** The most bytes of UTF-8 that a UTF-16 unit takes; a character of four has two units. */
const BYTES_PER_UNIT_MAX = 3;

const encoder = new TextEncoder();
