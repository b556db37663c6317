// Whoever tries tokens or cookies has to wait: an operator's secret may be shorter than it should be, and looking a token up
// costs the ledger a read. Counted in each isolate by itself.

import { normaliseAddress } from "../voucherify/addresses.ts";
import { WindowCounter, type WindowLimit } from "../window-counter.ts";

/**
 * Twenty wrong ones a minute are more than anybody mistypes. A thousand addresses are some 100 KB. Who guesses from many
 * addresses is not slowed down by this, and need not be: of 256 random bits nobody finds any, and health
 * warns of a Worker secret that is shorter than that asks for. A limit for all addresses together would have any stranger
 * keep everybody out.
 */
const GUESSES: WindowLimit = { max: 20, windowMs: 60_000, keysMax: 1_000 };

// One for each queue binding, for the isolate's life.
const counters = new WeakMap<Queue, WindowCounter>();

/** The isolate's count of wrong tokens and cookies, by what `guesserOf` says. */
export function guessesOf(queue: Queue): WindowCounter {
  const counter = counters.get(queue) ?? new WindowCounter(GUESSES);
  counters.set(queue, counter);
  return counter;
}

/**
 * Who is behind an address: itself in IPv4, its first 64 bits in IPv6, of which the smallest connection has all addresses
 * to choose from (RFC 6177). Undefined when it is no address.
 */
export function guesserOf(text: string): string | undefined {
  const address = normaliseAddress(text);
  if (address === undefined || !address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - groups.length - after.length }, () => "0");
  return [...groups, ...zeros, ...after].slice(0, 4).join(":");
}
