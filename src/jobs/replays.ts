// Replays that run go on, every minute, as far as the next minute needs.

import { runningReplays } from "../ledger/replays.ts";
import { HOME, shardsOf, type Shard } from "../ledger/shards.ts";
import { logFailure } from "../log.ts";
import { stepReplay } from "../replay/run.ts";
import type { RetryBindings } from "../routing/retry-delivery.ts";
import { newestTable } from "../routing/table-store.ts";
import { runCarefully, type Run } from "./careful.ts";

/** Steps made in one run, of all replays together: D1 answers 1,000 queries per invocation, a step asks about six. */
const STEPS_MAX = 80;

/**
 * Takes every replay that runs in some databases, in LEDGER unless said, as far as it should be until the next minute,
 * each by a step in turn. One that fails is left for the next minute and does not keep the others from going on.
 *
 * @throws whatever D1 throws when it cannot say which replays run
 */
export async function runReplays(
  env: RetryBindings,
  now: number,
  shards: readonly Shard[] = shardsOf(env).slice(0, 1),
): Promise<void> {
  const parts = shards.map(async ({ number, db }) => (await runningReplays(db)).map((id) => ({ id, shard: number })));
  await goOn(env, (await Promise.all(parts)).flat(), now);
}

/**
 * Takes all parts of one replay as far as it should be until the next minute.
 *
 * @throws whatever D1 throws when it cannot say which table is in force
 */
export async function runReplay(env: RetryBindings, id: string, now: number): Promise<void> {
  await goOn(
    env,
    shardsOf(env).map(({ number }) => ({ id, shard: number })),
    now,
  );
}

/** A replay's part in a database. */
interface Part {
  id: string;
  shard: number;
}

async function goOn(env: RetryBindings, parts: readonly Part[], now: number): Promise<void> {
  const [first] = parts;
  if (first === undefined) return;
  // LEDGER's replays and those of the others are two jobs, in invocations of their own.
  const job = first.shard === HOME ? "replays" : "replays_of_others";
  await runCarefully(env.LEDGER, job, parts.map(markOf), now, async (run) => stepAll(env, parts, run, now));
}

async function stepAll(env: RetryBindings, parts: readonly Part[], run: Run, now: number): Promise<void> {
  const inForce = await newestTable(env, now);
  // One over which runs are killed is left out; the watchdog says that it does not go on.
  let going = parts.filter((part) => !run.isKilled(markOf(part)));
  for (let steps = 0; going.length > 0 && steps < STEPS_MAX;) {
    const further: Part[] = [];
    for (const part of going) {
      const { id, shard } = part;
      if (steps++ >= STEPS_MAX) break;
      try {
        const stepped = await run.evaluate(markOf(part), async () => stepReplay(env, id, inForce, now, shard));
        if (stepped === "went_on") further.push(part);
      } catch (error) {
        logFailure("replay_step_failed", error, { replay: id });
      }
    }
    going = further;
  }
}

function markOf({ id, shard }: Part): string {
  return `replay:${id}${shard === HOME ? "" : `:${shard}`}`;
}
