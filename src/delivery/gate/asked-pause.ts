// What a target itself asks for: not to be called before a time, or only so many times until then. Pure: times come in
// from outside.

import type { Quota } from "./admission.ts";

/** The longest pause that a target may ask for, in milliseconds: what a message can be delayed. */
export const HELD_MS_MAX = 43_200_000;

/** A pause that grows by less than this, in milliseconds, is not worth another row. */
const HELD_SAVED_MS = 1_000;

/** Two answers speak of the same quota when its end differs by less than this: some round it to seconds. */
const QUOTA_ROUNDED_MS = 2_000;

export class AskedPause {
  #heldUntil: number;
  #savedUntil: number;
  #quota: { left: number; until: number } | undefined;

  /** @param heldUntil what was saved of it, in milliseconds since 1970; 0 for nothing */
  constructor(heldUntil: number) {
    this.#heldUntil = heldUntil;
    this.#savedUntil = heldUntil;
  }

  /** Until when the target asked not to be called, in milliseconds since 1970; in the past when it may be. */
  get heldUntil(): number {
    return this.#heldUntil;
  }

  /** The same, with a quota that is used up. */
  get closedUntil(): number {
    const quotaUntil = this.#quota !== undefined && this.#quota.left <= 0 ? this.#quota.until : 0;
    return Math.max(this.#heldUntil, quotaUntil);
  }

  /** Whether so much has changed that it must not be forgotten. */
  get isUnsaved(): boolean {
    return this.#heldUntil >= this.#savedUntil + HELD_SAVED_MS;
  }

  /** What has to be saved; counts as saved from now on. */
  save(): number {
    this.#savedUntil = this.#heldUntil;
    return this.#heldUntil;
  }

  /** Counts a call. */
  call(): void {
    if (this.#quota !== undefined) this.#quota.left--;
  }

  /** The target asks not to be called before a time. */
  hold(until: number, now: number): void {
    this.#heldUntil = Math.min(Math.max(this.#heldUntil, until), now + HELD_MS_MAX);
  }

  /**
   * The target says how many more calls it takes until a time.
   *
   * @param underWay calls that it may not have counted
   */
  slowDown({ remaining, until }: Quota, underWay: number, now: number): void {
    if (this.#quota !== undefined && this.#quota.until <= now) this.#quota = undefined;
    if (until <= now) return;
    if (remaining === 0) this.hold(until, now);
    const left = Math.max(0, remaining - underWay);
    const isSame = this.#quota !== undefined && Math.abs(this.#quota.until - until) < QUOTA_ROUNDED_MS;
    this.#quota = {
      left: isSame ? Math.min(left, this.#quota?.left ?? left) : left,
      until: Math.min(until, now + HELD_MS_MAX),
    };
  }

  /** Forgets all of it. */
  clear(): void {
    this.#heldUntil = 0;
    this.#quota = undefined;
  }
}
