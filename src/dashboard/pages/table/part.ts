// The parts of a table as this page speaks of them: their names, their addresses, and edits of one. Whatever an edit is not
// about stays as somebody wrote it.

import {
  findPart,
  readDocument,
  withoutPart,
  withPart,
  type PartKind,
  type TableDocument,
} from "../../../routing/edit-table.ts";
import { PART_NAME_LENGTH_MAX, PART_NAME_PATTERN, PART_NAME_RULE } from "../../../part-name.ts";

/** One part of a table. */
export interface PartRef {
  kind: PartKind;
  id: string;
}

/** A part's definition, of which a form knows some fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** What one of a kind is called. */
export const ONE: Readonly<Record<PartKind, string>> = { inlets: "inlet", targets: "target", routes: "route" };

/** The kinds, in the order in which a sendout comes by them. */
export const KINDS: readonly PartKind[] = ["inlets", "routes", "targets"];

/** A part's address. */
export function hrefOf({ kind, id }: PartRef): string {
  return `/table/${kind}/${encodeURIComponent(id)}`;
}

/** Whether a value is an object with keys, as every part is. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list's texts, each once; none of what is no list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter((one) => typeof one === "string"))] : [];
}

/** A part's definition; undefined where there is no such part, or it is no object. */
export function definitionOf(document: TableDocument, { kind, id }: PartRef): Fields | undefined {
  const definition = findPart(document, kind, id)?.definition;
  return isFields(definition) ? definition : undefined;
}

/** What stands at a place of a value; undefined where there is nothing. */
export function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (Array.isArray(value)) return valueAt(value[Number(key)], rest);
  return isFields(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

/**
 * A definition with something else at one place. Undefined takes what is there away, and with it every object that is left
 * with nothing in it.
 */
export function withField(fields: Fields, [key, ...rest]: readonly string[], value: unknown): Fields {
  if (key === undefined) return fields;
  const inner = Object.hasOwn(fields, key) ? fields[key] : undefined;
  const next = rest.length === 0 ? value : emptyToNothing(withField(isFields(inner) ? inner : {}, rest, value));
  if (next !== undefined) return { ...fields, [key]: next };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}

function emptyToNothing(fields: Fields): Fields | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** The document with another name for a part, in its place, wherever routes name it. */
export function withName(document: TableDocument, { kind, id }: PartRef, name: string): TableDocument {
  if (kind === "routes") {
    return { ...document, routes: document.routes.map((route) => (route.id === id ? { ...route, id: name } : route)) };
  }
  const key = kind === "targets" ? "to" : "inlets";
  const parts = Object.entries(document[kind]).map(([of, definition]) => [of === id ? name : of, definition] as const);
  const routes = document.routes.map((route) => {
    const named = route[key];
    return Array.isArray(named) && named.includes(id)
      ? { ...route, [key]: named.map((one: unknown) => (one === id ? name : one)) }
      : route;
  });
  const renamed = { ...document, [kind]: Object.fromEntries(parts), routes };
  // The webhook in Voucherify posts to an inlet, by its name.
  const place = ["settings", "voucherify", "inlet"];
  const isWatched = kind === "inlets" && valueAt(document, place) === id;
  return isWatched ? readDocument(withField(renamed, place, name)) : renamed;
}

/** The document with a copy of a part under another name; a route's copy stands right behind it. */
export function withCopy(document: TableDocument, ref: PartRef, name: string): TableDocument {
  const definition = definitionOf(document, ref);
  if (definition === undefined) return document;
  const after = document.routes[document.routes.findIndex(({ id }) => id === ref.id) + 1];
  return withPart(document, ref.kind, { id: name, definition }, ref.kind === "routes" ? after?.id : undefined);
}

/** The document with a route some places further on; it stops at the ends. */
export function withRouteMoved(document: TableDocument, id: string, by: number): TableDocument {
  const at = document.routes.findIndex((route) => route.id === id);
  const route = document.routes[at];
  if (route === undefined) return document;
  const to = Math.min(Math.max(at + by, 0), document.routes.length - 1);
  return { ...document, routes: document.routes.toSpliced(at, 1).toSpliced(to, 0, route) };
}

/** The document with one part as another document has it, which may be not at all. */
export function withPartOf(document: TableDocument, other: TableDocument, { kind, id }: PartRef): TableDocument {
  const definition = definitionOf(other, { kind, id });
  return definition === undefined ? withoutPart(document, kind, id) : withPart(document, kind, { id, definition });
}

/** What is wrong with a name for a new part; undefined where nothing is. */
export function nameIssue(document: TableDocument, kind: PartKind, name: string): string | undefined {
  if (!PART_NAME_PATTERN.test(name)) return `${PART_NAME_RULE[0]?.toUpperCase()}${PART_NAME_RULE.slice(1)}.`;
  return findPart(document, kind, name) === undefined ? undefined : `There is a ${ONE[kind]} of that name.`;
}

/** A name for a copy that nothing has yet: `crm-2`, `crm-3`, … */
export function freeName(document: TableDocument, kind: PartKind, name: string): string {
  for (let number = 2; ; number++) {
    const suffix = `-${number}`;
    const free = `${name.slice(0, PART_NAME_LENGTH_MAX - suffix.length)}${suffix}`;
    if (findPart(document, kind, free) === undefined) return free;
  }
}
