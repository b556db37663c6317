// What waits in the queues, as far as the platform says.

import type { Bindings } from "../env.ts";

/** What waits in one queue. */
export interface Backlog {
  backlog: number;
  /** Milliseconds since 1970; null when nothing waits. */
  oldestAt: number | null;
}

/** The backlog of each queue; null where the platform does not say. */
export async function readBacklogs(env: Bindings): Promise<Record<string, Backlog | null>> {
  const queues = { ingest: env.INGEST, deliver: env.DELIVER, slow: env.SLOW, late: env.LATE, dead: env.DEAD };
  const entries = Object.entries(queues).map(async ([name, queue]) => {
    try {
      const { backlogCount, oldestMessageTimestamp } = await queue.metrics();
      return [name, { backlog: backlogCount, oldestAt: oldestMessageTimestamp?.getTime() ?? null }] as const;
    } catch {
      return [name, null] as const; // metrics are a courtesy; a queue works without them
    }
  });
  return Object.fromEntries(await Promise.all(entries));
}
