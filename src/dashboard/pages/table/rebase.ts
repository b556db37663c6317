// A draft on top of what somebody else has published meanwhile: part by part, whatever the draft has changed stays changed,
// and everything else is as they left it. Pure.

import { partsOf, withoutPart, withPart, type PartKind, type TableDocument } from "../../../routing/edit-table.ts";
import { isFields, KINDS, type Fields } from "./part.ts";

/** A draft on another version. */
export interface Rebased {
  document: TableDocument;
  /** What both have changed, and differently: the draft's stands there now. */
  clashes: string[];
}

/**
 * Puts a draft on top of another version.
 *
 * @param base what the draft began from
 * @param theirs what is in force now
 */
export function rebase(base: TableDocument, draft: TableDocument, theirs: TableDocument): Rebased {
  const begun: Rebased = { document: theirs, clashes: [] };
  const withParts = KINDS.reduce((sum, kind) => byKind(kind, base, draft, sum), begun);
  return besideParts(base, draft, withOrder(base, draft, withParts));
}

function byKind(kind: PartKind, base: TableDocument, draft: TableDocument, { document, clashes }: Rebased): Rebased {
  const [was, is, now] = [base, draft, document].map(
    (one) => new Map(partsOf(one, kind).map(({ id, definition }) => [id, definition])),
  ) as [Definitions, Definitions, Definitions]; // three in, three out
  const touched = [...new Set([...was.keys(), ...is.keys()])].filter((id) => !isSame(was.get(id), is.get(id)));
  return {
    document: touched.reduce((sum, id) => {
      const definition = is.get(id);
      return isFields(definition) ? withPart(sum, kind, { id, definition }) : withoutPart(sum, kind, id);
    }, document),
    clashes: [
      ...clashes,
      ...touched.filter((id) => isClash(was.get(id), is.get(id), now.get(id))).map((id) => `${kind}.${id}`),
    ],
  };
}

type Definitions = Map<string, unknown>;

/** The draft's order where the draft has changed it; what it does not know stands behind. */
function withOrder(base: TableDocument, draft: TableDocument, { document, clashes }: Rebased): Rebased {
  const [was, is, now] = [base, draft, document].map(({ routes }) => routes.map(({ id }) => id)) as [
    string[],
    string[],
    string[],
  ]; // three in, three out
  const hasBetween = is.some((id, index) => !was.includes(id) && index < is.length - 1);
  if (!hasBetween && !isReordered(was, is)) return { document, clashes };
  const placeOf = ({ id }: { id: string }) => (is.includes(id) ? is.indexOf(id) : is.length);
  return {
    document: { ...document, routes: document.routes.toSorted((one, other) => placeOf(one) - placeOf(other)) },
    clashes: isReordered(was, now) ? [...clashes, "the order of the routes"] : clashes,
  };
}

/** Whether those that both have stand in another order. */
function isReordered(was: readonly string[], is: readonly string[]): boolean {
  const [stayed, before] = [is.filter((id) => was.includes(id)), was.filter((id) => is.includes(id))];
  return !isSame(stayed, before);
}

/** Whatever else a table has, key by key, and the settings section by section: each has a form of its own. */
function besideParts(base: TableDocument, draft: TableDocument, { document, clashes }: Rebased): Rebased {
  const [was, is] = [besideOf(base), besideOf(draft)];
  const sections = byKey(sectionsOf(base), sectionsOf(draft), sectionsOf(document));
  const settings = Object.keys(sections.merged).length === 0 ? undefined : sections.merged;
  const isUntouched = isSame(base["settings"], draft["settings"]);
  const others = byKey(was, isUntouched ? is : { ...is, settings }, document);
  return {
    document: others.merged as TableDocument, // it has its inlets, targets and routes still: no other key is touched
    clashes: [
      ...clashes,
      ...others.clashes.filter((key) => key !== "settings"),
      ...sections.clashes.map((key) => `settings.${key}`),
    ],
  };
}

/** What the draft has changed as the draft has it, everything else as it is now. */
function byKey(was: Fields, is: Fields, now: Fields): { merged: Fields; clashes: string[] } {
  const touched = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !isSame(was[key], is[key]));
  const merged = new Map(Object.entries(now));
  for (const key of touched) {
    if (is[key] === undefined) merged.delete(key);
    else merged.set(key, is[key]);
  }
  return {
    merged: Object.fromEntries(merged),
    clashes: touched.filter((key) => isClash(was[key], is[key], now[key])),
  };
}

function besideOf({ inlets: _inlets, targets: _targets, routes: _routes, ...beside }: TableDocument): Fields {
  return beside;
}

function sectionsOf({ settings }: TableDocument): Fields {
  return isFields(settings) ? settings : {};
}

function isClash(was: unknown, is: unknown, now: unknown): boolean {
  return !isSame(was, now) && !isSame(is, now);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
