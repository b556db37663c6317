// How the ledger stands now: what waits, what is paused, what somebody should look at. Every statement goes by an index of
// what is out of the ordinary, so that the answer costs the same however much is logged.

import { countHeld, type Held } from "./holds.ts";
import { countOpenIncidents } from "./incidents.ts";
import { countOverdue } from "./overdue.ts";
import { listPauses, type Pause } from "./pauses.ts";
import { countQuarantined } from "./quarantined.ts";

/** How the ledger stands. */
export interface Gauges {
  held: Held[];
  pauses: Pause[];
  /** Sendouts in quarantine that nobody has discarded. */
  quarantined: number;
  /** When the delivery should have gone that is the latest, in milliseconds since 1970; null when none waits. */
  oldestDueAt: number | null;
  openIncidents: number;
}

/**
 * Reads how the ledger stands.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function readGauges(db: D1Database, now: number): Promise<Gauges> {
  const [held, pauses, quarantined, overdue, openIncidents] = await Promise.all([
    countHeld(db),
    listPauses(db),
    countQuarantined(db),
    countOverdue(db, now),
    countOpenIncidents(db),
  ]);
  return { held, pauses, quarantined, oldestDueAt: overdue.oldest, openIncidents };
}
