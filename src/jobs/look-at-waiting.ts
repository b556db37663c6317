// The watchdog's look at what waits without anybody being told why: deliveries that are held or tried again for hours, and
// sendouts in quarantine.

import { findAllWaiting } from "../ledger/everywhere.ts";
import { countQuarantined } from "../ledger/quarantined.ts";
import type { ShardBindings } from "../ledger/shards.ts";
import type { Look } from "../ledger/watched-incidents.ts";
import { duration } from "./duration.ts";

const HOUR_MS = 60 * 60_000;

/**
 * Looks for which targets deliveries wait for too long.
 *
 * @param now milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function lookAtWaiting(env: ShardBindings, waitingAfterHours: number, now: number): Promise<Look> {
  const waiting = await findAllWaiting(env, now - waitingAfterHours * HOUR_MS);
  return {
    kind: "deliveries_waiting",
    found: waiting.map(({ target, since }) => ({
      subject: target,
      target,
      detail: `A sendout that was received ${duration(now - since)} ago has a delivery to "${target}" that is still open.`,
    })),
  };
}

/**
 * Looks whether there is anything in quarantine.
 *
 * @throws whatever D1 throws
 */
export async function lookAtQuarantine(db: D1Database): Promise<Look> {
  const count = await countQuarantined(db);
  const detail = `${count} sendouts were authentic and could not be understood or routed. They are kept byte for byte.`;
  return { kind: "sendouts_quarantined", found: count === 0 ? [] : [{ subject: "sendouts", detail }] };
}
