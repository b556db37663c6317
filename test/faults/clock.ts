// A clock that the test owns. Time stands still until it is told to go on; timers that are due then fire in their order.

/** A minute, in milliseconds. */
export const MINUTE_MS = 60_000;

/** Later than any day this runs on, on a whole minute. */
export const START_AT = Date.UTC(2040, 0, 2, 9, 0);

/** What runs when a timer is due. */
type Run = () => void;

interface Timer {
  at: number;
  run: Run;
}

/** Wraps what a timer runs, at the moment it is set. */
type Wrap = (run: Run) => Run;

export class Clock {
  #now: number;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();
  readonly #wrap: Wrap;

  /**
   * @param now milliseconds since 1970
   * @param wrap ties a timer to whoever set it
   */
  constructor(now: number, wrap: Wrap = (run) => run) {
    this.#now = now;
    this.#wrap = wrap;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next timer is due. */
  get nextAt(): number {
    return Math.min(...[...this.#timers.values()].map(({ at }) => at), Number.POSITIVE_INFINITY);
  }

  /** Sets a timer. Returns its id. */
  after(ms: number, run: Run): number {
    this.#lastId++;
    this.#timers.set(this.#lastId, { at: this.#now + Math.max(ms, 0), run });
    return this.#lastId;
  }

  cancel(id: number): void {
    this.#timers.delete(id);
  }

  /** Goes on to an instant and fires what is due by then. */
  advanceTo(at: number): void {
    this.#now = Math.max(this.#now, at);
    const due = [...this.#timers].filter(([, timer]) => timer.at <= this.#now).sort(([, a], [, b]) => a.at - b.at);
    for (const [id, { run }] of due) if (this.#timers.delete(id)) run();
  }

  /** Puts this clock in the place of the platform's. Returns what undoes it. */
  install(): () => void {
    const set = (run: Run, ms = 0) => this.after(ms, this.#wrap(run));
    return replaceAll([
      [globalThis, "setTimeout", set],
      [globalThis, "clearTimeout", (id: unknown) => (typeof id === "number" ? this.cancel(id) : undefined)],
      [Date, "now", () => this.#now],
      [AbortSignal, "timeout", (ms: number) => this.#timeoutSignal(set, ms)],
    ]);
  }

  #timeoutSignal(set: (run: Run, ms: number) => number, ms: number): AbortSignal {
    const controller = new AbortController();
    set(() => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms);
    return controller.signal;
  }
}

/** Replaces properties. Returns what puts them back. */
export function replaceAll(replacements: readonly (readonly [object, string, unknown])[]): () => void {
  const before = replacements.map(([owner, name, value]) => {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
    return () => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    };
  });
  return () => {
    for (const undo of before.toReversed()) undo();
  };
}
