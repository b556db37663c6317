// Tells in the terminal what comes in while the router is up, a line each, and never more than can be read.

import { pc } from "../colours.ts";
import { answerOf, type Admin } from "../client/admin.ts";
import { PAGE_MAX } from "../client/pages.ts";
import type { SendoutSummary } from "../operate/search.ts";
import { printableLine } from "../terminal/printable.ts";

/** How often the ledger is asked, in milliseconds. */
const EVERY_MS = 1_000;

/** Most lines at a time; a load test is summed up instead. */
const LINES_MAX = 10;

/** Prints each sendout recorded from now on, for as long as the process lives. */
export function watchSendouts(admin: Admin): void {
  let since = new Date().toISOString();
  const seen = new Set<string>();
  let busy = false;
  const look = async (): Promise<void> => {
    const { sendouts } = await answerOf(admin.sendouts.$get({ query: { since, limit: String(PAGE_MAX) } }));
    const found = sendouts.filter(({ id }) => !seen.has(id));
    const [newest] = found;
    if (newest === undefined) return;
    // What was accepted in the same millisecond may be recorded later, so that millisecond is asked for again.
    if (newest.receivedAt !== since) seen.clear();
    since = newest.receivedAt;
    for (const { id } of found) seen.add(id);
    for (const sendout of found.slice(0, LINES_MAX).toReversed()) console.log(describe(sendout));
    if (found.length > LINES_MAX) console.log(pc.dim(`          … and ${found.length - LINES_MAX} more or so`));
  };
  setInterval(() => {
    if (busy) return;
    busy = true;
    // A look that fails is simply the next one's to make up for.
    look()
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, EVERY_MS);
}

function describe({ receivedAt, state, reason, event, sendoutRef, planned }: SendoutSummary): string {
  const time = pc.dim(receivedAt.slice(11, 19));
  const targets = planned.map(({ target }) => target).join(", ");
  const what = `${printableLine(event?.type ?? "unreadable")}  ${pc.dim(printableLine(sendoutRef ?? ""))}`;
  if (state === "routed") return `${time}  ${what}  → ${targets}`;
  return `${time}  ${what}  ${pc.yellow(state)}${reason === null ? "" : ` (${reason})`}`;
}
