// What a page of the documentation shows: its tables and its fenced blocks, so that a test can run every example.

/** A table; every cell as written. */
export interface MarkdownTable {
  header: string[];
  rows: string[][];
}

/** The tables of a page, in order. */
export function tablesOf(page: string): MarkdownTable[] {
  const lines = withoutBlocks(page).split("\n");
  const tables: MarkdownTable[] = [];
  for (const [index, line] of lines.entries()) {
    if (!/^\|[-| ]+\|$/.test(line)) continue;
    const rows: string[][] = [];
    for (const row of lines.slice(index + 1)) {
      if (!row.startsWith("|")) break;
      rows.push(cellsOf(row));
    }
    tables.push({ header: cellsOf(lines[index - 1] ?? ""), rows });
  }
  return tables;
}

/** The fenced blocks of a language, in order. */
export function blocksOf(page: string, language: string): string[] {
  return Array.from(page.matchAll(/^```(\w*)\n(.*?)^```$/gms))
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");
}

/** What a cell says that is one code span; undefined for any other. */
export function codeOf(cell: string): string | undefined {
  const match = /^(?:`([^`]+)`|``(.+?)``)$/s.exec(cell);
  return match?.[1] ?? match?.[2];
}

function withoutBlocks(page: string): string {
  return page.replaceAll(/^```.*?^```$/gms, "");
}

/** A bar in a cell is written \|, in code as well. */
function cellsOf(line: string): string[] {
  return line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll(String.raw`\|`, "|"));
}
