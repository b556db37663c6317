// A storm of refused requests must not cost what verifying each of them costs. Nothing that could be authentic is
// answered 4xx unverified, so whoever is refused too often is told to come again (503) for a few seconds, and those
// who may well be Voucherify are always verified.

import { isVoucherifyAddress } from "../voucherify/addresses.ts";
import { WindowCounter } from "../window-counter.ts";

/**
 * How many refusals an address has at one inlet before it has to wait. Five a second is a storm; verifying fewer costs
 * less than making somebody wait who might be Voucherify.
 */
const REFUSALS_MAX = 50;

/** The time in which they are counted, in milliseconds, beginning with the first of them. */
const WINDOW_MS = 10_000;

/** How many addresses, counted at each inlet, an isolate remembers before it starts over: some 200 KB. */
const ADDRESSES_MAX = 1_000;

/** Who has been refused or accepted lately. Instants are milliseconds since 1970; without an address nothing is kept. */
export interface RefusalLimit {
  /** How many milliseconds this address has to wait before it is verified again; 0 when it need not. */
  waitMs(inlet: string, address: string | undefined, now: number): number;
  /** Counts a refusal. */
  refused(inlet: string, address: string | undefined, now: number): void;
  /** Remembers that the address sent something authentic: it is never made to wait at this inlet. */
  proved(inlet: string, address: string | undefined): void;
}

// One for each queue binding, for the isolate's life: a storm that meets another isolate is counted there.
const limits = new WeakMap<Queue, RefusalLimit>();

/** The isolate's limit. */
export function refusalLimitOf(queue: Queue): RefusalLimit {
  const limit = limits.get(queue) ?? createRefusalLimit();
  limits.set(queue, limit);
  return limit;
}

/** A limit with an empty memory. */
export function createRefusalLimit(): RefusalLimit {
  const refusals = new WindowCounter({ max: REFUSALS_MAX, windowMs: WINDOW_MS, keysMax: ADDRESSES_MAX });
  // Apart from those refused, so that strangers with many addresses cannot make it forget who proved themselves.
  const proven = new Set<string>();
  return {
    waitMs(inlet, address, now) {
      if (address === undefined) return 0;
      const key = keyOf(inlet, address);
      return proven.has(key) ? 0 : refusals.waitMs(key, now);
    },
    refused(inlet, address, now) {
      if (address === undefined || isVoucherifyAddress(address)) return;
      refusals.count(keyOf(inlet, address), now);
    },
    proved(inlet, address) {
      if (address === undefined || isVoucherifyAddress(address)) return;
      const key = keyOf(inlet, address);
      if (proven.size >= ADDRESSES_MAX && !proven.has(key)) proven.clear();
      proven.add(key);
    },
  };
}

/** An inlet's name has no space. */
function keyOf(inlet: string, address: string): string {
  return `${inlet} ${address}`;
}
