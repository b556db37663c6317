// Queue messages and batches made by hand, because `getQueueResult()` leaves out the delay that a retry asks for.

/** What a consumer decided about a message: acknowledged, or back in so many seconds. */
export type Fate = "ack" | { delaySeconds: number | undefined };

/** A message that remembers what was decided. The platform goes by the first of its fates. */
export interface TestMessage extends Message {
  fates: Fate[];
  /** When the queue offers it, in milliseconds since 1970. */
  offeredAt: number;
}

/** When test messages were sent, in milliseconds since 1970. */
export const SENT_AT = Date.UTC(2026, 9, 5, 8, 15, 31);

/** A message as the queue offers it for the `attempts`th time. */
export function createMessage(body: unknown, { attempts = 1 }: { attempts?: number } = {}): TestMessage {
  const fates: Fate[] = [];
  return {
    id: crypto.randomUUID().replaceAll("-", ""),
    timestamp: new Date(SENT_AT),
    body: structuredClone(body),
    attempts,
    fates,
    offeredAt: SENT_AT,
    ack: () => void fates.push("ack"),
    retry: (options) => void fates.push({ delaySeconds: options?.delaySeconds }),
  };
}

/** The message as the queue offers it the next time: after the delay that was asked for. */
export function offerAgain(message: TestMessage): TestMessage {
  const [fate] = message.fates;
  const delaySeconds = typeof fate === "object" ? (fate.delaySeconds ?? 0) : 0;
  const next = createMessage(message.body, { attempts: message.attempts + 1 });
  return { ...next, id: message.id, offeredAt: message.offeredAt + delaySeconds * 1_000 };
}

/** The time at which a batch of these messages is handled: when the last of them is offered. */
export function offeredAt(messages: readonly TestMessage[]): number {
  return Math.max(...messages.map((message) => message.offeredAt));
}

/** A batch of a queue. Nothing may be decided for the batch as a whole. */
export function createBatch(messages: readonly TestMessage[]): MessageBatch {
  return {
    messages,
    queue: "signalbox-test",
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: refuse,
    retryAll: refuse,
  };
}

function refuse(): never {
  throw new Error("each message is acknowledged or retried on its own");
}

/** What was decided about each message, in order. */
export function fatesOf(messages: readonly TestMessage[]): Fate[][] {
  return messages.map(({ fates }) => fates);
}
