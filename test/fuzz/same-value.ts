// Equality of JSON values to the last bit: -0 is not 0, and the order of keys counts.

/** Whether two values of plain data are the same. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return Object.is(left, right);
  }
  const [keys, others] = [Reflect.ownKeys(left), Reflect.ownKeys(right)];
  return (
    Array.isArray(left) === Array.isArray(right) &&
    keys.length === others.length &&
    keys.every((key, index) => key === others[index] && sameValue(Reflect.get(left, key), Reflect.get(right, key)))
  );
}

/** Whether two bodies are the same. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return left.length === right.length;
}
