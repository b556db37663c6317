// Voucherify's guide to the change of payload version, computed: what becomes of every field of a v2018-08-01 body when
// its webhook is switched to v2024-01-01. Other than a conversion, which can carry everything along, this says what
// Voucherify itself will send. Pure.

import { toChange, type FieldChange } from "../conversion.ts";
import { downgrade } from "../downgrade.ts";
import { hasField } from "../field-index.ts";
import { readPath, valueAt, writePath, type JsonPath } from "../json-path.ts";
import type { NormalisedEvent } from "../normalise.ts";
import { convertTo } from "../payload.ts";
import { isJsonObject, type JsonObject } from "../read-json.ts";

/** A sendout of each version, of one event type. */
export interface Pair {
  /** As v2018-08-01 had it. */
  old: NormalisedEvent;
  /** As v2024-01-01 has it, where one was seen; the catalogue knows the rest. */
  current?: NormalisedEvent | undefined;
}

/** What stands around the data of every body, whether or not the one at hand says it. */
const FRAME: readonly Line[] = [
  { from: ["id"], to: ["event", "id"] },
  { from: ["webhook_id"], to: ["id"] },
  { from: ["project_id"], to: ["project_id"] },
  { from: ["created_at"], to: ["created_at"] },
  { from: ["type"], to: ["type"] },
  { from: ["metadata", "source"], to: ["event", "event_source", "channel"] },
];

/** Where a field was and where it is. */
interface Line {
  from: JsonPath;
  to: JsonPath;
}

/** The old version, made of the new one. */
interface Remade {
  /** Of the current sendout. */
  body: JsonObject;
  /** Places of that body about which v2024-01-01 says nothing. */
  unsaid: ReadonlySet<string>;
  /** Of the old sendout, after a way through v2024-01-01. */
  again: JsonObject;
}

/** What becomes of the fields of one event type. */
export class FieldMigration {
  readonly #pair: Pair;
  readonly #lines: Line[];
  readonly #report: FieldChange[];
  #remade: Remade | undefined;

  constructor(pair: Pair) {
    this.#pair = pair;
    this.#report = convertTo(pair.old, "v2024-01-01").report;
    const moved = this.#report.flatMap(({ from, to }) =>
      from === null || to === null ? [] : [{ from: readPath(from), to: readPath(to) }],
    );
    this.#lines = [...moved, ...FRAME];
  }

  /** The value of the old body at a path. */
  valueIn(path: JsonPath): unknown {
    return valueAt(this.#pair.old.received, path);
  }

  /** Every plain value, list and empty object of the old body at or below a path. */
  leavesAt(path: JsonPath): JsonPath[] {
    const value = this.valueIn(path);
    if (value === undefined) return [];
    const names = isJsonObject(value) ? Object.keys(value) : [];
    return names.length === 0 ? [path] : names.flatMap((name) => this.leavesAt([...path, name]));
  }

  /** The event it was understood as. */
  get envelope(): JsonObject {
    return this.#pair.old.envelope;
  }

  /** Whether v2024-01-01 sends something at a path of its body. */
  isSent(path: JsonPath): boolean {
    const { old, current } = this.#pair;
    if (current !== undefined && valueAt(current.envelope, path) !== undefined) return true;
    const [first, ...rest] = path;
    return hasField(old.type, first === "data" ? writePath(rest) : writePath(["$webhook", ...path])) !== "no";
  }

  /** Where v2024-01-01 has the field that the old body has at a path, the most telling place first. */
  placesOf(path: JsonPath): JsonPath[] {
    return this.#lines
      .filter(({ from }) => from.every((name, index) => path[index] === name))
      .toSorted((one, other) => telling(other) - telling(one))
      .map(({ from, to }) => [...to, ...path.slice(from.length)])
      .filter((place) => this.isSent(place));
  }

  /** Whether a path that the old body lacks is inside something of it that v2024-01-01 has nowhere. */
  isInsideDropped(path: JsonPath): boolean {
    const around = path.slice(0, -1);
    if (around.length === 0) return false;
    if (this.valueIn(around) === undefined) return this.isInsideDropped(around);
    return [around, ...this.leavesAt(around)].every((place) => this.placesOf(place).length === 0);
  }

  /** The old version as Signalbox goes on making it; undefined while there is nothing to make it of. */
  remade(): Remade | undefined {
    const { old, current } = this.#pair;
    if (this.#remade !== undefined || current === undefined) return this.#remade;
    const { body, report } = convertTo(current, "v2018-08-01");
    const unsaid = new Set(report.flatMap(({ change, to }) => (change === "unknown" && to !== null ? [to] : [])));
    const sender = old.shape === "project event" ? "webhook" : "distribution";
    this.#remade = { body, unsaid, again: downgrade(old.envelope, old.type, sender).body };
    return this.#remade;
  }

  /** Where in the old body a value of the event it was understood as comes from. */
  originsOf(path: JsonPath): JsonPath[] {
    return this.#lines
      .filter(({ to }) => to.every((name, index) => path[index] === name))
      .map(({ from, to }) => [...from, ...path.slice(to.length)]);
  }

  /** What becomes of every field, in the order of the old body, then what is new. */
  changes(): FieldChange[] {
    const { received } = this.#pair.old;
    const fields = Object.keys(received).flatMap((name) => this.#changesAt(received[name], [name]));
    const changes = fields.map(({ from, to }) => toChange(from, to ?? null));
    // A `webhook_id` of null says nothing, but it is where the new `id` was all the same.
    const told = new Set(changes.map(({ to }) => to));
    return [...changes, ...this.#report.filter(({ change, to }) => change === "unknown" && !told.has(to))];
  }

  #changesAt(value: unknown, path: JsonPath): Fate[] {
    const names = isJsonObject(value) ? Object.keys(value) : [];
    if (!isJsonObject(value) || names.length === 0) return [{ from: path, to: this.placesOf(path)[0] }];
    const below = names.flatMap((name) => this.#changesAt(value[name], [...path, name]));
    const to = commonParent(below, path, names);
    if (to === "none") return below;
    return [{ from: path, to }, ...(to === undefined ? [] : below.filter((fate) => fate.to === undefined))];
  }
}

/** A field of the old body and where it is; undefined where it is nowhere. */
interface Fate {
  from: JsonPath;
  to: JsonPath | undefined;
}

/**
 * Where an object went, when all of it that is left went there together: then one line says it, and one for each part
 * that is dropped. Undefined when nothing is left of it, "none" when its parts went different ways.
 */
function commonParent(below: readonly Fate[], path: JsonPath, names: readonly string[]): JsonPath | undefined | "none" {
  const heads = below.filter(({ from }) => from.length === path.length + 1);
  if (heads.length < names.length) return "none";
  const kept = heads.filter(({ to }) => to !== undefined);
  const parents = kept.map(({ from, to }) => (to?.at(-1) === from.at(-1) ? to?.slice(0, -1) : undefined));
  const [first] = parents;
  if (kept.length === 0) return undefined;
  if (first === undefined || first.length === 0) return "none";
  return parents.every((parent) => isSamePath(parent, first)) ? first : "none";
}

/** How much a line says about a field: that data is data still, then how closely it speaks of it. */
function telling({ from, to }: Line): number {
  return (from[0] === to[0] ? 1_000 : 0) + from.length;
}

function isSamePath(one: JsonPath | undefined, other: JsonPath | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((name, index) => other[index] === name);
}
