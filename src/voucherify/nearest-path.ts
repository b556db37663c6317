// Finds the path that somebody meant: the same last name elsewhere, or the fewest letters to change.

/** The candidate nearest to the path, or undefined when none is near. */
export function nearestPath(path: string, candidates: readonly string[]): string | undefined {
  const last = lastName(path);
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === path) return candidate;
    const letters = editDistance(withoutPositions(path), withoutPositions(candidate));
    // The right name in the wrong place counts as near, but a slip of the pen in the right place as nearer.
    // Of several such places the nearest in letters, or for a bare name the least deep.
    const place = path === last ? candidate.split(".").length : letters;
    const distance = lastName(candidate) === last ? Math.min(letters, 2.5 + place / 1000) : letters;
    if (distance < fewest) [nearest, fewest] = [candidate, distance];
  }
  return fewest <= farthest(path) ? nearest : undefined;
}

/** How many letters may differ: about a third, and enough that the right last name always counts. */
function farthest(path: string): number {
  return Math.max(4, Math.floor(path.length / 3));
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function withoutPositions(path: string): string {
  return path.replaceAll(/\[\d*\]/g, "");
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_cell, column) => column);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
