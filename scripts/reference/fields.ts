// A JSON Schema as the rows of a table: one for each field, those of inner objects behind it with their whole path.

import type { Schema } from "./document.ts";

/** One row. */
export interface Field {
  /** Dotted; `[]` stands for each item of a list, `<name>` for each name of an object whose names are free. */
  path: string;
  isRequired: boolean;
  type: Type;
  description: string;
}

/** What a field may be: words, and names of schemas that are explained elsewhere. */
export type Type = readonly (string | { schema: string })[];

/** How deep a table goes; the routing table's templates have no end of their own. */
const DEPTH_MAX = 6;

/** The rows of a schema; none for what is no object and no list of objects. */
export function fieldsOf(schema: Schema, prefix = "", depth = 0): Field[] {
  if (depth > DEPTH_MAX || schema.$ref !== undefined) return [];
  const inner = [...(schema.allOf ?? []), ...alternativesOf(schema)];
  if (inner.length > 0) return mergeFields(inner.flatMap((one) => fieldsOf(one, prefix, depth + 1)));
  if (schema.items !== undefined) return fieldsOf(schema.items, `${prefix}[]`, depth + 1);
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    const row = { path, isRequired, type: typeOf(field), description: describeField(field) };
    return [row, ...fieldsOf(field, path, depth + 1)];
  });
  const { additionalProperties: others } = schema;
  return typeof others === "object" ? [...named, ...fieldsOf(others, `${prefix}.<name>`, depth + 1)] : named;
}

/** The same field of several alternatives is one row. */
function mergeFields(fields: readonly Field[]): Field[] {
  return [...new Map(fields.map((field) => [`${field.path} ${JSON.stringify(field.type)}`, field])).values()];
}

/** What a schema allows, in words. */
export function typeOf(schema: Schema): Type {
  if (schema.$ref !== undefined) return [{ schema: schema.$ref.split("/").at(-1) ?? "" }];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum !== undefined) return [schema.enum.map((value) => JSON.stringify(value)).join(" or ")];
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return joinTypes(alternatives.map(typeOf), " or ");
  if (schema.allOf !== undefined) return joinTypes(schema.allOf.map(typeOf), " with ");
  if (schema.items !== undefined) return ["list of ", ...typeOf(schema.items)];
  if (typeof schema.additionalProperties === "object")
    return ["object with any names, each ", ...typeOf(schema.additionalProperties)];
  return [plainType(schema)];
}

function plainType({ type, format, minimum, maximum }: Schema): string {
  if (type === undefined) return "anything";
  const name = format === "date-time" ? "instant" : WORDS[String(type)];
  const from = minimum === undefined ? "" : ` from ${minimum}`;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`;
  return `${name ?? String(type)}${from}${to}`;
}

/** What people call them. */
const WORDS: Readonly<Record<string, string>> = { string: "text", integer: "whole number", array: "list" };

function alternativesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [];
}

/** Alternatives that read the same are one. */
function joinTypes(types: readonly Type[], separator: string): Type {
  const different = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  return different.flatMap((type, index) => (index === 0 ? type : [separator, ...type]));
}

function describeField({ description = "", default: byDefault }: Schema): string {
  if (byDefault === undefined) return description;
  return `${description}${description === "" ? "" : " "}\`${JSON.stringify(byDefault)}\` when left out.`;
}
