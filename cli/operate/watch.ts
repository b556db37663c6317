// Looking at a router again and again, for as long as the process lives. One that does not answer for a while is waited
// for; one that refuses ends it.

import { setTimeout as wait } from "node:timers/promises";
import { RouterError } from "../client/router-error.ts";
import { errorColours } from "../colours.ts";
import { printable } from "../terminal/printable.ts";

/** The longest wait between two looks at a router that does not answer, in milliseconds. */
const PATIENCE_MAX_MS = 30_000;

/** Looks until a look says that it was the last. The first one has to succeed. */
export async function lookAgainAndAgain(
  everyMs: number,
  look: (count: number) => Promise<"more" | "enough">,
): Promise<void> {
  let failures = 0;
  for (let count = 0; ;) {
    try {
      if ((await look(count)) === "enough") return;
      if (failures > 0) say("The router answers again.");
      failures = 0;
      count += 1;
    } catch (error) {
      if (!(error instanceof RouterError) || error.exitCode !== 3 || count === 0) throw error;
      if (failures === 0) say(`${error.complaint.detail} Waiting for it.`);
      failures += 1;
    }
    await wait(Math.min(everyMs * 2 ** Math.min(failures, 10), Math.max(PATIENCE_MAX_MS, everyMs)));
  }
}

/** A sentence for whoever watches, on stderr. */
export function say(sentence: string): void {
  process.stderr.write(`${errorColours.dim(printable(sentence))}\n`);
}
