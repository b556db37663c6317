// Counts what happens to a key, an address mostly, within a time, in one isolate's memory.

/** How much is too much. */
export interface WindowLimit {
  /** How often something may happen within the time. */
  max: number;
  /** The time, in milliseconds, beginning with the first of them. */
  windowMs: number;
  /** How many keys are remembered before the memory is emptied. */
  keysMax: number;
}

export class WindowCounter {
  readonly #limit: WindowLimit;
  readonly #counts = new Map<string, { since: number; count: number }>();

  constructor(limit: WindowLimit) {
    this.#limit = limit;
  }

  /**
   * How many milliseconds a key has to wait; 0 when it need not.
   *
   * @param now milliseconds since 1970
   */
  waitMs(key: string, now: number): number {
    const known = this.#counts.get(key);
    if (known === undefined || known.count < this.#limit.max) return 0;
    return Math.max(0, known.since + this.#limit.windowMs - now);
  }

  /** Counts once more. */
  count(key: string, now: number): void {
    const known = this.#counts.get(key);
    if (known !== undefined && now - known.since < this.#limit.windowMs) {
      known.count++;
      return;
    }
    if (known === undefined && this.#counts.size >= this.#limit.keysMax) this.#counts.clear();
    this.#counts.set(key, { since: now, count: 1 });
  }
}
