// The circuit breaker of one target: stops calling what does not answer, asks once in a while, and comes back slowly.
// Pure: times come in from outside.

/** Failures in a row that open it. */
export const FAILURES_IN_A_ROW = 10;

/**
 * It also opens when this share of the latest calls failed, of at least so many, within so many milliseconds. Of fewer
 * calls it says little: where each fails with a probability of 0.3, chance alone reached a half of 20 in 5.6 of 100
 * simulated runs of 1,400 calls, a half of 50 in 0.3, and a half of 100 in none of 20,000.
 */
const FAILED_SHARE = 0.5;
const CALLS_MIN = 100;
const WINDOW_MS = 300_000;
/** The window is counted in slices of this many milliseconds. */
const SLICE_MS = 10_000;

/** How long it stays open: this, doubled each time it opens again, up to the second, in milliseconds. */
const OPEN_MS = 30_000;
const OPEN_MS_MAX = 900_000;

/** Probes that must succeed one after the other before it closes. */
export const PROBES = 3;

/** Calls at the same time right after it closed, doubling, until there are so many that it no longer matters. */
const RAMP_FIRST = 2;
const RAMP_LAST = 64;

/** What survives of a breaker when its gate is forgotten. */
export interface SavedBreaker {
  /** When it half-opens; undefined when it was closed. */
  opensAt?: number;
  /** How often it has opened since it last was closed for good. */
  timesOpened: number;
}

interface Slice {
  number: number;
  calls: number;
  failed: number;
}

type State =
  | { kind: "closed"; ramp: number; successes: number }
  | { kind: "open"; until: number }
  | { kind: "half_open"; successes: number };

/** How the breaker stands, in one word. */
export type Standing = "closed" | "ramping" | "open" | "half_open";

const CLOSED: State = { kind: "closed", ramp: Number.POSITIVE_INFINITY, successes: 0 };

/** A call as the breaker sees it. */
export interface EndedCall {
  /** Whether the target answered as one does that is well. */
  alive: boolean;
  /**
   * Whether it was the one call a half-open breaker let through; what was under way before it opened says nothing about
   * now.
   */
  isProbe: boolean;
  /** When it ended, in milliseconds since 1970. */
  at: number;
}

export class Breaker {
  #state: State = CLOSED;
  #timesOpened = 0;
  #aliveAt = Number.NEGATIVE_INFINITY;
  /** When the failures ended since which there was no success. Calls are not told in the order in which they end. */
  #failedSince: number[] = [];
  #slices: Slice[] = [];

  /** How it stands; an open one whose time has come is half-open from now on. */
  standing(now: number): Standing {
    const state = this.#state;
    if (state.kind === "open" && now >= state.until) this.#state = { kind: "half_open", successes: 0 };
    if (this.#state.kind !== "closed") return this.#state.kind;
    return this.#state.ramp === Number.POSITIVE_INFINITY ? "closed" : "ramping";
  }

  /** When an open breaker half-opens. */
  get opensAt(): number | undefined {
    return this.#state.kind === "open" ? this.#state.until : undefined;
  }

  /** How many calls it allows at the same time, unless it is open. */
  get concurrency(): number {
    switch (this.#state.kind) {
      case "closed":
        return this.#state.ramp;
      case "half_open":
        return 1;
      case "open":
        return 0;
    }
  }

  /**
   * Takes note of how a call ended.
   *
   * @returns whether the breaker changed in a way that must not be forgotten
   */
  record({ alive, isProbe, at }: EndedCall, now: number): boolean {
    switch (this.#state.kind) {
      case "open":
        return false;
      case "half_open":
        return isProbe && this.#recordProbe(this.#state.successes, alive, now);
      case "closed":
        return alive ? this.#recordSuccess(this.#state, at, now) : this.#recordFailure(this.#state, at, now);
    }
  }

  saved(): SavedBreaker {
    const timesOpened = this.#timesOpened;
    if (this.#state.kind === "closed") return { timesOpened };
    return { timesOpened, opensAt: this.#state.kind === "open" ? this.#state.until : 0 };
  }

  static restored({ opensAt, timesOpened }: SavedBreaker): Breaker {
    const breaker = new Breaker();
    breaker.#timesOpened = timesOpened;
    if (opensAt !== undefined) breaker.#state = { kind: "open", until: opensAt };
    else if (timesOpened > 0) breaker.#state = { kind: "closed", ramp: RAMP_FIRST, successes: 0 };
    return breaker;
  }

  #recordProbe(before: number, alive: boolean, now: number): boolean {
    if (!alive) return this.#open(now);
    const successes = before + 1;
    if (successes < PROBES) {
      this.#state = { kind: "half_open", successes };
      return false;
    }
    this.#state = { kind: "closed", ramp: RAMP_FIRST, successes: 0 };
    this.#failedSince = [];
    this.#slices = [];
    return true;
  }

  #recordSuccess(state: State & { kind: "closed" }, at: number, now: number): boolean {
    this.#aliveAt = Math.max(this.#aliveAt, at);
    this.#failedSince = this.#failedSince.filter((failedAt) => failedAt > at);
    this.#count(false, now);
    if (state.ramp === Number.POSITIVE_INFINITY) return false;
    const successes = state.successes + 1;
    if (successes < state.ramp) {
      this.#state = { ...state, successes };
      return false;
    }
    if (state.ramp < RAMP_LAST) {
      this.#state = { kind: "closed", ramp: state.ramp * 2, successes: 0 };
      return false;
    }
    this.#state = CLOSED;
    this.#timesOpened = 0;
    return true;
  }

  #recordFailure(state: State & { kind: "closed" }, at: number, now: number): boolean {
    if (at >= this.#aliveAt) this.#failedSince.push(at);
    this.#state = { ...state, successes: 0 };
    const { calls, failed } = this.#count(true, now);
    const mostFail = calls >= CALLS_MIN && failed >= calls * FAILED_SHARE;
    return this.#failedSince.length >= FAILURES_IN_A_ROW || mostFail ? this.#open(now) : false;
  }

  #open(now: number): true {
    const openMs = Math.min(OPEN_MS * 2 ** this.#timesOpened, OPEN_MS_MAX);
    this.#state = { kind: "open", until: now + openMs };
    this.#timesOpened++;
    return true;
  }

  /** Counts a call and sums up the window. */
  #count(failed: boolean, now: number): { calls: number; failed: number } {
    const number = Math.floor(now / SLICE_MS);
    this.#slices = this.#slices.filter((slice) => slice.number > number - WINDOW_MS / SLICE_MS);
    let slice = this.#slices.at(-1);
    if (slice?.number !== number) {
      slice = { number, calls: 0, failed: 0 };
      this.#slices.push(slice);
    }
    slice.calls++;
    if (failed) slice.failed++;
    const sum = (key: "calls" | "failed") => this.#slices.reduce((total, each) => total + each[key], 0);
    return { calls: sum("calls"), failed: sum("failed") };
  }
}
