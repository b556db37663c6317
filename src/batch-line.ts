// One log line per queue batch: how many messages, what became of them, how long it took and how long they had waited. It
// is what charts and alerts outside Signalbox are made of; it has counts and no ids.

/** Counts something that became of a message or of what it stands for: `delivered`, `unrouted`, `repeat`. */
export type Tally = (label: string) => void;

/**
 * Hands a batch to its step and writes its line, also when the step throws.
 *
 * @param step the queue's step: `ingest`, `deliver`, …
 * @param now the clock, in milliseconds since 1970
 * @throws whatever the step throws
 */
export async function withBatchLine(
  step: string,
  batch: MessageBatch,
  now: () => number,
  consume: (batch: MessageBatch, tally: Tally) => Promise<void>,
): Promise<void> {
  const begun = now();
  const counts: Record<string, number> = {};
  const tally: Tally = (label) => {
    counts[label] = (counts[label] ?? 0) + 1;
  };
  const answers = { acked: 0, retried: 0 };
  const messages = batch.messages.map((message) => counted(message, answers));
  try {
    await consume(withMessages(batch, messages), tally);
  } finally {
    const oldest = Math.min(...batch.messages.map(({ timestamp }) => timestamp.getTime()));
    const times = { ms: now() - begun, oldestMs: Math.max(begun - oldest, 0) };
    console.log(JSON.stringify({ event: "batch", step, messages: messages.length, ...answers, ...times, counts }));
  }
}

/** A message that says what it was answered. */
function counted(message: Message, answers: { acked: number; retried: number }): Message {
  const { id, timestamp, body, attempts } = message;
  return {
    id,
    timestamp,
    body,
    attempts,
    ack() {
      answers.acked++;
      message.ack();
    },
    retry(options) {
      answers.retried++;
      message.retry(options);
    },
  };
}

function withMessages(batch: MessageBatch, messages: readonly Message[]): MessageBatch {
  const { queue, metadata } = batch;
  return { queue, metadata, messages, ackAll: () => batch.ackAll(), retryAll: (options) => batch.retryAll(options) };
}
