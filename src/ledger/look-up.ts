// What the delivery step asks the ledger before it calls anybody, in one round trip.

import { readStandings, selectStandings, type DeliveryKey, type Standing } from "./deliveries.ts";
import { ensureMigrated } from "./migrate.ts";
import { readHoldups, selectHoldups, type Holdups } from "./pauses.ts";

/** How deliveries stand, by `standingKey`, and what is not to be called. */
export interface DeliveryLookup extends Holdups {
  standings: ReadonlyMap<string, Standing>;
}

/**
 * Looks deliveries up, and every pause and slow target with them.
 *
 * @throws whatever D1 throws
 */
export async function lookUpDeliveries(db: D1Database, deliveries: readonly DeliveryKey[]): Promise<DeliveryLookup> {
  await ensureMigrated(db);
  const [standings, pauses, slow] = await db.batch([selectStandings(db, deliveries), ...selectHoldups(db)]);
  return {
    standings: readStandings(standings?.results ?? []),
    ...readHoldups(pauses?.results ?? [], slow?.results ?? []),
  };
}
