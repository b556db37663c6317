// The rate limits of one target: the calls made, which no window may have too many of, and the calls expected, which
// are those made and all turns given out, so that everybody is told a time that will hold. Pure.

import type { Limits } from "./policy.ts";
import { RollingWindow, type SavedWindow } from "./rolling-window.ts";

const WINDOW_MS = { perSecond: 1_000, perMinute: 60_000, perHour: 3_600_000 } as const;
type Rate = keyof typeof WINDOW_MS;
const RATES: readonly Rate[] = ["perSecond", "perMinute", "perHour"];

/** What survives of the windows when their gate is forgotten. A second has passed by then. */
export type SavedWindows = Partial<Record<Exclude<Rate, "perSecond">, SavedWindow>>;

interface Pair {
  made: RollingWindow;
  expected: RollingWindow;
}

export class Windows {
  readonly #pairs = new Map<Rate, Pair>();
  #restored: SavedWindows;
  #isSaved = true;

  constructor(restored: SavedWindows = {}) {
    this.#restored = restored;
  }

  /** Whether `saved` has been called since the last call that it is about. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** Keeps to these limits from now on. Calls already made count under changed ones as well. */
  use(limits: Limits): void {
    for (const rate of RATES) {
      const limit = limits[rate];
      const pair = this.#pairs.get(rate);
      if (limit === undefined) this.#pairs.delete(rate);
      else if (pair === undefined) this.#pairs.set(rate, this.#begin(rate, limit));
      else if (pair.made.limit !== limit) {
        pair.made = pair.made.underLimit(limit);
        pair.expected = pair.expected.underLimit(limit);
      }
    }
    this.#restored = {};
  }

  /** When the next call may be made, once `ahead` others have been made before it. */
  earliest(ahead: number): number {
    let at = Number.NEGATIVE_INFINITY;
    for (const { made } of this.#pairs.values()) at = Math.max(at, made.earliest(ahead));
    return at;
  }

  /** When it may be made, once everybody who has a turn has had it. */
  earliestExpected(): number {
    let at = Number.NEGATIVE_INFINITY;
    for (const { expected } of this.#pairs.values()) at = Math.max(at, expected.earliest());
    return at;
  }

  /** How far apart turns are when they follow each other as fast as may be, in milliseconds. */
  get intervalMs(): number {
    let shortest = Number.POSITIVE_INFINITY;
    for (const { made } of this.#pairs.values()) shortest = Math.min(shortest, made.intervalMs);
    return shortest === Number.POSITIVE_INFINITY ? 0 : shortest;
  }

  /** Counts a call. */
  add(now: number): void {
    for (const [rate, { made }] of this.#pairs) {
      made.add(now);
      if (rate !== "perSecond") this.#isSaved = false;
    }
  }

  /** Counts a turn given out. */
  expect(at: number): void {
    for (const { expected } of this.#pairs.values()) expected.add(at);
  }

  /** Nobody is expected any more. */
  expectNobody(): void {
    for (const pair of this.#pairs.values()) pair.expected = pair.made.underLimit(pair.made.limit);
  }

  /** What has to be saved. */
  saved(): SavedWindows {
    this.#isSaved = true;
    const saved: SavedWindows = { ...this.#restored };
    for (const [rate, { made }] of this.#pairs) {
      if (rate !== "perSecond") saved[rate] = made.saved();
    }
    return saved;
  }

  #begin(rate: Rate, limit: number): Pair {
    const saved = rate === "perSecond" ? undefined : this.#restored[rate];
    const made =
      saved === undefined
        ? new RollingWindow(limit, WINDOW_MS[rate])
        : RollingWindow.restored(saved, WINDOW_MS[rate]).underLimit(limit);
    return { made, expected: made.underLimit(limit) };
  }
}
