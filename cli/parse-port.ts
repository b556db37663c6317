// A port on a command line.

import { InvalidArgumentError } from "commander";

/** Reads a port. The one behind it has to be one too: `npm start` has its demo target there. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new InvalidArgumentError(`"${text}" is not a port; use a number from 1 to 65534`);
  }
  return port;
}
