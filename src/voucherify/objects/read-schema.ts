// What a schema of this folder says about itself, read back from under its wrappers.

import * as v from "valibot";
import type { AnySchema, FieldNotes } from "./field.ts";

/** A schema, read. */
export interface SchemaReading {
  notes: FieldNotes;
  meaning: string;
  nullable: boolean;
  /** The sample of a plain value. */
  sample: unknown;
  /** The fields of an object. */
  entries: Readonly<Record<string, AnySchema>>;
  /** What the items of a list are. */
  item: AnySchema | undefined;
}

/** Reads a schema made by the constructors of field.ts; what stands further out wins. */
export function readSchema(schema: AnySchema): SchemaReading {
  const layers = layersOf(schema);
  const inner = layers.at(-1) ?? schema;
  const notes: object = Object.assign({}, ...layers.toReversed().map((layer) => v.getMetadata(layer)));
  const [sample] = v.getExamples(inner) as readonly unknown[]; // of this very schema, whichever it is
  return {
    notes: { kind: "object", ...notes }, // written by field.ts, which has one type for them
    meaning: layers.map((layer) => v.getDescription(layer)).find((meaning) => meaning !== undefined) ?? "",
    nullable: layers.some(({ type }) => type === "nullable"),
    sample,
    entries: "entries" in inner ? (inner.entries as Record<string, AnySchema>) : {}, // an object schema's
    item: "item" in inner ? (inner.item as AnySchema) : undefined, // an array schema's
  };
}

/** The schema and all that it wraps, from the outside in. */
function layersOf(schema: AnySchema): AnySchema[] {
  // What `optional` and `nullable` wrap is a schema.
  return "wrapped" in schema ? [schema, ...layersOf(schema.wrapped as AnySchema)] : [schema];
}
