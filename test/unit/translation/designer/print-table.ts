// Tables in the output of tests that run inside workerd, whose own `console.table` prints nothing.

/** Prints rows in columns, under the keys of the first row. */
export function printTable(rows: readonly Readonly<Record<string, string>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const table = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))];
  const widths = columns.map((_, index) => Math.max(...table.map((cells) => cells[index]?.length ?? 0)));
  const lines = table.map((cells) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" │ "));
  console.log(lines.join("\n"));
}
