// How much room there is: a terminal's width, and none of it to think about where the output is a pipe or a file.

import { isatty } from "node:tty";

/** The narrowest terminal that is laid out for, in columns. */
const COLUMNS_MIN = 40;

/** Columns of stdout's terminal; undefined where lines may be as long as they like. */
export function terminalWidth(): number | undefined {
  return isatty(1) ? Math.max(process.stdout.columns ?? 80, COLUMNS_MIN) : undefined;
}
