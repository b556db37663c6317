// Whose turn it is in an order although nobody has it: a crash between an end and the next turn, a row that came late, a
// delivery that somebody gave up. All of them are found here, every minute.

import { findWaiting } from "../ledger/in-order.ts";
import { advanceOrder, KEYS_AT_ONCE, type AdvanceBindings } from "../routing/advance-order.ts";

/** How many times keys are looked for in one run. D1 answers 1,000 queries per invocation, a round asks four to six. */
const ROUNDS_MAX = 100;

/**
 * Sends the next delivery of every key of which some wait and none is under way.
 *
 * @returns how many there were
 * @throws whatever D1 or a queue throws; what was taken comes back when its lease ends
 */
export async function keepOrder(env: AdvanceBindings, now: number): Promise<number> {
  let taken = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const keys = await findWaiting(env.LEDGER, KEYS_AT_ONCE);
    if (keys.length === 0) break;
    taken += await advanceOrder(env, keys, now);
  }
  return taken;
}
