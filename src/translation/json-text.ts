// Values as JSON text, without the one surprise of JSON.stringify: it turns an infinite number into null without a
// word, and a payload's 1e999 becomes one when it is parsed.

/** A value holds a number that JSON cannot write. `renderRequest` turns it into its reason. */
export class NotFiniteError extends Error {
  constructor() {
    super("a number is too large for JSON");
  }
}

/**
 * A value as JSON text.
 *
 * @throws NotFiniteError
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "number" && !Number.isFinite(inner)) throw new NotFiniteError();
    return inner;
  });
}
