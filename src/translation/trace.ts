// Why a value is empty: every expression of a request with what it gave, and for a path that gave nothing the first
// name on its way that is missing. For previews; it is never part of rendering.

import * as v from "valibot";
import { isJsonObject } from "../voucherify/read-json.ts";
import { valueAt, writePath, type JsonPath } from "../voucherify/json-path.ts";
import { ExpressionError } from "./engine/error.ts";
import { evaluate, readsOf, type Expression } from "./expression.ts";
import { ITEM_NAME, TEMPLATE_DEPTH_MAX } from "./json-body.ts";
import { ENVELOPE_NAME, SETTINGS_NAME } from "./path.ts";
import type { RequestTemplateSource } from "./request.ts";
import { complete, type Scope } from "./scope.ts";
import { parseText, wholeExpression } from "./text.ts";

/** One expression and what became of it. */
export const TraceEntrySchema = v.pipe(
  v.object({
    place: v.pipe(v.string(), v.description("Where it stands: `request.body.name`.")),
    expression: v.pipe(v.string(), v.description("As written between the braces.")),
    value: v.exactOptional(v.pipe(v.unknown(), v.description("What it gave; absent when nothing."))),
    empty: v.exactOptional(v.pipe(v.string(), v.description("Why it gave nothing: `customer.address is null`."))),
    error: v.exactOptional(v.pipe(v.string(), v.description("Why it failed."))),
  }),
  v.metadata({ ref: "TraceEntry" }),
);
export type TraceEntry = v.InferOutput<typeof TraceEntrySchema>;

/** How many expressions are traced; a template has a thousand at most. */
const ENTRIES_MAX = 1_000;

/** How much all values of a trace may have as JSON, in characters: a thousand expressions can each give a whole payload. */
const VALUES_CHARS_MAX = 4_000_000;

/** A trace under way. */
interface Tracing {
  entries: TraceEntry[];
  charsLeft: number;
}

/** Traces every expression of a request, up to what people can read; of what a `$each` makes, that of its first item. */
export async function traceRequest(
  { url, query, headers, body }: RequestTemplateSource,
  scope: Scope,
): Promise<TraceEntry[]> {
  const tracing: Tracing = { entries: [], charsLeft: VALUES_CHARS_MAX };
  for (const [key, value] of Object.entries({ url, query, headers, body })) {
    await traceValue(value, `request.${key}`, scope, tracing, 0);
  }
  return tracing.entries;
}

async function traceValue(value: unknown, place: string, scope: Scope, tracing: Tracing, depth: number): Promise<void> {
  if (typeof value === "string") return traceText(value, place, scope, tracing);
  if (depth > TEMPLATE_DEPTH_MAX || !(Array.isArray(value) || isJsonObject(value))) return;
  for (const [key, inner] of Object.entries(value)) {
    const inside = key === "$do" && isJsonObject(value) ? await firstItem(value, scope) : scope;
    if (inside !== undefined) await traceValue(inner, `${place}.${key}`, inside, tracing, depth + 1);
  }
}

async function traceText(text: string, place: string, scope: Scope, tracing: Tracing): Promise<void> {
  const parsed = parseText(text);
  for (const part of parsed.ok ? parsed.value : []) {
    if (!("expression" in part) || tracing.entries.length >= ENTRIES_MAX || tracing.charsLeft < 0) continue;
    const said = await traceExpression(part.expression, scope);
    tracing.charsLeft -= JSON.stringify(said).length;
    tracing.entries.push({ place, expression: part.source, ...said });
  }
}

async function traceExpression(expression: Expression, scope: Scope): Promise<Partial<TraceEntry>> {
  try {
    const value = await complete(evaluate(expression, scope));
    const empty = value === undefined || value === null ? whyEmpty(expression, scope) : undefined;
    return { ...(value !== undefined && { value }), ...(empty !== undefined && { empty }) };
  } catch (error) {
    const empty = whyEmpty(expression, scope);
    const message = error instanceof ExpressionError ? error.message : "it failed";
    return { error: message, ...(empty !== undefined && { empty }) };
  }
}

/** Of the paths that an expression reads, the first that leads nowhere, and where it ends. */
function whyEmpty(expression: Expression, scope: Scope): string | undefined {
  for (const path of readsOf(expression)) {
    const reason = firstMissing(path, scope, expression.kind);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function firstMissing(
  path: JsonPath,
  { event, locals, settings }: Scope,
  kind: Expression["kind"],
): string | undefined {
  const [first = "", ...rest] = path;
  const roots = new Map<string, unknown>([[ENVELOPE_NAME, event], [SETTINGS_NAME, settings], ...locals]);
  let value: unknown = roots.has(first) ? roots.get(first) : valueAt(event.data, [first]);
  if (value === undefined) return `${writePath([first])} is missing`;
  for (const [index, name] of rest.entries()) {
    const walked = path.slice(0, index + 1);
    if (Array.isArray(value) && !/^\d+$/.test(name)) {
      // A plain path goes by positions. Any other expression looks into every item; the first one stands for all.
      if (kind === "path") {
        const ofFirst = writePath([...walked, "0", ...rest.slice(index)]);
        return `${writePath(walked)} is a list: write ${ofFirst}`;
      }
      [value] = value as unknown[]; // isArray says `any[]`
    }
    if (value === null) return `${writePath(walked)} is null`;
    value = valueAt(value, [name]);
    if (value === undefined) return `${writePath([...walked, name])} is missing`;
  }
  return value === null ? `${writePath(path)} is null` : undefined;
}

/** The scope inside a `$each`; undefined when its list has no items. */
async function firstItem(node: Record<string, unknown>, scope: Scope): Promise<Scope | undefined> {
  const parsed = typeof node["$each"] === "string" ? parseText(node["$each"]) : undefined;
  const list = parsed?.ok === true ? wholeExpression(parsed.value) : undefined;
  if (list === undefined) return undefined;
  const value = await complete(evaluate(list, scope)).catch(() => undefined); // its own entry says why
  const items: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  if (items.length === 0) return undefined;
  const name = typeof node["$as"] === "string" ? node["$as"] : ITEM_NAME;
  const { context, locals } = scope;
  const position = context.position === "" ? "0" : `${context.position}.0`; // ids are made of it
  return { ...scope, locals: new Map(locals).set(name, items[0]), context: { ...context, position } };
}
