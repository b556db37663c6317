// Colours for people at a terminal, and for nobody else.

import { isatty } from "node:tty";
import picocolors from "picocolors";

/**
 * Picocolors for stdout. By itself it would also colour a pipe wherever the variable CI is set; and it takes the
 * undefined that `stdout.isTTY` is for a pipe as "decide yourself", hence isatty.
 */
export const pc = picocolors.createColors(isatty(1) && picocolors.isColorSupported);

/** The same for stderr. */
export const errorColours = picocolors.createColors(isatty(2) && picocolors.isColorSupported);
