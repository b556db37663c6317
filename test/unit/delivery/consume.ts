// The delivery step over messages of a test's own, and what an earlier attempt left in the ledger.

import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import type { Outcome } from "../../../src/ledger/deliveries.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { createBindings, type TestBindings } from "../faults.ts";
import { createBatch, fatesOf, offeredAt, SENT_AT, type Fate, type TestMessage } from "../messages.ts";

/** What is decided about a message that is offered again in five seconds, because it could not be dealt with now. */
export const PUT_BACK = [{ delaySeconds: 5 }];

/** Handles messages in one batch when the last of them is offered; returns what was decided about each. */
export async function consume(env: TestBindings, messages: readonly TestMessage[]): Promise<Fate[][]> {
  await consumeDeliver(createBatch(messages), env, { now: () => offeredAt(messages), random: () => 0.5, lane: "fast" });
  return fatesOf(messages);
}

/** Writes an outcome of the delivery, as an earlier attempt left it. */
export async function recordEarlier(
  delivery: DeliverMessage,
  outcome: Pick<Outcome, "state" | "attemptsMade"> & { updatedAt?: number },
) {
  const { sendoutId, target, copy, route } = delivery;
  const key = { sendoutId, target, copy, route, round: 0, attemptsBefore: 0 };
  const rest = { reason: null, updatedAt: SENT_AT - 1_000, dueAt: null, sweepAt: null, request: "raw:" };
  await writeEntries(createBindings().LEDGER, [{ kind: "outcome", outcome: { ...key, ...rest, ...outcome } }]);
}
