// Runs tasks side by side under two limits: one over all, one per key.

/**
 * Runs items and resolves when all have ended. Items of a key that is at its limit wait; others pass them.
 *
 * @param waiting each is taken out of it when it is run; one that somebody else takes out is not run
 * @param run must not reject: it settles its own item
 */
export async function runLimited<T>(
  waiting: T[],
  options: { total: number; perKey: number; key: (item: T) => string; run: (item: T) => Promise<void> },
): Promise<void> {
  const running = new Map<Promise<void>, string>();
  const mayStart = (item: T): boolean => {
    const key = options.key(item);
    return [...running.values()].filter((other) => other === key).length < options.perKey;
  };
  while (waiting.length > 0 || running.size > 0) {
    const index = running.size < options.total ? waiting.findIndex(mayStart) : -1;
    const [item] = index === -1 ? [] : waiting.splice(index, 1);
    if (item === undefined) {
      await Promise.race(running.keys());
      continue;
    }
    const task: Promise<void> = options.run(item).finally(() => running.delete(task));
    running.set(task, options.key(item));
  }
}

/** Two lists of one: those of a kind, and the others. */
export function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
