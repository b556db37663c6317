// Deliveries as an earlier attempt left them in the ledger, and a queue that says how long it was told to wait.

import type { Content } from "../../../src/ledger/content.ts";
import { toColumn } from "../../../src/ledger/content.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { recordingQueue, workingD1, type RecordingQueue } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createDelivery } from "../payloads.ts";

/** A delivery that was recorded, and its request as a queue carries it. */
export type Recorded = Outcome & { content: Content };

/** Writes the outcome of a delivery to `crm` that failed once, with what a test wants different. */
export async function recordDelivery(changed: Partial<Outcome> = {}): Promise<Recorded> {
  const { sendoutId, content, target } = createDelivery(changed.target === undefined ? {} : { target: changed.target });
  const outcome: Outcome = {
    sendoutId,
    target,
    copy: 0,
    route: "all",
    state: "scheduled",
    reason: "target_unavailable",
    round: 0,
    attemptsMade: 1,
    attemptsBefore: 0,
    updatedAt: SENT_AT,
    dueAt: null,
    sweepAt: null,
    request: toColumn(content),
    ...changed,
  };
  await writeEntries(workingD1(), [{ kind: "outcome", outcome }]);
  return { ...outcome, content };
}

/** A queue that takes everything and keeps the delay of each message, in seconds. */
export function delayingQueue(): RecordingQueue & { delays: number[] } {
  const queue = recordingQueue();
  const delays: number[] = [];
  const sendBatch: Queue["sendBatch"] = async (messages, options) => {
    const list = [...messages];
    const answer = await queue.sendBatch(list, options);
    delays.push(...list.map(({ delaySeconds }) => delaySeconds ?? 0));
    return answer;
  };
  return Object.create(queue, { delays: { value: delays }, sendBatch: { value: sendBatch } }) as RecordingQueue & {
    delays: number[];
  }; // the queue and these two
}
