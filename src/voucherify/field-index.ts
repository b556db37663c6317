// What a template can read from an event of each type: every path with its kind, meaning and sample, read from the
// catalogue's schemas. For completion, for checking templates before they are published, and for the documentation.

import { findEvent } from "./catalogue.ts";
import type { DataKey } from "./catalogue/definition.ts";
import { readPath, writePath } from "./json-path.ts";
import { nearestPath } from "./nearest-path.ts";
import type { AnySchema, FieldKind } from "./objects/field.ts";
import { readSchema } from "./objects/read-schema.ts";
import { SendoutSchema } from "./objects/sendout.ts";

/** One path of an event. */
export interface EventField {
  /** From the event's `data`: `customer.email`, `order.items[].price` in lists, `$webhook.event.type` in the envelope. */
  path: string;
  kind: FieldKind;
  /** Whether null has been declared or seen here; a parent that is null or missing is not counted. */
  nullable: boolean;
  /** How surely the key of `data` it is in is there. Below that every field may be missing. */
  presence: DataKey["presence"];
  meaning: string;
  /** An example of the value; undefined for objects and for lists of objects. */
  sample: unknown;
  /** Of an id: how it begins. */
  prefix?: string;
  /** Of a choice: the values known so far. */
  choices?: readonly string[];
}

/** Whether a path can be read. `maybe`: nobody says that it is there, and nobody says that it is not. */
export type FieldAnswer = "yes" | "maybe" | "no";

/** The name under which a template reads the envelope. */
const ENVELOPE_NAME = "$webhook";

/** A segment that says which item of a list. */
const POSITION = /^(?:\d+|\[\])$/;

/**
 * Every path of an event type (or alias), the envelope's last. Of a type that is not in the catalogue only the
 * envelope's are known. A distribution whose payload was designed by hand carries something else altogether.
 */
export function fieldsOf(type: string): readonly EventField[] {
  const data = Object.entries(findEvent(type)?.data ?? {}).flatMap(([key, { schema, presence, nullable }]) => {
    const fields = fieldsBelow(schema, key, presence);
    return fields.map((field) => (field.path === key ? { ...field, nullable: field.nullable || nullable } : field));
  });
  return [...data, ...fieldsBelow(SendoutSchema, ENVELOPE_NAME, "required")];
}

/**
 * Whether an event of this type has a field at the path, which may be written with positions (`items[0].price`,
 * `items.0.price`) or without (`items[].price`). `maybe` for what is below metadata, for types that are undocumented or
 * unknown, and for a list read through without saying which item: expressions can, plain paths cannot.
 */
export function hasField(type: string, path: string): FieldAnswer {
  const written = readPath(path);
  if (written[0] === ENVELOPE_NAME) {
    if (written[1] === "data") return hasField(type, writePath(written.slice(2)));
    return answer(SendoutSchema, written.slice(1));
  }
  const definition = findEvent(type);
  if (definition === undefined) return "maybe";
  if (path === "") return "yes";
  const [first = "", ...rest] = written;
  const key = Object.hasOwn(definition.data, first) ? definition.data[first] : undefined;
  if (!definition.documented) return "maybe";
  return key === undefined ? "no" : answer(key.schema, rest);
}

/** The path of this event type that was probably meant, or undefined when nothing is near. */
export function suggestField(type: string, path: string): string | undefined {
  const written = readPath(path).map((segment) => (POSITION.test(segment) ? "[]" : segment));
  const paths = fieldsOf(type).map((field) => field.path);
  return nearestPath(written.join(".").replaceAll(".[]", "[]"), paths);
}

function fieldsBelow(schema: AnySchema, path: string, presence: DataKey["presence"]): EventField[] {
  const { notes, meaning, nullable, sample, entries, item } = readSchema(schema);
  const { kind, prefix, choices } = notes;
  const field: EventField = {
    path,
    kind,
    nullable,
    presence,
    meaning,
    sample: kind === "id" ? `${prefix}…` : kind === "list" && prefix !== undefined ? [`${prefix}…`] : sample,
    ...(prefix !== undefined && { prefix }),
    ...(choices !== undefined && { choices }),
  };
  const below = Object.entries(entries).flatMap(([key, entry]) => fieldsBelow(entry, `${path}.${key}`, presence));
  const items = kind === "list" && item !== undefined ? itemFields(item, path, presence) : [];
  return [field, ...below, ...items];
}

/** The fields of a list's items. The items themselves are a path only where they are plain values. */
function itemFields(item: AnySchema, path: string, presence: DataKey["presence"]): EventField[] {
  const { entries } = readSchema(item);
  return Object.entries(entries).flatMap(([key, entry]) => fieldsBelow(entry, `${path}[].${key}`, presence));
}

function answer(schema: AnySchema, path: readonly string[]): FieldAnswer {
  const [first, ...rest] = path;
  if (first === undefined) return "yes";
  const { notes, entries, item } = readSchema(schema);
  if (notes.kind === "open") return "maybe";
  if (item !== undefined) {
    if (POSITION.test(first)) return answer(item, rest);
    return answer(item, path) === "no" ? "no" : "maybe";
  }
  const entry = Object.hasOwn(entries, first) ? entries[first] : undefined;
  return entry === undefined ? "no" : answer(entry, rest);
}
