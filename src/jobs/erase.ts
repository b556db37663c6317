// Deletions of everything about one customer go on, every minute.

import { runErasure } from "../erasure/run.ts";
import type { ArchiveBindings } from "../ledger/archive.ts";
import { runningErasures } from "../ledger/erasures.ts";
import { logFailure } from "../log.ts";

/**
 * Takes every deletion that runs in a database a piece further. One that fails is tried again in the next minute and does
 * not keep the others from going on.
 *
 * @throws whatever D1 throws when it cannot say which deletions run
 */
export async function runErasures(env: ArchiveBindings, now: number, db = env.LEDGER): Promise<void> {
  for (const id of await runningErasures(db)) {
    try {
      await runErasure(env, db, id, now);
    } catch (error) {
      logFailure("erasure_failed", error, { erasure: id });
    }
  }
}
