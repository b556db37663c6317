// Whoever tries tokens has to wait: an operator's secret may be shorter than it should be, and looking a token up costs the
// ledger a read. Counted in each isolate by itself.

import { WindowCounter, type WindowLimit } from "../window-counter.ts";

/** Twenty wrong tokens a minute are more than anybody mistypes. A thousand addresses are some 100 KB. */
const GUESSES: WindowLimit = { max: 20, windowMs: 60_000, keysMax: 1_000 };

// One for each queue binding, for the isolate's life.
const counters = new WeakMap<Queue, WindowCounter>();

/** The isolate's count of wrong tokens, by address. */
export function guessesOf(queue: Queue): WindowCounter {
  const counter = counters.get(queue) ?? new WindowCounter(GUESSES);
  counters.set(queue, counter);
  return counter;
}
