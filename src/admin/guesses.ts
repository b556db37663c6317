// Whoever tries tokens has to wait: an operator's secret may be shorter than it should be, and looking a token up costs the
// ledger a read. Counted in each isolate by itself.

/** How many wrong tokens an address has before it has to wait: more than anybody mistypes. */
const GUESSES_MAX = 20;

/** The time in which they are counted, in milliseconds, beginning with the first of them. */
const WINDOW_MS = 60_000;

/** How many addresses an isolate remembers before it starts over: some 100 KB. */
const ADDRESSES_MAX = 1_000;

/** Who has tried wrong tokens lately. Instants are milliseconds since 1970; without an address nothing is kept. */
export class GuessLimit {
  readonly #guesses = new Map<string, { since: number; count: number }>();

  /** How many milliseconds an address has to wait before it is let in, whatever its token; 0 when it need not. */
  waitMs(address: string | undefined, now: number): number {
    const known = address === undefined ? undefined : this.#guesses.get(address);
    return known === undefined || known.count < GUESSES_MAX ? 0 : Math.max(0, known.since + WINDOW_MS - now);
  }

  /** Counts a wrong token. */
  guessed(address: string | undefined, now: number): void {
    if (address === undefined) return;
    const known = this.#guesses.get(address);
    if (known !== undefined && now - known.since < WINDOW_MS) {
      known.count++;
      return;
    }
    if (known === undefined && this.#guesses.size >= ADDRESSES_MAX) this.#guesses.clear();
    this.#guesses.set(address, { since: now, count: 1 });
  }
}

// One for each queue binding, for the isolate's life.
const limits = new WeakMap<Queue, GuessLimit>();

/** The isolate's limit. */
export function guessLimitOf(queue: Queue): GuessLimit {
  const limit = limits.get(queue) ?? new GuessLimit();
  limits.set(queue, limit);
  return limit;
}
