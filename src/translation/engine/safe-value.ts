// Payload data as JSONata may have it. It takes some objects for functions, and writes into lists that it reads.

import { isJsonObject, type JsonObject } from "../../voucherify/read-json.ts";
import { LIST_LENGTH_MAX, tooManyError } from "./budget.ts";

/** An object with one of these is a function to JSONata when its value is true. */
const FUNCTION_MARKS: ReadonlySet<string> = new Set(["_jsonata_lambda", "_jsonata_function"]);

/** Copies by what they were made of; each lives as long as that does, usually one sendout. */
const copies = new WeakMap<object, unknown>();

/**
 * A JSON value as expressions may have it: a copy as far as it must differ, so that nothing is written into the payload,
 * no object is a function, and no list lets itself be written into. Written as JSON it is the same. What has too many
 * values to be looked at fails whoever looks. Made once of each value.
 */
export function safeForEngine(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy = copyOf(value);
  copies.set(value, copy);
  return copy;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return copyOfList(value);
  return isJsonObject(value) ? copyOfObject(value) : value;
}

function copyOfList(list: unknown[]): unknown[] {
  if (list.length > LIST_LENGTH_MAX) return new Proxy<unknown[]>([], FAILING);
  return list.length === 0 ? new EmptyList() : list.map(copyOf);
}

/** A list that stays empty: where JSONata groups an empty list, it appends undefined to it. */
class EmptyList extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array; // what is made of it is a list like any other
  }

  override push(): number {
    return 0;
  }
}

function copyOfObject(object: JsonObject): JsonObject {
  const names = Object.keys(object);
  if (names.length > LIST_LENGTH_MAX) return new Proxy<JsonObject>({}, FAILING);
  const values = names.map((name) => {
    const value = object[name];
    return value === true && FUNCTION_MARKS.has(name) ? TRUE_TO_JSON_ONLY : copyOf(value);
  });
  if (values.every((value, index) => value === object[names[index] ?? ""])) return object;
  const copy: JsonObject = {};
  for (const [index, name] of names.entries()) {
    // Assigned, __proto__ would be the copy's prototype.
    if (name === "__proto__") Object.defineProperty(copy, name, { value: values[index], enumerable: true });
    else copy[name] = values[index];
  }
  return copy;
}

/** Written as JSON it is true; to JSONata, which asks for the very value, it is not. */
const TRUE_TO_JSON_ONLY: unknown = Object(true);

const FAILING: ProxyHandler<object> = {
  get: fail,
  has: fail,
  ownKeys: fail,
  getOwnPropertyDescriptor: fail,
};

function fail(): never {
  throw tooManyError();
}
