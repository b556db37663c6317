// A draft in its place in the table: the target, and the route that leads to it. Pure.

import { withPart, type TableDocument } from "../../../routing/edit-table.ts";
import { parseValue, type Operation } from "../table/condition-rows.ts";

/** A condition as the form has it: all of it text. */
export interface ConditionLine {
  path: string;
  op: Operation;
  value: string;
}

/** The route that is made for a target. */
export interface RouteDraft {
  id: string;
  events: readonly string[];
  /** None: all of them. */
  inlets: readonly string[];
  conditions: readonly ConditionLine[];
}

/** The table with a target put in, in the place of one of that name, and with a route to it where one is wanted. */
export function tableWith(
  table: TableDocument,
  name: string,
  target: Readonly<Record<string, unknown>>,
  route: RouteDraft | undefined,
): TableDocument {
  const put = withPart(table, "targets", { id: name, definition: target });
  return route === undefined ? put : withPart(put, "routes", { id: route.id, definition: definitionOf(route, name) });
}

function definitionOf({ events, inlets, conditions }: RouteDraft, target: string): Record<string, unknown> {
  const when = conditions.filter(({ path }) => path.trim() !== "").map(conditionOf);
  return {
    events: [...events],
    ...(inlets.length > 0 && { inlets: [...inlets] }),
    ...(when.length > 0 && { when }),
    to: [target],
  };
}

function conditionOf({ path, op, value }: ConditionLine): object {
  return { path: path.trim(), op, value: parseValue(op, value.trim()) };
}

/** A name that a table takes, made of any text: at most 40 small letters, digits and hyphens. */
export function nameFor(text: string, taken: ReadonlySet<string>): string {
  const base =
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, NAME_CHARS_MAX)
      .replaceAll(/^-+|-+$/g, "") || "target";
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(name)) return name;
  }
}

/** As long as a number behind it still fits the 40 that names have. */
const NAME_CHARS_MAX = 32;
