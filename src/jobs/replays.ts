// Replays that run go on, every minute, as far as the next minute needs.

import { runningReplays } from "../ledger/replays.ts";
import { logFailure } from "../log.ts";
import { stepReplay } from "../replay/run.ts";
import type { RetryBindings } from "../routing/retry-delivery.ts";
import { newestTable } from "../routing/table-store.ts";
import { runCarefully, type Run } from "./careful.ts";

/** Steps made in one run, of all replays together: D1 answers 1,000 queries per invocation, a step asks about six. */
const STEPS_MAX = 80;

/**
 * Takes every replay that runs as far as it should be until the next minute, each by a step in turn. One that fails is
 * left for the next minute and does not keep the others from going on.
 *
 * @throws whatever D1 throws when it cannot say which replays run
 */
export async function runReplays(env: RetryBindings, now: number): Promise<void> {
  await goOn(env, await runningReplays(env.LEDGER), now);
}

/**
 * Takes one replay as far as it should be until the next minute.
 *
 * @throws whatever D1 throws when it cannot say which table is in force
 */
export async function runReplay(env: RetryBindings, id: string, now: number): Promise<void> {
  await goOn(env, [id], now);
}

async function goOn(env: RetryBindings, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await runCarefully(env.LEDGER, "replays", ids.map(markOf), now, async (run) => stepAll(env, ids, run, now));
}

async function stepAll(env: RetryBindings, ids: readonly string[], run: Run, now: number): Promise<void> {
  const inForce = await newestTable(env, now);
  // One over which runs are killed is left out; the watchdog says that it does not go on.
  let going = ids.filter((id) => !run.isKilled(markOf(id)));
  for (let steps = 0; going.length > 0 && steps < STEPS_MAX;) {
    const further: string[] = [];
    for (const id of going) {
      if (steps++ >= STEPS_MAX) break;
      try {
        const stepped = await run.evaluate(markOf(id), async () => stepReplay(env, id, inForce, now));
        if (stepped === "went_on") further.push(id);
      } catch (error) {
        logFailure("replay_step_failed", error, { replay: id });
      }
    }
    going = further;
  }
}

function markOf(id: string): string {
  return `replay:${id}`;
}
