// `--set customer.email=ada@example.com`: another value at a place of an example. Places are written as in templates.

import { failure, success, type Result } from "../../src/result.ts";
import { ENVELOPE_NAME, parsePath, type Path } from "../../src/translation/path.ts";
import type { JsonObject } from "../../src/voucherify/read-json.ts";

/** A place and what it is set to. */
export interface Setting {
  path: Path;
  value: unknown;
}

/** Reads `path=value`. The value is JSON where it is (a number, true, null, "text"), else text as it stands. */
export function parseSetting(text: string): Result<Setting, "set_invalid"> {
  const equals = text.indexOf("=");
  if (equals < 0) return failure("set_invalid", `"${text}" sets nothing; write path=value, like customer.name=Ada`);
  const path = parsePath(text.slice(0, equals));
  if (!path.ok) return failure("set_invalid", path.detail);
  if (path.value.includes("__proto__")) return failure("set_invalid", "__proto__ is no place of an event");
  return success({ path: path.value, value: parseValue(text.slice(equals + 1)) });
}

/** The example with other values: `$webhook.…` is a place of the whole body, anything else one of its `data`. */
export function withSettings(example: JsonObject, settings: readonly Setting[]): JsonObject {
  const body = structuredClone(example);
  for (const { path, value } of settings) {
    setAt(body, path[0] === ENVELOPE_NAME ? path.slice(1) : ["data", ...path], value);
  }
  return body;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Makes what is missing on the way; a list takes positions. */
function setAt(holder: object, [name = "", ...rest]: readonly string[], value: unknown): void {
  const inside: unknown = Reflect.get(holder, name);
  if (rest.length === 0) Reflect.set(holder, name, value);
  else if (typeof inside === "object" && inside !== null) setAt(inside, rest, value);
  else {
    const made = /^\d+$/.test(rest[0] ?? "") ? [] : {};
    Reflect.set(holder, name, made);
    setAt(made, rest, value);
  }
}
