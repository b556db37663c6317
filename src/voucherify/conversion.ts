// Moving a body from one payload version to the other. What is moved is reported by the very step that moves it, so
// that the body and the report cannot disagree; what no step has moved is dropped, and the report says so.

import * as v from "valibot";
import { valueAt, writePath, type JsonPath } from "./json-path.ts";
import { isJsonObject, textOf, type JsonObject } from "./read-json.ts";

/**
 * What became of a field. `kept`: same place. `renamed`: another name in the same object. `moved`: another place.
 * `dropped`: the new body has no place for it, or another value there. `unknown`: a place of the new body about which
 * the old one says nothing.
 */
const ChangeSchema = v.picklist(["kept", "renamed", "moved", "dropped", "unknown"]);

/**
 * One line of a report. It speaks of its field and of everything below that has no `dropped` of its own; a field of
 * which several lines speak is in several places now.
 */
export const FieldChangeSchema = v.pipe(
  v.object({
    change: ChangeSchema,
    from: v.pipe(v.nullable(v.string()), v.description("In the old body; null when it says nothing.")),
    to: v.pipe(v.nullable(v.string()), v.description("In the new body; null when it is dropped.")),
  }),
  v.metadata({ ref: "FieldChange" }),
);
export type FieldChange = v.InferOutput<typeof FieldChangeSchema>;

/** A body, converted, and what became of every field. */
export interface Converted {
  body: JsonObject;
  report: FieldChange[];
}

/** One conversion under way. Neither body is ever changed in place. */
export class Conversion {
  readonly #old: JsonObject;
  readonly #body: JsonObject = {};
  /** Objects of the new body that were made here and may be written to; all others are the old body's. */
  readonly #made = new WeakSet<object>();
  readonly #moves: { from: JsonPath; to: JsonPath }[] = [];
  readonly #silent: JsonPath[] = [];

  constructor(old: JsonObject) {
    this.#old = old;
  }

  /** The new body so far. */
  get body(): JsonObject {
    return this.#body;
  }

  /** Places of the new body about which the old one says nothing. */
  get unknown(): string[] {
    return this.#silent.map(writePath);
  }

