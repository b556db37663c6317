// Fields that a table reads and that nothing coming by ever has: a slip of the pen that would otherwise show only as an
// empty value in somebody else's system. Pure.

import { writePath } from "../voucherify/json-path.ts";
import { hasField, suggestField } from "../voucherify/field-index.ts";
import type { RoutingTable } from "./table.ts";
import { tableReads, type TableRead } from "./table-reads.ts";

/** How many event types a better path is looked for in; the first has it, or it is special to one. */
const SUGGESTED_FROM_MAX = 5;

/**
 * A sentence for every expression and condition that reads a field no event coming by there has. Nothing is said where
 * types come by that the catalogue does not know, or in forms of the payload that have no index of fields.
 */
export function readWarnings(table: RoutingTable): string[] {
  return tableReads(table).flatMap((read) => {
    const { place, payload, types, unheardOf, designed } = read;
    if (payload === "v2018-08-01" || payload === "as received" || unheardOf || types.length === 0) return [];
    const path = writePath(read.path);
    if (types.some((type) => hasField(type, path) !== "no")) return [];
    const better = suggest(read, path);
    const meant = better === undefined ? "" : `; did you mean ${better}?`;
    const unless = designed ? ", unless somebody designed the payload so" : "";
    const which = types.length === 1 ? `${types[0]} has no ${path}` : `none of the events coming by has ${path}`;
    return [`${place}: ${which}${unless}${meant}`];
  });
}

function suggest({ types }: TableRead, path: string): string | undefined {
  for (const type of types.slice(0, SUGGESTED_FROM_MAX)) {
    const better = suggestField(type, path);
    if (better !== undefined) return better;
  }
  return undefined;
}
