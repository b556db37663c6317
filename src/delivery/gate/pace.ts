// How long a target takes to answer, and with it the lane its deliveries belong to. Pure.

/** A target's deliveries travel apart from everybody else's while it is slow. */
export type Lane = "fast" | "slow";

/** A call over this is slow, in milliseconds: a lane of them moves half as much as its connections could. */
export const SLOW_MS = 2_000;

/** Calls remembered; also how many quick ones in a row bring a target back into the fast lane. */
const CALLS_REMEMBERED = 50;

/** What a call is taken to last while nothing is known, in milliseconds. */
const UNKNOWN_MS = 1_000;

export class Pace {
  readonly #latest: number[] = [];
  #sumMs = 0;
  #slow = 0;
  #quickInARow = 0;
  #lane: Lane = "fast";

  /** Takes note of a call that ended. */
  record(ms: number): void {
    this.#latest.push(ms);
    this.#weigh(ms, 1);
    const left = this.#latest.length > CALLS_REMEMBERED ? this.#latest.shift() : undefined;
    if (left !== undefined) this.#weigh(left, -1);
    this.#quickInARow = ms > SLOW_MS ? 0 : this.#quickInARow + 1;
    if (this.#slow > this.#latest.length - this.#inside()) this.#lane = "slow";
    else if (this.#quickInARow >= CALLS_REMEMBERED) this.#lane = "fast";
  }

  /**
   * The lane to use now.
   *
   * @param oldestMs for how long the oldest call has been under way; undefined when there is none
   */
  lane(oldestMs: number | undefined): Lane {
    if (oldestMs !== undefined && oldestMs > SLOW_MS) {
      this.#lane = "slow";
      this.#quickInARow = 0;
    }
    return this.#lane;
  }

  /** The time within which 95 of 100 calls ended, in milliseconds; undefined before the first. */
  p95(): number | undefined {
    return this.#latest.toSorted((a, b) => a - b)[this.#inside() - 1];
  }

  /** How long a call lasts on average, in milliseconds. */
  mean(): number {
    return this.#latest.length === 0 ? UNKNOWN_MS : this.#sumMs / this.#latest.length;
  }

  /** How many calls are 95 of 100. */
  #inside(): number {
    return Math.ceil(this.#latest.length * 0.95);
  }

  #weigh(ms: number, sign: 1 | -1): void {
    this.#sumMs += sign * ms;
    if (ms > SLOW_MS) this.#slow += sign;
  }
}
