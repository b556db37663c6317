// The sendout that a test gives.

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { failure, success, type Result } from "../../src/result.ts";
import { exampleSendout } from "../../src/voucherify/examples.ts";
import { readPath, type JsonPath } from "../../src/voucherify/json-path.ts";
import { explainFile } from "../read-input.ts";
import type { TableTest } from "./schema.ts";

/**
 * The body that a test gives, as bytes.
 *
 * @param testsFile the file the test stands in; a file that it names is beside it
 */
export async function bodyOf(
  given: TableTest["given"],
  testsFile: string,
): Promise<Result<Uint8Array<ArrayBuffer>, "given_invalid">> {
  if ("file" in given) {
    const file = resolve(dirname(testsFile), given.file);
    try {
      return success(new Uint8Array(await readFile(file)));
    } catch (error) {
      return failure("given_invalid", explainFile(given.file, error));
    }
  }
  if ("sendout" in given) return success(toBytes(given.sendout));
  const { event, version, source, set = {} } = given;
  const body = exampleSendout(event, { ...(version && { version }), ...(source && { source }) });
  if (body === undefined) {
    const detail = `There is no event ${event}${version === undefined ? "" : ` in ${version}`}. signalbox events lists them.`;
    return failure("given_invalid", detail);
  }
  const copy: unknown = structuredClone(body);
  for (const [path, value] of Object.entries(set)) {
    const refused = setAt(copy, readPath(path), value);
    if (refused !== undefined) return failure("given_invalid", `set ${path}: ${refused}`);
  }
  return success(toBytes(copy));
}

/** Puts a value in its place, with the objects on the way there. Returns why it could not. */
function setAt(root: unknown, path: JsonPath, value: unknown): string | undefined {
  const last = path.at(-1);
  if (last === undefined) return "the path is empty";
  let place = root;
  for (const name of path.slice(0, -1)) {
    if (typeof place !== "object" || place === null) return `there is no object before ${name}`;
    if (!Object.hasOwn(place, name) || Reflect.get(place, name) === null) define(place, name, {});
    place = Reflect.get(place, name);
  }
  if (typeof place !== "object" || place === null) return `there is no object before ${last}`;
  define(place, last, value);
  return undefined;
}

/** As an own property, whatever it is called. */
function define(place: object, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, writable: true, enumerable: true, configurable: true });
}

function toBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
