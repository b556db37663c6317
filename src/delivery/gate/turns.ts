// Who waits for a target, and when it is whose turn. Two queues: one for those who came for the first time, and one for
// those who came when it was their turn and were not let in, who go before everybody else. Pure.

/** Reservations kept, at most: about 4 MB. Whoever comes beyond that is told a time and has no claim to it. */
export const RESERVED_MAX = 20_000;

/** How late one may come and still have its turn, in milliseconds: the sweep of parked deliveries runs each minute. */
export const GRACE_MS = 120_000;

/** So many in a row that did not come: then whoever else has a reservation is not expected any more either. */
export const NO_SHOWS_MAX = 20;

/** A reservation: when its turn is, and whether it has been put off before. */
export interface Turn {
  at: number;
  again: boolean;
}

export class Turns {
  /** By id, in the order of their turns. */
  readonly #first = new Map<string, number>();
  readonly #again = new Map<string, number>();
  /** When the last turn of each queue is. */
  #firstTail = Number.NEGATIVE_INFINITY;
  #againTail = Number.NEGATIVE_INFINITY;
  /** Turns given back before they came, latest first. */
  #free: number[] = [];
  #noShows = 0;
  /** How many were told a time without a reservation since there last was room for one. */
  #turnedAway = 0;

  /** How many wait. */
  get size(): number {
    return this.#first.size + this.#again.size;
  }

  /** How many of them have been put off. */
  get againSize(): number {
    return this.#again.size;
  }

  /** The end of both queues: a newcomer goes no earlier. */
  get tail(): number {
    return Math.max(this.#firstTail, this.#againTail);
  }

  /** The turn of an id; undefined when it has none, or did not come in time. */
  of(id: string): Turn | undefined {
    const again = this.#again.get(id);
    const at = again ?? this.#first.get(id);
    return at === undefined ? undefined : { at, again: again !== undefined };
  }

  /**
   * Strikes out who did not come in time.
   *
   * @returns whether everybody was struck out, because so many in a row had not come
   */
  lapse(now: number): boolean {
    for (const queue of [this.#first, this.#again]) {
      for (const [id, at] of queue) {
        if (at + GRACE_MS >= now) break;
        queue.delete(id);
        this.#noShows++;
      }
    }
    if (this.#noShows < NO_SHOWS_MAX || this.size === 0) return false;
    this.clear();
    return true;
  }

  /** Somebody came for its turn: those who wait are still there. */
  sawOne(): void {
    this.#noShows = 0;
  }

  /** A newcomer that is let in at once takes its place at the end of the queue, like everybody. */
  pass(now: number): void {
    this.#firstTail = Math.max(this.#firstTail, now);
  }

  /**
   * Gives a newcomer the earliest turn that was given back.
   *
   * @param earliest now, or before when it cannot be
   * @returns when it is; undefined when there is none
   */
  takeFree(id: string, earliest: number): number | undefined {
    let free = this.#free.pop();
    while (free !== undefined && free < earliest) free = this.#free.pop();
    if (free !== undefined) this.#first.set(id, free);
    return free;
  }

  /**
   * Gives a newcomer its turn behind all others.
   *
   * @param earliest before this it cannot be
   * @param spacingMs how far behind the one before it, by when that is
   * @returns when it is, and whether it is kept
   */
  reserve(id: string, earliest: number, spacingMs: (tail: number) => number): { at: number; isKept: boolean } {
    const tail = this.tail;
    const apartMs = spacingMs(tail);
    const at = Math.max(earliest, tail + apartMs);
    if (this.size >= RESERVED_MAX) {
      const crowd = 1 + (this.#turnedAway++ % RESERVED_MAX);
      return { at: at + crowd * apartMs, isKept: false };
    }
    this.#turnedAway = 0;
    this.#first.set(id, at);
    this.#firstTail = at;
    return { at, isKept: true };
  }

  /** Puts off somebody whose turn it is: behind the others who were put off, before those who come later. */
  putOff(id: string, earliest: number, spacingMs: (tail: number) => number): number {
    this.#first.delete(id);
    this.#again.delete(id);
    const at = Math.max(earliest, this.#againTail + spacingMs(this.#againTail));
    this.#again.set(id, at);
    this.#againTail = at;
    return at;
  }

  /** Strikes out somebody who was let in. */
  take(id: string): void {
    this.#first.delete(id);
    this.#again.delete(id);
  }

  /** Strikes out somebody who will not come; another may have that turn. */
  giveBack(id: string): void {
    const at = this.#first.get(id);
    this.take(id);
    if (at !== undefined) this.#free.push(at);
  }

  /** Puts turns that were given back in order. Call it once after giving back any number. */
  sortFree(): void {
    this.#free.sort((a, b) => b - a);
  }

  clear(): void {
    this.#first.clear();
    this.#again.clear();
    this.#firstTail = Number.NEGATIVE_INFINITY;
    this.#againTail = Number.NEGATIVE_INFINITY;
    this.#free = [];
    this.#noShows = 0;
    this.#turnedAway = 0;
  }
}
