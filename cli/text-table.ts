// Plain text in columns.

/** Text in a column. Its colour is apart, because codes inside the text would count as letters. */
export type Cell =
  | string
  | {
      text: string;
      paint?: (text: string) => string;
      /** Never cut, nor is anything else in its column: an id is of no use in part. */
      whole?: true;
    };

/** How narrow the widest column may become before lines are simply cut, in characters. */
const COLUMN_MIN = 12;

/** What stands between columns. */
const GAP = "  ";

/**
 * Lines whose columns start one below the other, two spaces apart; the last column is as wide as it likes.
 *
 * @param width the longest that a line may be; the widest columns give way first, and what is cut ends in `…`
 */
export function alignColumns(rows: readonly (readonly Cell[])[], width = Number.POSITIVE_INFINITY): string[] {
  const widths: number[] = [];
  const whole = new Set<number>();
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, textOf(cell).length);
      if (typeof cell !== "string" && cell.whole) whole.add(column);
    }
  }
  shrink(widths, whole, width);
  return rows.map((row) =>
    row
      .map((cell, column) => fill(cell, widths[column] ?? 0, column === row.length - 1))
      .join(GAP)
      .trimEnd(),
  );
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/** Takes from the widest column that may be cut, one after the other, until a line fits. */
function shrink(widths: number[], whole: ReadonlySet<number>, width: number): void {
  let excess = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    const widest = Math.max(...widths.filter((_, column) => !whole.has(column)));
    if (widest <= COLUMN_MIN) return;
    widths[widths.findIndex((one, column) => one === widest && !whole.has(column))] = widest - 1;
    excess -= 1;
  }
}

function fill(cell: Cell, width: number, isLast: boolean): string {
  const text = textOf(cell);
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  const filled = isLast ? cut : cut.padEnd(width);
  return typeof cell === "string" ? filled : (cell.paint?.(filled) ?? filled);
}
