// Where the numbers of lines stand: on their line, and not on one another as long as there is room. Pure.

/** Where a line begins and ends, in pixels. */
export interface Ends {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** Places along a line, the best first; 0 is its beginning and 1 its end. */
const TRIED = [0.5, 0.36, 0.64, 0.24, 0.76];

/** How far apart two numbers have to be to be read, in pixels. */
const APART_X = 34;
const APART_Y = 15;

/** A place for the number of each line; the widest choose first. */
export function placeNumbers<T extends { deliveries: number }>(
  lines: readonly T[],
  endsOf: (line: T) => Ends | undefined,
): (T & { x: number; y: number })[] {
  const placed: (T & { x: number; y: number })[] = [];
  for (const line of lines.toSorted((one, other) => other.deliveries - one.deliveries)) {
    const ends = endsOf(line);
    if (ends === undefined) continue;
    const places = TRIED.map((at) => pointAt(ends, at));
    const isFree = ({ x, y }: { x: number; y: number }) =>
      placed.every((other) => Math.abs(other.x - x) >= APART_X || Math.abs(other.y - y) >= APART_Y);
    const place = places.find(isFree) ?? pointAt(ends, 0.5);
    placed.push({ ...line, ...place });
  }
  return placed;
}

/** A point of the curve that the picture draws: Bézier's, with both handles half way across. */
function pointAt({ x1, y1, x2, y2 }: Ends, at: number): { x: number; y: number } {
  const [begin, first, second, end] = [(1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at ** 2 * (1 - at), at ** 3] as const;
  const middle = (x1 + x2) / 2;
  return {
    x: x1 * begin + middle * (first + second) + x2 * end,
    y: y1 * (begin + first) + y2 * (second + end),
  };
}
