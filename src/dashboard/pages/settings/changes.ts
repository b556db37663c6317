// What an entry of the audit log has changed, as names with what stood there before and after. Pure.

/** One name; undefined where there was nothing. */
export interface Changed {
  name: string;
  before: string | undefined;
  after: string | undefined;
}

/** The names whose values differ, in the order in which they stand. What is no object is one value without a name. */
export function changesOf(change: { before?: unknown; after?: unknown }): Changed[] {
  const before = flat(change.before);
  const after = flat(change.after);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .map((name) => ({ name, before: before.get(name), after: after.get(name) }))
    .filter((changed) => changed.before !== changed.after);
}

/** The names of an object, those of objects in it behind them with dots, each with its value as text. */
function flat(value: unknown, path = ""): Map<string, string> {
  if (value === undefined || (value === null && path === "")) return new Map();
  if (!isObject(value)) return new Map([[path, typeof value === "string" ? value : JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [...flat(inner, path === "" ? name : `${path}.${name}`)]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
