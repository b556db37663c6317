// For a batch in which many things end at about the same time: what can be done for several at once is done for those
// that have come, not for each.

/**
 * Does work for several items at a time: while it is under way, what comes next is gathered for the following time. Each
 * call resolves, or rejects, with the work that had its own items.
 *
 * @param pause how long to wait for others once there is one; not at all when left out
 */
export function createGatherer<T>(
  work: (together: readonly T[]) => Promise<void>,
  pause: () => Promise<void> = async () => {},
): (...items: T[]) => Promise<void> {
  let waiting: T[] = [];
  let next: Promise<void> | undefined;
  let current: Promise<void> = Promise.resolve();
  return (...items) => {
    waiting.push(...items);
    next ??= current
      .catch(() => undefined) // its own callers have been told
      .then(pause)
      .then(() => {
        const together = waiting;
        waiting = [];
        next = undefined;
        current = work(together);
        return current;
      });
    return next;
  };
}
