// What arrives and is not in the catalogue: event types that nobody has described, and fields outside the objects of
// this folder. Voucherify adds both without notice. Pure. It tells where and which kind of value, never the value:
// observations are kept and shown longer, and to more people, than payloads are.

import { findEvent } from "./catalogue.ts";
import type { EventDefinition } from "./catalogue/definition.ts";
import { describeKind } from "./describe-kind.ts";
import { writePath } from "./json-path.ts";
import type { NormalisedEvent } from "./normalise.ts";
import type { AnySchema } from "./objects/field.ts";
import { readSchema, type SchemaReading } from "./objects/read-schema.ts";
import { SendoutSchema } from "./objects/sendout.ts";

/** Something that arrived and is not in the catalogue. */
export interface DriftObservation {
  kind: "type" | "field";
  /** The event's type, cut at 200 characters. */
  type: string;
  /**
   * Where it is, as the field index writes it: `order.items[].tax`, `` customer.`shoe size` ``, in the envelope
   * `$webhook.event.category`; cut at 200 characters. Of an unknown type `$webhook.event.type`.
   */
  path: string;
  /** Kind and size of the value: "text of 12 characters", "number", "list of 3", "object with 4 keys". */
  example: string;
}

/** Observations that one event may give. Voucherify adds a field or two at a time; more is another kind of body. */
export const DRIFT_OBSERVATIONS_MAX = 50;

/** Values that are looked at in one event, ten times our largest example; those nearest to the root come first. */
export const DRIFT_VALUES_MAX = 5_000;

/** Characters of a type or path: enough for the deepest path of the catalogue, and little to keep. */
const TEXT_LENGTH_MAX = 200;

/** The keys an object may have, or the objects of a list. Null: its keys are chosen by people and are not looked at. */
interface Known extends ReadonlyMap<string, Known | null> {}

/** What is known of the data of one event type. */
interface KnownData {
  keys: Known;
  /** Keys that tell such data from designed data: those it always has or, where nobody says, all it may have. */
  telling: readonly string[];
  /** How many of them must be there: each that it always has, or half of those it may have. */
  tellingMin: number;
}

/** A list or object that is still to be looked at. */
interface Place {
  value: object;
  known: Known;
  path: string;
}

const NOTHING: Known = new Map();
const UNKNOWN_DATA: KnownData = { keys: NOTHING, telling: [], tellingMin: 0 };

// Reading schemas costs more than comparing an event, so it is done once for each type that occurs. As many entries as
// the catalogue has types, for as long as the isolate lives: the catalogue does not change.
const compiled = new Map<EventDefinition, KnownData>();
let envelopeKeys: Known | undefined;

/**
 * What of an event is not in the catalogue: its type, and each unknown field once, without what is below it. Empty for
 * the events that are as they should be.
 *
 * Fields are compared in v2024-01-01 only. Metadata and its like are left alone, and so is the data of a distribution
 * that somebody has designed: where a key that its type always has is missing or, of a type without such keys, more than
 * half of those it may have.
 */
export function findDrift(event: NormalisedEvent): DriftObservation[] {
  const { version, envelope } = event;
  // The type of a raw payload is what the inlet's owner wrote, and its data is designed.
  if (version === null) return [];
  const type = cut(event.type);
  const definition = findEvent(event.type);
  const observations: DriftObservation[] =
    definition === undefined
      ? [{ kind: "type", type, path: "$webhook.event.type", example: describeKind(event.type) }]
      : [];
  if (version !== "v2024-01-01") return observations;
  const places: Place[] = [{ value: envelope, known: knownEnvelope(), path: "$webhook" }];
  if (!isDesigned(event, definition)) {
    places.push({ value: envelope.data, known: knownData(definition).keys, path: "" });
  }
  for (const [path, example] of unknownFields(places, DRIFT_OBSERVATIONS_MAX - observations.length)) {
    observations.push({ kind: "field", type, path, example });
  }
  return observations;
}

/** Whether a body's data is, in all likelihood, of somebody's own making. Project webhooks cannot be designed. */
function isDesigned({ shape, envelope }: NormalisedEvent, definition: EventDefinition | undefined): boolean {
  if (shape === "project webhook") return false;
  if (definition === undefined) return true; // nothing to tell it by
  const { telling, tellingMin } = knownData(definition);
  return telling.filter((key) => Object.hasOwn(envelope.data, key)).length < tellingMin;
}

/** Path and kind of every field that is not known, breadth first: a long list starves nothing but itself. */
function unknownFields(places: Place[], atMost: number): Map<string, string> {
  const found = new Map<string, string>();
  let visited = 0;
  // `places` grows while it is read.
  for (const { value, known, path } of places) {
    if (Array.isArray(value)) {
      for (const item of value) {
        if (++visited > DRIFT_VALUES_MAX) return found;
        if (isContainer(item)) places.push({ value: item, known, path: `${path}[]` });
      }
      continue;
    }
    for (const key of Object.keys(value)) {
      if (found.size >= atMost || ++visited > DRIFT_VALUES_MAX) return found;
      const inner: unknown = Reflect.get(value, key);
      const knownInside = known.get(key);
      if (knownInside === undefined) observe(found, cut(join(path, writeName(key))), inner);
      else if (knownInside !== null && isContainer(inner)) {
        places.push({ value: inner, known: knownInside, path: join(path, key) });
      }
    }
  }
  return found;
}

/** Notes a field unless it has been seen in another item of its list, where null says less than anything else. */
function observe(found: Map<string, string>, path: string, value: unknown): void {
  const example = found.get(path);
  if (example === undefined || example === "null") found.set(path, describeKind(value));
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** A name as paths have it, a long one cut; what would break a line is shown as U+FFFD. */
function writeName(name: string): string {
  return writePath([name.slice(0, TEXT_LENGTH_MAX + 1)]).replaceAll(/\p{Cc}/gu, "\u{fffd}");
}

function cut(text: string): string {
  // A cut, or the sender, may have left half a character.
  return (text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX - 1)}…` : text).toWellFormed();
}

/** The keys around the data; the data has a place of its own. */
function knownEnvelope(): Known {
  envelopeKeys ??= new Map([...keysOf(readSchema(SendoutSchema)), ["data", null]]);
  return envelopeKeys;
}

function knownData(definition: EventDefinition | undefined): KnownData {
  if (definition === undefined) return UNKNOWN_DATA;
  const known = compiled.get(definition) ?? compile(definition);
  compiled.set(definition, known);
  return known;
}

function compile({ data }: EventDefinition): KnownData {
  const entries = Object.entries(data);
  const required = entries.filter(([, { presence }]) => presence === "required").map(([key]) => key);
  const telling = required.length > 0 ? required : entries.map(([key]) => key);
  return {
    keys: new Map(entries.map(([key, { schema }]) => [key, knownBelow(key, schema)])),
    telling,
    tellingMin: required.length > 0 ? required.length : Math.ceil(telling.length / 2),
  };
}

/** What is known below a key. What is called metadata is people's own, also where a schema names keys of it. */
function knownBelow(key: string, schema: AnySchema): Known | null {
  if (key === "metadata") return null;
  const reading = readSchema(schema);
  return reading.notes.kind === "open" ? null : keysOf(reading);
}

/** The keys of an object, or of a list's items; a plain value has none. */
function keysOf({ entries, item }: SchemaReading): Known {
  if (item !== undefined) return keysOf(readSchema(item));
  const keys = Object.entries(entries);
  return keys.length === 0 ? NOTHING : new Map(keys.map(([key, entry]) => [key, knownBelow(key, entry)]));
}
