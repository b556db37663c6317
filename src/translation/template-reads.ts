// Which paths a request template reads, and where. For checking templates against what events carry. Pure.

import { isJsonObject } from "../voucherify/read-json.ts";
import { readsOf } from "./expression.ts";
import { ITEM_NAME, TEMPLATE_DEPTH_MAX } from "./json-body.ts";
import { SETTINGS_NAME, type Path } from "./path.ts";
import type { RequestTemplateSource } from "./request.ts";
import { parseText, wholeExpression } from "./text.ts";

/** One expression of a template. */
export interface TemplateRead {
  /** Where it stands in the document: `targets.crm.request.body.name`. */
  place: string;
  path: Path;
  /** Whether its expression is made for what may be missing. */
  tolerant: boolean;
}

/** What a request template reads from events. What cannot be parsed reads nothing; compiling reports it. */
export function templateReads(request: RequestTemplateSource, place: string): TemplateRead[] {
  return readsOfRequest(request, place).filter((read) => !isSetting(read));
}

/** What one template string reads from events. */
export function templateTextReads(text: string, place: string): TemplateRead[] {
  return readsIn(text, place, NOWHERE).filter((read) => !isSetting(read));
}

/** What a request template, or one template string, reads from its target's settings: `$settings` and the names behind it. */
export function settingReads(template: RequestTemplateSource | string, place: string): TemplateRead[] {
  const reads = typeof template === "string" ? readsIn(template, place, NOWHERE) : readsOfRequest(template, place);
  return reads.filter(isSetting);
}

function readsOfRequest({ url, query, headers, body }: RequestTemplateSource, place: string): TemplateRead[] {
  const parts = Object.entries({ url, query, headers, body });
  return parts.flatMap(([key, value]) => readsIn(value, `${place}.${key}`, NOWHERE));
}

function isSetting({ path }: TemplateRead): boolean {
  return path[0] === SETTINGS_NAME;
}

interface Place {
  depth: number;
  /** What the names of loops stand for: a path into the event; undefined where it is not known. */
  locals: ReadonlyMap<string, Path | undefined>;
}

/** The top of a template, outside of every loop. */
const NOWHERE: Place = { depth: 0, locals: new Map() };

function readsIn(value: unknown, place: string, where: Place): TemplateRead[] {
  if (typeof value === "string") {
    const text = parseText(value);
    const expressions = (text.ok ? text.value : []).flatMap((part) => ("expression" in part ? [part.expression] : []));
    return expressions.flatMap((expression) =>
      readsOf(expression).flatMap((path) => {
        const read = follow(path, where.locals);
        const tolerant = expression.kind === "engine" && expression.engine.tolerant;
        return read === undefined ? [] : [{ place, path: read, tolerant }];
      }),
    );
  }
  if (where.depth > TEMPLATE_DEPTH_MAX || !(Array.isArray(value) || isJsonObject(value))) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const locals = key === "$do" && isJsonObject(value) ? withItem(value, where.locals) : where.locals;
    return readsIn(inner, `${place}.${key}`, { depth: where.depth + 1, locals });
  });
}

/** A path from the top of the event; undefined when it continues something that is not known. */
function follow(path: Path, locals: Place["locals"]): Path | undefined {
  const [first, ...rest] = path;
  if (first === undefined || !locals.has(first)) return path;
  const base = locals.get(first);
  return base === undefined ? undefined : [...base, ...rest];
}

/** The names inside a `$each`: its item stands for any of the list. */
function withItem(node: Record<string, unknown>, locals: Place["locals"]): Place["locals"] {
  const list = typeof node["$each"] === "string" ? parseText(node["$each"]) : undefined;
  const whole = list?.ok === true ? wholeExpression(list.value) : undefined;
  const path = whole?.kind === "path" ? follow(whole.path, locals) : undefined;
  const name = typeof node["$as"] === "string" ? node["$as"] : ITEM_NAME;
  return new Map(locals).set(name, path === undefined ? undefined : [...path, "[]"]);
}
