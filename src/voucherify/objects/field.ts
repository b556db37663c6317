// How the objects of this folder are written down. A field's schema carries what it means, a sample and a few notes, so
// that types, the field index and the example sendouts all come from the one place. Every field may be missing:
// two thirds of the vendor's own examples break the vendor's own schemas.

import * as v from "valibot";

/** Any schema of this folder. */
export type AnySchema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/** A field of an object: its schema, and that it may be missing. */
export type Field<T> = v.OptionalSchema<v.GenericSchema<T>, undefined>;

/** An object of named fields; keys not named here are let through. */
export type Shape<TEntries extends v.ObjectEntries> = v.LooseObjectSchema<TEntries, undefined>;

/**
 * What a value is for. `amount`: money as an integer in the smallest unit, without its currency, which Voucherify does
 * not send. `open`: an object whose keys the customer or the vendor chooses.
 */
export type FieldKind =
  | "text"
  | "id"
  | "choice"
  | "amount"
  | "points"
  | "count"
  | "number"
  | "flag"
  | "instant"
  | "date"
  | "object"
  | "list"
  | "open";

/** Which of several customers, vouchers or tiers of one sendout an object or id stands for. */
export type Role = "referrer" | "source" | "destination" | "from" | "to" | "reward";

/** What a schema knows about itself beside its meaning and its sample. */
export interface FieldNotes {
  kind: FieldKind;
  /** The kind of object: `customer`, `voucher`, … */
  name?: string;
  /** How the ids of this kind begin, e.g. `cust_`. */
  prefix?: string;
  role?: Role;
  /** The values known so far of a `choice`; others may come. */
  choices?: readonly string[];
  /** How the items of our examples' list differ from the item's own sample; otherwise there is one item. */
  items?: readonly object[];
  /** How our examples show the field; otherwise with its sample. */
  example?: "null" | "left out";
}

/** Free text. */
export function text(meaning: string, sample: string): Field<string> {
  return field(v.string(), meaning, sample, { kind: "text" });
}

/** An id; `prefix` is how Voucherify's ids of this kind begin today. The sample is made when an example is. */
export function id(prefix: string, meaning: string, role?: Role): Field<string> {
  return field(v.string(), meaning, prefix, { kind: "id", prefix, ...(role !== undefined && { role }) });
}

/** One of a few words; the first is the sample. Not enforced: Voucherify adds words. */
export function choice(meaning: string, choices: readonly [string, ...string[]]): Field<string> {
  return field(v.string(), meaning, choices[0], { kind: "choice", choices });
}

/** Money in the smallest unit of the project's currency. */
export function amount(meaning: string, sample: number): Field<number> {
  return field(v.number(), meaning, sample, { kind: "amount" });
}

/** Loyalty points. */
export function points(meaning: string, sample: number): Field<number> {
  return field(v.number(), meaning, sample, { kind: "points" });
}

/** How many. */
export function count(meaning: string, sample: number): Field<number> {
  return field(v.number(), meaning, sample, { kind: "count" });
}

/** A number that is neither money, points nor a count: a percentage, a ratio, a rank. */
export function number(meaning: string, sample: number): Field<number> {
  return field(v.number(), meaning, sample, { kind: "number" });
}

/** Yes or no. */
export function flag(meaning: string, sample: boolean): Field<boolean> {
  return field(v.boolean(), meaning, sample, { kind: "flag" });
}

/** A moment in UTC, ISO 8601 with milliseconds, or with microseconds where the sample has them. */
export function instant(meaning: string, sample = "2026-10-05T08:15:30.250Z"): Field<string> {
  return field(v.string(), meaning, sample, { kind: "instant" });
}

/** A day without time, `2026-12-31`. */
export function date(meaning: string, sample: string): Field<string> {
  return field(v.string(), meaning, sample, { kind: "date" });
}

/** An object whose keys are not known here: what is below it can be read, but not foretold. */
export function open(meaning: string, sample: Record<string, unknown>): Field<Record<string, unknown>> {
  return field(v.record(v.string(), v.unknown()), meaning, sample, { kind: "open" });
}

/** What people store on their own objects. */
export function metadata(sample: Record<string, unknown> = {}): Field<Record<string, unknown>> {
  return open("Your own properties of this object", sample);
}

/** The `object` key, in which an object says what it is. */
export function objectName(name: string): Field<string> {
  return text("What kind of object this is", name);
}

/** Several objects of a kind. `items` says how those of our examples differ from the object's own sample. */
export function list<T>(item: v.GenericSchema<T>, meaning: string, items?: readonly object[]): Field<T[]> {
  const notes: FieldNotes = { kind: "list", ...(items !== undefined && { items }) };
  return v.optional(v.pipe(v.array(item), v.description(meaning), v.metadata({ ...notes })));
}

/** Values without names, such as ids or weekdays. */
export function values<T>(item: v.GenericSchema<T>, meaning: string, sample: T[]): Field<T[]> {
  return field(v.array(item), meaning, sample, { kind: "list" });
}

/** Ids of one kind. */
export function ids(prefix: string, meaning: string): Field<string[]> {
  return field(v.array(v.string()), meaning, [prefix], { kind: "list", prefix });
}

/** A kind of object: its name, what it is, and its fields. */
export function shape<const TEntries extends v.ObjectEntries>(
  name: string,
  meaning: string,
  entries: TEntries,
): Shape<TEntries> {
  return v.pipe(
    v.looseObject(entries),
    v.description(meaning),
    v.metadata({ kind: "object", name } satisfies FieldNotes),
  );
}

/** An object inside another, with what it means there. */
export function part<T>(schema: v.GenericSchema<T>, meaning?: string, role?: Role): Field<T> {
  return v.optional(inRole(schema, meaning, role));
}

/** A nameless object inside another. */
export function group<const TEntries extends v.ObjectEntries>(
  meaning: string,
  entries: TEntries,
): v.OptionalSchema<Shape<TEntries>, undefined> {
  return v.optional(shape("", meaning, entries));
}

/** Another object, of which only id and name are given. */
export function named(
  prefix: string,
  meaning: string,
  sample: string,
): v.OptionalSchema<Shape<{ id: Field<string>; name: Field<string> }>, undefined> {
  return group(meaning, { id: id(prefix, "Its id"), name: text("Its name", sample) });
}

/** The same kind of object with a meaning, and perhaps a role, of its own. */
export function inRole<T>(schema: v.GenericSchema<T>, meaning?: string, role?: Role): v.GenericSchema<T> {
  const meant = meaning === undefined ? schema : v.pipe(schema, v.description(meaning));
  return role === undefined ? meant : v.pipe(meant, v.metadata({ role }));
}

/** Voucherify has been seen to send null here. */
export function orNull<T>({ wrapped }: Field<T>): Field<T | null> {
  return v.optional(v.nullable(wrapped));
}

/** Voucherify mostly sends null here, so our examples do too. */
export function mostlyNull<T>({ wrapped }: Field<T>): Field<T | null> {
  return v.optional(v.nullable(v.pipe(wrapped, v.metadata({ example: "null" }))));
}

/** Only some of these objects have it: our examples leave it out unless their story needs it. */
export function seldom<T>({ wrapped }: Field<T>): Field<T> {
  return v.optional(v.pipe(wrapped, v.metadata({ example: "left out" })));
}

function field<T>(schema: v.GenericSchema<T>, meaning: string, sample: T, notes: FieldNotes): Field<T> {
  return v.optional(
    v.pipe(schema, v.description(meaning), v.examples<T, readonly T[]>([sample]), v.metadata({ ...notes })),
  );
}
