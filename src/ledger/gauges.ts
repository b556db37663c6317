// How the ledger stands now: what waits, what is paused, what somebody should look at. Every statement goes by an index of
// what is out of the ordinary, so that the answer costs the same however much is logged.

import { countAllOverdue } from "./everywhere.ts";
import { countAllHeld } from "./everywhere.ts";
import type { Held } from "./holds.ts";
import { countOpenIncidents } from "./incidents.ts";
import { listPauses, type Pause } from "./pauses.ts";
import { countQuarantined } from "./quarantined.ts";
import type { ShardBindings } from "./shards.ts";

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
 * Reads how the ledger stands, over all databases.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function readGauges(env: ShardBindings, now: number): Promise<Gauges> {
  const [held, pauses, quarantined, overdue, openIncidents] = await Promise.all([
    countAllHeld(env),
    listPauses(env.LEDGER),
    countQuarantined(env.LEDGER),
    countAllOverdue(env, now),
    countOpenIncidents(env.LEDGER),
  ]);
  return { held, pauses, quarantined, oldestDueAt: overdue.oldest, openIncidents };
}
