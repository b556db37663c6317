// The fields of an event as rows of a tree: those of the catalogue with their meaning, and those that a real sendout has
// beside them, each with the value that it has there. Pure.

import { readPath, valueAt, writePath } from "../../../voucherify/json-path.ts";

/** A field as the catalogue has it. */
export interface CataloguedField {
  path: string;
  kind: string;
  nullable: boolean;
  presence: "required" | "optional" | "sample only";
  meaning: string;
  sample?: unknown;
}

/** A field, with what the event that is looked at has there. */
export interface EventField extends CataloguedField {
  /** Undefined where it has nothing. */
  value: unknown;
}

/** A sendout whose values are shown; `data` is what bare paths begin at. */
export interface Looked {
  envelope: unknown;
  data: unknown;
}

/** The catalogue's fields with an event's values, and whatever else the event has. */
export function fieldsWith(catalogued: readonly CataloguedField[], looked: Looked | undefined): EventField[] {
  const known = catalogued.map((field) => ({ ...field, value: looked && valueOf(looked, field.path) }));
  const paths = new Set(catalogued.map(({ path }) => path));
  const others = looked === undefined ? [] : leaves(looked.data, [], 0).filter(({ path }) => !paths.has(path));
  return [...known, ...others];
}

function valueOf({ envelope, data }: Looked, path: string): unknown {
  const steps = readPath(path).map((step) => (step === "[]" ? "0" : step));
  const [first, ...rest] = steps;
  return first === "$webhook" ? valueAt(envelope, rest) : valueAt(data, steps);
}

/** How deep fields of an event are looked for that the catalogue does not have. */
const DEPTH_MAX = 8;

/** Every value of an event with its path, of lists the first item. */
function leaves(value: unknown, path: readonly string[], depth: number): EventField[] {
  if (depth > DEPTH_MAX) return [];
  const inside = Array.isArray(value)
    ? [["[]", value[0] as unknown] as const]
    : typeof value === "object" && value !== null
      ? Object.entries(value)
      : [];
  const own =
    path.length === 0
      ? []
      : [{ ...UNKNOWN, path: written(path), kind: kindOf(value), nullable: value === null, value }];
  return [
    ...own,
    ...inside
      .filter(([, inner]) => inner !== undefined)
      .flatMap(([name, inner]) => leaves(inner, [...path, name], depth + 1)),
  ];
}

const UNKNOWN = { presence: "sample only", meaning: "Not in the catalogue; this sendout has it." } as const;

/** As the catalogue writes them: `order.items[].price`. */
function written(path: readonly string[]): string {
  return path.reduce(
    (text, step) => (step === "[]" ? `${text}[]` : text === "" ? writePath([step]) : `${text}.${writePath([step])}`),
    "",
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (value === null) return "null";
  return typeof value === "string" ? "text" : typeof value;
}

/** A row of the tree. */
export interface FieldRow {
  field: EventField;
  name: string;
  depth: number;
  /** Undefined where there is nothing below. */
  isOpen: boolean | undefined;
}

/** The rows that are to be seen: below what is open, or with a search whatever fits it, and the way there. */
export function rowsOf(fields: readonly EventField[], isOpen: (path: string) => boolean, sought: string): FieldRow[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const parents = new Set(fields.flatMap(({ path }) => parentsOf(path)));
  const wanted = words.length === 0 ? undefined : fitting(fields, words);
  return fields.flatMap((field) => {
    const { path } = field;
    const above = parentsOf(path);
    const isShown = wanted === undefined ? above.every(isOpen) : wanted.has(path);
    if (!isShown) return [];
    const open = parents.has(path) ? wanted !== undefined || isOpen(path) : undefined;
    const name = path.slice(above.at(-1)?.length ?? 0).replace(/^(?:\[\])?\.?/, "");
    return [{ field, name: name === "" ? "each" : name, depth: above.length, isOpen: open }];
  });
}

function fitting(fields: readonly EventField[], words: readonly string[]): ReadonlySet<string> {
  const hits = fields.filter(({ path, meaning, value }) => {
    const text = `${path} ${meaning} ${typeof value === "string" ? value : ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return new Set(hits.flatMap(({ path }) => [...parentsOf(path), path]));
}

/** The paths above a path, the topmost first: `order`, `order.items` above `order.items[].price`. */
export function parentsOf(path: string): string[] {
  const steps = readPath(path);
  const above: string[] = [];
  for (let length = 1; length < steps.length; length++) {
    const parent = written(steps.slice(0, length));
    if (!parent.endsWith("[]")) above.push(parent);
  }
  return above;
}
