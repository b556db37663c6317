// The queues as wrangler.toml has them, and batches of their messages as a consumer gets them.

import type { Step } from "./calls.ts";
import type { Fate, Waiting } from "./queue.ts";

export const QUEUES = {
  INGEST: { name: "signalbox-ingest", step: "ingest", batchMax: 50, deadLetter: "DEAD" },
  DELIVER: { name: "signalbox-deliver", step: "deliver", batchMax: 20, deadLetter: "DEAD" },
  SLOW: { name: "signalbox-slow", step: "slow", batchMax: 6, deadLetter: "DEAD" },
  LATE: { name: "signalbox-late", step: "late", batchMax: 100, deadLetter: "DEAD" },
  DEAD: { name: "signalbox-dead", step: "dead", batchMax: 20 },
} as const satisfies Record<string, { name: string; step: Step; batchMax: number; deadLetter?: string }>;
export type QueueName = keyof typeof QUEUES;
export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[]; // its own keys

/** A batch. What the consumer says of its messages goes into `fates`; of several words on one the first counts. */
export function createBatch(queue: string, taken: readonly Waiting[], fates: Map<Waiting, Fate>): MessageBatch {
  const say = (message: Waiting, fate: Fate) => {
    if (!fates.has(message)) fates.set(message, fate);
  };
  return {
    queue,
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    messages: taken.map((message) => ({
      id: message.id,
      timestamp: new Date(message.sentAt),
      body: structuredClone(message.body),
      attempts: message.offered,
      ack: () => say(message, { ack: true }),
      retry: (options) => say(message, { ack: false, delaySeconds: options?.delaySeconds ?? 0 }),
    })),
    ackAll: () => taken.forEach((message) => say(message, { ack: true })),
    retryAll: () => taken.forEach((message) => say(message, { ack: false, delaySeconds: 0 })),
  };
}
