// Places in a JSON value, as lists of names: reading one, writing one down. Own properties
// only, so `__proto__` and `constructor` are names like any other.

/** Names and positions from the root on; empty is the root itself. */
export type JsonPath = readonly string[];

/** The value at a path, or undefined when any part of the way is missing. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let value = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    if (Array.isArray(value) && name === "length") return undefined; // JavaScript's, not the payload's
    value = Reflect.get(value, name);
  }
  return value;
}

const PLAIN_NAME = /^(?:[A-Za-z_$\u{80}-\u{10ffff}][\w$\-\u{80}-\u{10ffff}]*|\d+)$/u;

/** A path as templates write it: `data.order.total_amount`, names with other characters between backticks. */
export function writePath(path: JsonPath): string {
  return path.map((name) => (PLAIN_NAME.test(name) ? name : `\`${name.replaceAll("`", "'")}\``)).join(".");
}

/** A written path in names. Positions in lists may be written `items.0`, `items[0]`, or `items[]` for any of them. */
export function readPath(path: string): string[] {
  return Array.from(
    path.matchAll(/`([^`]*)`|\[(\d+)\]|(\[\])|[^.[\]`]+/g),
    (match) => match[1] ?? match[2] ?? match[0],
  );
}
