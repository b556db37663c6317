// What differs between two routing tables, part by part and by name, as a person would tell it. Pure.

import { diffValues } from "./diff-values.ts";
import { partsOf, type Part, type PartKind, type TableDocument } from "./edit-table.ts";

/** One difference. A part that is new or gone is one difference, whole. */
export interface TableChange {
  change: "added" | "removed" | "changed" | "moved";
  /** Dotted, routes by their id: `targets.crm.request.url`, `routes.vip.when.0`. */
  path: string;
  before?: unknown;
  after?: unknown;
}

const KINDS: readonly PartKind[] = ["inlets", "targets", "routes"];

/** What differs, in the order of a table: inlets, targets, routes, then everything beside them. */
export function diffTables(before: TableDocument, after: TableDocument): TableChange[] {
  return [
    ...KINDS.flatMap((kind) => diffParts(kind, partsOf(before, kind), partsOf(after, kind))),
    ...diffOrder(before, after),
    ...fieldChanges("", besideParts(before), besideParts(after)),
  ];
}

/** Parts in the order in which they are now; behind them those that are gone. */
function diffParts(kind: PartKind, before: readonly Part[], after: readonly Part[]): TableChange[] {
  const earlier = new Map(before.map(({ id, definition }) => [id, definition]));
  const later = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap(({ id, definition }): TableChange[] => {
      const path = `${kind}.${id}`;
      if (!earlier.has(id)) return [{ change: "added", path, after: definition }];
      return fieldChanges(path, earlier.get(id), definition);
    }),
    ...before.flatMap(({ id, definition }): TableChange[] =>
      later.has(id) ? [] : [{ change: "removed", path: `${kind}.${id}`, before: definition }],
    ),
  ];
}

function fieldChanges(path: string, before: unknown, after: unknown): TableChange[] {
  return diffValues(before, after, path).map((one) => ({
    change: !("before" in one) ? "added" : "after" in one ? "changed" : "removed",
    ...one,
  }));
}

/** Of two routes that lead to one target the first is taken, so that their order is part of what a table says. */
function diffOrder(before: TableDocument, after: TableDocument): TableChange[] {
  const [earlier, later] = [before, after].map(({ routes }) => routes.map(({ id }) => id)) as [string[], string[]]; // two in, two out
  const stayed = later.filter((id) => earlier.includes(id));
  const order = earlier.filter((id) => later.includes(id));
  if (stayed.every((id, index) => id === order[index])) return [];
  return [{ change: "moved", path: "routes", before: earlier, after: later }];
}

function besideParts({ inlets: _inlets, targets: _targets, routes: _routes, ...rest }: TableDocument): object {
  return rest;
}
