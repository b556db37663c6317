// A draft in its place in the table: the target, and the route that leads to it. Pure.

import { withPart, type TableDocument } from "../../../routing/edit-table.ts";

/** A condition as the form has it: all of it text. */
export interface ConditionLine {
  path: string;
  op: Operator;
  value: string;
}

/** What a condition can ask, as people say it. */
export const OPERATORS = [
  ["eq", "is"],
  ["ne", "is not"],
  ["gt", "is more than"],
  ["gte", "is at least"],
  ["lt", "is less than"],
  ["lte", "is at most"],
  ["in", "is one of"],
  ["contains", "contains"],
  ["exists", "is there"],
] as const;
export type Operator = (typeof OPERATORS)[number][0];

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
  const field = path.trim();
  if (op === "exists") return { path: field, op, value: value !== "false" };
  if (op === "in") return { path: field, op, value: value.split(",").map((one) => scalarOf(one.trim())) };
  return { path: field, op, value: scalarOf(value.trim()) };
}

/** What somebody means who writes `100`, `true` or `null`; in double quotes it is a text all the same. */
function scalarOf(text: string): unknown {
  if (/^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?|true|false|null|".*")$/s.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text; // quotes that are part of it
    }
  }
  return text;
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
