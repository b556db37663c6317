// Which places of a document a list of paths means. A path holds at any depth, because Voucherify puts the same thing in a
// different place for almost every kind of event; lists are passed through, their positions are no names.

/** Paths ready to be held against names. */
export type PathMatcher = (names: readonly string[]) => boolean;

/** Whether the place with these names, from the root on, is one that the paths mean. */
export function createPathMatcher(paths: readonly string[]): PathMatcher {
  const patterns = paths.map((path) => path.split("."));
  return (names) => patterns.some((pattern) => endsLike(names, names.length, pattern, pattern.length));
}

/** Whether the first so many names end in what the first so many parts of the pattern say. */
function endsLike(names: readonly string[], nameCount: number, pattern: readonly string[], partCount: number): boolean {
  if (partCount === 0) return true;
  const part = pattern[partCount - 1];
  if (part === "**") {
    for (let count = nameCount; count >= 0; count--) if (endsLike(names, count, pattern, partCount - 1)) return true;
    return false;
  }
  if (nameCount === 0 || (part !== "*" && part !== names[nameCount - 1])) return false;
  return endsLike(names, nameCount - 1, pattern, partCount - 1);
}
