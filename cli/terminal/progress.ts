// A line on stderr that says how far something has come. Nothing at all where nobody looks.

import { isatty } from "node:tty";

/** How many characters the bar has. */
const BAR_WIDTH = 30;

const CLEAR_LINE = "\r\u001B[2K";

/** Says how far something has come, and takes the line away in the end. */
export interface Progress {
  show(done: number, all: number, detail: string): void;
  end(): void;
}

/** A progress line for people at a terminal. */
export function createProgress(): Progress {
  if (!isatty(2)) return { show: () => undefined, end: () => undefined };
  return {
    show: (done, all, detail) => {
      const line = `${barOf(done, all)} ${done} of ${all}  ${detail}`;
      process.stderr.write(CLEAR_LINE + line.slice(0, (process.stderr.columns ?? 80) - 1));
    },
    end: () => void process.stderr.write(CLEAR_LINE),
  };
}

/** ██████░░░░ */
export function barOf(done: number, all: number): string {
  const full = all === 0 ? BAR_WIDTH : Math.round((Math.min(done, all) / all) * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}
