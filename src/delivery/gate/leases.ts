// What is under way to one target: each call for as long as its lease, unless it is reported before. Pure.

interface Lease {
  since: number;
  until: number;
}

export class Leases {
  /** By id, oldest first. */
  readonly #leases = new Map<string, Lease>();
  /** No lease ends before this. */
  #nextEnd = Number.POSITIVE_INFINITY;

  /** When an id's lease ends; undefined when it is not under way. */
  until(id: string, now: number): number | undefined {
    const lease = this.#leases.get(id);
    return lease !== undefined && lease.until > now ? lease.until : undefined;
  }

  /** How many calls are under way. */
  count(now: number): number {
    if (now >= this.#nextEnd) this.#sweep(now);
    return this.#leases.size;
  }

  /** How long the oldest of them has been under way, in milliseconds. */
  oldestMs(now: number): number | undefined {
    if (this.count(now) === 0) return undefined;
    const [oldest] = this.#leases.values();
    return oldest === undefined ? undefined : now - oldest.since;
  }

  begin(id: string, now: number, until: number): void {
    this.#leases.delete(id);
    this.#leases.set(id, { since: now, until });
    this.#nextEnd = Math.min(this.#nextEnd, until);
  }

  /** Ends the lease that ends at `until`. One that another copy has got meanwhile stays. */
  end(id: string, until: number): void {
    if (this.#leases.get(id)?.until === until) this.#leases.delete(id);
  }

  #sweep(now: number): void {
    this.#nextEnd = Number.POSITIVE_INFINITY;
    for (const [id, { until }] of this.#leases) {
      if (until <= now) this.#leases.delete(id);
      else this.#nextEnd = Math.min(this.#nextEnd, until);
    }
  }
}
