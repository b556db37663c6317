// The watchdog's looks that need not be every minute: what waits for long, quarantine, drift, D1, KV, and how near the plan's
// limits are.

import { NO_ALERTS } from "../alerts/settings.ts";
import type { Look } from "../ledger/watched-incidents.ts";
import { newestTable, type TableBindings } from "../routing/table-store.ts";
import { lookAtDrift } from "./look-at-drift.ts";
import { lookAtD1, lookAtKv, lookAtPlan, lookAtSize } from "./look-at-storage.ts";
import { lookAtQuarantine, lookAtWaiting } from "./look-at-waiting.ts";

const MINUTE_MS = 60_000;

/** How often, in minutes: what they read is more than the other looks do, and the free plan has five million reads a day. */
const EVERY_MINUTES = 5;

/**
 * Looks at all of it when it is time; else at nothing.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAround(env: TableBindings, now: number): Promise<Look[]> {
  if (Math.floor(now / MINUTE_MS) % EVERY_MINUTES !== 0) return [];
  const { LEDGER } = env;
  const { table } = await newestTable(env, now);
  const { plan, waitingAfterHours } = table.source.settings?.alerts ?? NO_ALERTS;
  return Promise.all([
    lookAtWaiting(env, waitingAfterHours, now),
    lookAtQuarantine(LEDGER),
    lookAtDrift(LEDGER, now),
    lookAtD1(env, now),
    lookAtKv(LEDGER, now),
    lookAtSize(env, plan, now),
    lookAtPlan(env, plan, now),
  ]);
}
