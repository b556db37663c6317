// Makes an example value from a schema: the sample of each field, with ids and times that belong together.

import type { AnySchema, Role } from "../objects/field.ts";
import { readSchema } from "../objects/read-schema.ts";
import type { JsonObject } from "../read-json.ts";
import { FLAVOURS, ROLES, type Flavour } from "./flavours.ts";
import { merge } from "./merge.ts";

/** What all the values of one example share. */
export interface Setting {
  flavour: Flavour;
  /** The id of a kind (`cust_`); `part` tells several of the same kind apart and is mostly empty. */
  id: (prefix: string, part: string) => string;
  /** How much later than the schemas' samples the example happens, in milliseconds. */
  shiftMs: number;
}

/** An example of the schema; undefined where examples leave it out. */
export function sampleOf(schema: AnySchema, setting: Setting, role?: Role): unknown {
  const { notes, sample, item, entries } = readSchema(schema);
  if (notes.example !== undefined) return notes.example === "null" ? null : undefined;
  switch (notes.kind) {
    case "id":
      return idOf(notes.prefix ?? "", setting, notes.role ?? role);
    case "instant":
    case "date":
      return shift(String(sample), setting.shiftMs);
    case "list":
      if (notes.prefix !== undefined) return [idOf(notes.prefix, setting)];
      return item === undefined || sample !== undefined ? sample : listOf(item, notes.items ?? [{}], setting);
    case "object":
      return objectOf(entries, notes.name ?? "", setting, notes.role);
    case "text":
    case "choice":
    case "amount":
    case "points":
    case "count":
    case "number":
    case "flag":
    case "open":
      return sample;
  }
}

function listOf(item: AnySchema, items: readonly object[], setting: Setting): unknown[] {
  return items.map((changes, position) => {
    const inside: Setting =
      position === 0 ? setting : { ...setting, id: (prefix, part) => setting.id(prefix, `${part}${position}`) };
    const sample = sampleOf(item, inside) as JsonObject; // list() is for objects only
    return merge(sample, { ...changes }, "adapt");
  });
}

function objectOf(entries: Record<string, AnySchema>, name: string, setting: Setting, role?: Role): JsonObject {
  const inside: Setting = role === "reward" ? { ...setting, flavour: "reward" } : setting;
  const object: JsonObject = {};
  for (const [key, schema] of Object.entries(entries)) {
    // A role belongs to the object itself and not to the others that it mentions.
    const value = sampleOf(schema, inside, key === "id" ? role : undefined);
    if (value !== undefined) object[key] = value;
  }
  const flavoured = merge(object, FLAVOURS[inside.flavour][name] ?? {}, "adapt");
  return role === undefined ? flavoured : merge(flavoured, ROLES[role][name] ?? {}, "adapt");
}

/** Vouchers and campaigns are others in each flavour; everything else is the same throughout. */
function idOf(prefix: string, setting: Setting, role?: Role): string {
  return setting.id(prefix, role ?? (prefix === "v_" || prefix === "camp_" ? setting.flavour : ""));
}

/** A time in the same precision, moved. */
function shift(text: string, byMs: number): string {
  if (byMs === 0) return text;
  const moved = new Date(Date.parse(text) + byMs).toISOString();
  if (!text.includes("T")) return moved.slice(0, "2026-12-31".length);
  const microseconds = /\.\d{3}(\d+)Z$/.exec(text)?.[1] ?? "";
  return moved.replace("Z", `${microseconds}Z`);
}
