// From what a watching job found to incidents, with a line in the log for each that has opened.

import { settleIncidents, type Look } from "../ledger/watched-incidents.ts";

/**
 * Opens, counts and resolves incidents by what was found.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws; then nothing was opened or resolved
 */
export async function settleAndLog(db: D1Database, looks: readonly Look[], now: number): Promise<void> {
  const raised = await settleIncidents(db, looks, now);
  for (const { kind, subject } of raised) console.error(JSON.stringify({ event: "alert_raised", kind, subject }));
}
