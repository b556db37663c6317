// Numbers of a command line.

import { InvalidArgumentError } from "commander";

/** Reads a whole number from 1 to a most, for commander. */
export function parseCount(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > most) throw new InvalidArgumentError(`"${text}" is no number from 1 to ${most}`);
    return count;
  };
}
