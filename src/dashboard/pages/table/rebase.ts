// A draft on top of what somebody else has published meanwhile: part by part, whatever the draft has changed stays changed,
// and everything else is as they left it. Pure.

import { partsOf, withoutPart, withPart, type PartKind, type TableDocument } from "../../../routing/edit-table.ts";
import { isFields, KINDS } from "./part.ts";

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

/** The settings and whatever else a table has, key by key. */
function besideParts(base: TableDocument, draft: TableDocument, { document, clashes }: Rebased): Rebased {
  const keys = [...new Set([...Object.keys(base), ...Object.keys(draft)])].filter(
    (key) => !KINDS.some((kind) => kind === key),
  );
  const touched = keys.filter((key) => !isSame(base[key], draft[key]));
  const kept = Object.entries(document).filter(([key]) => !touched.includes(key));
  const changed = touched.flatMap((key) => (draft[key] === undefined ? [] : [[key, draft[key]] as const]));
  return {
    // It has its inlets, targets and routes still: no other key is touched.
    document: Object.fromEntries([...kept, ...changed]) as TableDocument,
    clashes: [...clashes, ...touched.filter((key) => isClash(base[key], draft[key], document[key]))],
  };
}

function isClash(was: unknown, is: unknown, now: unknown): boolean {
  return !isSame(was, now) && !isSame(is, now);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
