// Bodies of both versions, what they are understood as, and places in the values that come of it.

import { normalise } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";

/** A value as the bytes of its JSON. */
export function json(value: unknown): Uint8Array {
  return bytes(JSON.stringify(value));
}

/** A sendout without the value at a path of one or two names. */
export function sendoutWithout(path: string): unknown {
  const sendout = createSendout();
  const [first = "", second] = path.split(".");
  if (second === undefined) Reflect.deleteProperty(sendout, first);
  else Reflect.deleteProperty(Reflect.get(sendout, first), second);
  return sendout;
}

/** A project event of v2018-08-01 with one entity. */
export function createEvent(type: string, object: unknown, parts: JsonObject = {}): JsonObject {
  return {
    id: "event_5a11ce0ffee0000004",
    object: "event",
    created_at: "2018-10-05T08:15:30.250Z",
    type,
    data: { object, previous_attributes: {} },
    metadata: {},
    ...parts,
  };
}

/** The event that a body is understood as. Throws when it is refused. */
export function understand(body: unknown) {
  const normalised = normalise(json(body));
  if (!normalised.ok) throw new Error(normalised.detail);
  return normalised.value;
}

/** The value at a path with dots; undefined when it leads nowhere. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}

/** The paths of an envelope that hold null, those in its data left out. */
export function nullsOf(envelope: JsonObject): string[] {
  const { data: _, ...around } = envelope;
  return nullsIn(around, "");
}

function nullsIn(value: unknown, path: string): string[] {
  if (value === null) return [path];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => nullsIn(inner, path === "" ? key : `${path}.${key}`));
}