  /** The value of the old body at a path. */
  read(from: JsonPath): unknown {
    return valueAt(this.#old, from);
  }

  /**
   * Puts a value of the old body into the new one, if there is one. Where something is already, the first stays: of
   * two accounts of one thing the later only adds what the first leaves out.
   */
  move(from: JsonPath, to: JsonPath): void {
    const value = this.read(from);
    if (value === undefined) return;
    const there = valueAt(this.#body, to);
    if (there === undefined) this.#put(to, value);
    else if (isJsonObject(there) && isJsonObject(value) && !isSame(there, value)) {
      if (isSameThing(there, value)) this.#merge(value, from, to);
      return;
    } else if (!isSame(there, value)) return;
    this.#moves.push({ from, to });
  }

  /** Like `move`, but only a text that says something. */
  moveText(from: JsonPath, to: JsonPath): void {
    if (textOf(this.read(from)) !== null) this.move(from, to);
  }

  /** Puts null, or what the shape has instead, where nothing is: the old body does not say. */
  silence(to: JsonPath, instead: unknown = null): void {
    if (valueAt(this.#body, to) !== undefined) return;
    this.#put(to, instead);
    this.#silent.push(to);
  }

  /** Puts what every body of the new version has there, unless something is there. It is in no report. */
  constant(to: JsonPath, value: unknown): void {
    if (valueAt(this.#body, to) === undefined) this.#put(to, value);
  }

  /** What became of every field: those of the old body in the order of its keys, then what the new one does not know. */
  report(): FieldChange[] {
    const dropped = uncovered(this.#old, coverOf(this.#moves.map(({ from }) => from)), []);
    const order = new Map(Object.keys(this.#old).map((name, position) => [name, position]));
    const positionOf = ([name = ""]: JsonPath) => order.get(name) ?? -1;
    const lines: { from: JsonPath; to: JsonPath | null }[] = [
      ...this.#moves,
      ...dropped.map((from) => ({ from, to: null })),
    ];
    return [
      ...lines
        .toSorted((one, other) => positionOf(one.from) - positionOf(other.from))
        .map(({ from, to }) => toChange(from, to)),
      ...this.#silent.map((to) => ({ change: "unknown" as const, from: null, to: writePath(to) })),
    ];
  }

  #put(to: JsonPath, value: unknown): void {
    define(this.#ownAt(to.slice(0, -1)), to.at(-1) ?? "", value);
  }

  /** Puts into an object of the new body what it leaves out, key by key. */
  #merge(value: JsonObject, from: JsonPath, to: JsonPath): void {
    const owner = this.#ownAt(to);
    for (const name of Object.keys(value)) {
      const inner = value[name];
      const there = Object.hasOwn(owner, name) ? owner[name] : undefined;
      const same = there === undefined || isSame(there, inner);
      if (there === undefined) define(owner, name, inner);
      if (same) this.#moves.push({ from: [...from, name], to: [...to, name] });
      else if (isJsonObject(there) && isJsonObject(inner) && isSameThing(there, inner)) {
        this.#merge(inner, [...from, name], [...to, name]);
      }
    }
  }

  /** The object at a path of the new body, to be written to: copied once, not each time, or seconds pass. */
  #ownAt(path: JsonPath): JsonObject {
    let owner = this.#body;
    for (const name of path) {
      const there = Object.hasOwn(owner, name) ? owner[name] : undefined;
      if (isJsonObject(there) && this.#made.has(there)) owner = there;
      else {
        const copy: JsonObject = isJsonObject(there) ? { ...there } : {};
        this.#made.add(copy);
        define(owner, name, copy);
        owner = copy;
      }
    }
    return owner;
  }
}

/** Sets a property of an object's own: an assignment to `__proto__` would change its prototype. */
function define(owner: JsonObject, name: string, value: unknown): void {
  if (name !== "__proto__") owner[name] = value;
  else Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The report of a body that is passed on as it is. */
export function keptReport(body: JsonObject): FieldChange[] {
  return Object.keys(body).map((name) => {
    const path = writePath([name]);
    return { change: "kept", from: path, to: path };
  });
}

/** A line of a report: what became of a field that is now at `to`, or nowhere. */
export function toChange(from: JsonPath, to: JsonPath | null): FieldChange {
  if (to === null) return { change: "dropped", from: writePath(from), to: null };
  const renamed = isSame(from.slice(0, -1), to.slice(0, -1));
  const change = isSame(from, to) ? "kept" : renamed ? "renamed" : "moved";
  return { change, from: writePath(from), to: writePath(to) };
}

/** Whether two values are the same, key order included: those of one order are, and others are compared key by key. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === others.length &&
    names.every((name, at) => name === others[at] && isSame(Reflect.get(one, name), Reflect.get(other, name)))
  );
}

/** Whether two objects may be two accounts of one thing: not when they have different ids. */
function isSameThing(one: JsonObject, other: JsonObject): boolean {
  return one["id"] === undefined || other["id"] === undefined || one["id"] === other["id"];
}

/** The moved paths as a tree; an end is a path that was moved with everything below. */
type Cover = "all" | Map<string, Cover>;

function coverOf(paths: readonly JsonPath[]): Cover {
  const root = new Map<string, Cover>();
  for (const path of paths) {
    let branch = root;
    for (const [index, name] of path.entries()) {
      const known = branch.get(name);
      if (known === "all") break;
      const next: Cover = index === path.length - 1 ? "all" : (known ?? new Map<string, Cover>());
      branch.set(name, next);
      if (next === "all") break;
      branch = next;
    }
  }
  return root;
}

/** The shortest paths that nothing at or below them was moved from. */
function uncovered(value: unknown, cover: Cover | undefined, path: JsonPath): JsonPath[] {
  if (cover === "all") return [];
  if (cover === undefined) return [path];
  if (!isJsonObject(value)) return [];
  return Object.keys(value).flatMap((name) => uncovered(value[name], cover.get(name), [...path, name]));
}
