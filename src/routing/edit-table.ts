// One part of a routing table's document, found, put or taken out: an inlet, a target or a route. Everything else of the
// document stays as somebody wrote it, key order and all. Pure.

import * as v from "valibot";

/** What a table has parts of. */
export type PartKind = "inlets" | "targets" | "routes";

const DocumentSchema = v.looseObject({
  inlets: v.record(v.string(), v.unknown()),
  targets: v.record(v.string(), v.unknown()),
  routes: v.array(v.looseObject({ id: v.string() })),
});
/** A published document as far as editing knows it. */
export type TableDocument = v.InferOutput<typeof DocumentSchema>;

/** A part with its name. */
export interface Part {
  id: string;
  /** As it stands in the document. */
  definition: unknown;
}

/** A part to be put into a table; the name counts, not what a route's definition says of it. */
export interface NewPart extends Part {
  definition: Readonly<Record<string, unknown>>;
}

/**
 * A published document, ready to be edited.
 *
 * @throws ValiError when it never was a routing table
 */
export function readDocument(document: unknown): TableDocument {
  return v.parse(DocumentSchema, document);
}

/** The parts of a kind, in the document's order. */
export function partsOf(document: TableDocument, kind: PartKind): Part[] {
  if (kind === "routes") return document.routes.map((route) => ({ id: route.id, definition: route }));
  return Object.entries(document[kind]).map(([id, definition]) => ({ id, definition }));
}

/** A part by its name; undefined when there is none. */
export function findPart(document: TableDocument, kind: PartKind, id: string): Part | undefined {
  return partsOf(document, kind).find((part) => part.id === id);
}

/**
 * The document with a part put in the place of the one of that name, or behind the others when it is new.
 *
 * @param before of a route: the one that it is put before, wherever it stood; that one has to be there
 */
export function withPart(document: TableDocument, kind: PartKind, part: NewPart, before?: string): TableDocument {
  const { id, definition } = part;
  if (kind !== "routes") return { ...document, [kind]: { ...document[kind], [id]: definition } };
  const route = Object.assign({ id }, definition, { id });
  const at = document.routes.findIndex((one) => one.id === id);
  if (before === undefined && at >= 0) return { ...document, routes: document.routes.with(at, route) };
  const others = document.routes.filter((one) => one.id !== id);
  const place = before === undefined ? others.length : others.findIndex((one) => one.id === before);
  return { ...document, routes: others.toSpliced(place, 0, route) };
}

/** The document without a part. */
export function withoutPart(document: TableDocument, kind: PartKind, id: string): TableDocument {
  if (kind === "routes") return { ...document, routes: document.routes.filter((route) => route.id !== id) };
  return { ...document, [kind]: Object.fromEntries(Object.entries(document[kind]).filter(([name]) => name !== id)) };
}

/** The routes that name a part, which therefore has to stay. */
export function usersOf(document: TableDocument, kind: PartKind, id: string): string[] {
  if (kind === "routes") return [];
  const key = kind === "targets" ? "to" : "inlets";
  return document.routes.flatMap((route) => {
    const named = route[key];
    return Array.isArray(named) && named.includes(id) ? [route.id] : [];
  });
}

/**
 * Where an issue of the whole table is in one part: `targets.crm.request.url` is `request.url` of `crm`. What is wrong
 * elsewhere keeps its place in the table.
 */
export function placeInPart(document: TableDocument, kind: PartKind, id: string, path: string): string {
  const name = kind === "routes" ? String(document.routes.findIndex((route) => route.id === id)) : id;
  const prefix = `${kind}.${name}`;
  if (path === prefix) return "(root)";
  return path.startsWith(`${prefix}.`) ? path.slice(prefix.length + 1) : path;
}
