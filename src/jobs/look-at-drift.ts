// The watchdog's look at what Voucherify sends and the catalogue does not know: one incident for each event type, for a
// day after the last discovery.

import { listNewDrift } from "../ledger/drift.ts";
import type { Look } from "../ledger/watched-incidents.ts";

/** How long a discovery is news, in milliseconds. */
const NEWS_MS = 24 * 60 * 60_000;

/** How many fields a message names. */
const NAMED_MAX = 5;

/**
 * Looks for event types that are new or have new fields.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtDrift(db: D1Database, now: number): Promise<Look> {
  const drift = await listNewDrift(db, now - NEWS_MS);
  const byType = Map.groupBy(drift, ({ type }) => type);
  return {
    kind: "drift_seen",
    found: [...byType].map(([type, seen]) => ({
      subject: type,
      since: Math.max(...seen.map(({ firstSeenAt }) => firstSeenAt)),
      detail: seen.some(({ kind }) => kind === "type")
        ? `The event type "${type}" is not in the catalogue. Routes that ask for it or for * take it, and templates can read it.`
        : `Events of the type "${type}" have ${seen.length} fields that are not in the catalogue: ${name(seen.map(({ path }) => path))}.`,
    })),
  };
}

function name(paths: readonly string[]): string {
  const rest = paths.length - NAMED_MAX;
  return rest > 0 ? `${paths.slice(0, NAMED_MAX).join(", ")} and ${rest} more` : paths.join(", ");
}
