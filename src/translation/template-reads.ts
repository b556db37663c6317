// Which paths a request template reads, and where. For checking templates against what events carry. Pure.

import { isJsonObject } from "../voucherify/read-json.ts";
import { TEMPLATE_DEPTH_MAX } from "./json-body.ts";
import type { Path } from "./path.ts";
import type { RequestTemplateSource } from "./request.ts";
import { parseText } from "./text.ts";

/** One expression of a template. */
export interface TemplateRead {
  /** Where it stands in the document: `targets.crm.request.body.name`. */
  place: string;
  path: Path;
}

/** Every expression of a request template. What cannot be parsed reads nothing; compiling reports it. */
export function templateReads({ url, query, headers, body }: RequestTemplateSource, place: string): TemplateRead[] {
  return Object.entries({ url, query, headers, body }).flatMap(([key, value]) => readsIn(value, `${place}.${key}`, 0));
}

function readsIn(value: unknown, place: string, depth: number): TemplateRead[] {
  if (typeof value === "string") {
    const text = parseText(value);
    return (text.ok ? text.value : []).flatMap((part) => ("path" in part ? [{ place, path: part.path }] : []));
  }
  if (depth > TEMPLATE_DEPTH_MAX || !(Array.isArray(value) || isJsonObject(value))) return [];
  return Object.entries(value).flatMap(([key, inner]) => readsIn(inner, `${place}.${key}`, depth + 1));
}
