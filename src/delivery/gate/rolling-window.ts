// Counts calls in a rolling window. Unlike a bucket of tokens, which lets through twice its size around the moment it
// is refilled, no window of this length ever holds more than the limit. Pure: times come in from outside.

/** Groups a window is kept in, at most and, where the limit is higher, at least. Up to 128 each call is its own. */
const GROUPS_MAX = 128;
const GROUPS_MIN = 96;

/** What survives of a window when its gate is forgotten. */
export interface SavedWindow {
  limit: number;
  /** When the last call of each group was made, oldest first; the last group may have room. */
  lasts: number[];
  /** Calls in the last group. */
  filled: number;
}

/**
 * At most `limit` calls in any window. Calls are counted in groups of equal size, of which the window holds as many
 * as the limit allows: a group may begin once a whole window has passed since the group that many before it ended.
 * Memory is the same for a hundred an hour and a million; a limit over 128 that has no fitting divisor loses up to one
 * part in a hundred.
 */
export class RollingWindow {
  readonly limit: number;
  readonly windowMs: number;
  readonly #groupSize: number;
  readonly #lasts: Float64Array;
  /** The group that calls are counted in now. */
  #head = 0;
  /** How many calls it has: less than a group's size. */
  #filled = 0;

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.#groupSize = groupSizeFor(limit);
    this.#lasts = new Float64Array(Math.floor(limit / this.#groupSize)).fill(Number.NEGATIVE_INFINITY);
  }

  /** Milliseconds between calls that keep to the limit evenly. */
  get intervalMs(): number {
    return this.windowMs / this.limit;
  }

  /** When the next call may be made, once `ahead` others have been made before it. */
  earliest(ahead = 0): number {
    const group = Math.floor((this.#filled + ahead) / this.#groupSize);
    if (group === 0 && this.#filled > 0) return Number.NEGATIVE_INFINITY; // the group has begun
    const rounds = 1 + Math.floor(group / this.#lasts.length);
    return this.#lastOf(this.#head + group) + rounds * this.windowMs;
  }

  /** Counts a call. Times never run backwards. */
  add(at: number): void {
    this.#lasts[this.#head] = at;
    this.#filled++;
    if (this.#filled < this.#groupSize) return;
    this.#filled = 0;
    this.#head = (this.#head + 1) % this.#lasts.length;
  }

  /** The same calls under another limit, or a copy. */
  underLimit(limit: number): RollingWindow {
    return RollingWindow.restored(this.saved(), this.windowMs).#refilled(limit);
  }

  saved(): SavedWindow {
    const oldest = this.#filled === 0 ? this.#head : this.#head + 1;
    const lasts = Array.from(this.#lasts, (_, index) => this.#lastOf(oldest + index));
    return { limit: this.limit, lasts, filled: this.#filled };
  }

  static restored({ limit, lasts, filled }: SavedWindow, windowMs: number): RollingWindow {
    const window = new RollingWindow(limit, windowMs);
    window.#lasts.set(lasts.slice(-window.#lasts.length));
    window.#filled = filled;
    window.#head = filled === 0 ? 0 : window.#lasts.length - 1;
    return window;
  }

  #refilled(limit: number): RollingWindow {
    if (limit === this.limit) return this;
    const window = new RollingWindow(limit, this.windowMs);
    const { lasts, filled } = this.saved();
    for (const [index, last] of lasts.entries()) {
      if (last === Number.NEGATIVE_INFINITY) continue; // no calls yet
      const calls = index === lasts.length - 1 && filled > 0 ? filled : this.#groupSize;
      for (let call = 0; call < calls; call++) window.add(last);
    }
    return window;
  }

  #lastOf(group: number): number {
    return this.#lasts[group % this.#lasts.length] ?? Number.NEGATIVE_INFINITY;
  }
}

/** The size of groups that leaves least of the limit unused. */
function groupSizeFor(limit: number): number {
  let best = Math.ceil(limit / GROUPS_MAX);
  for (let size = best; size * GROUPS_MIN <= limit && limit % best > 0; size++) {
    if (limit % size < limit % best) best = size;
  }
  return best;
}
