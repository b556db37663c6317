// The line of a batch: counts, and nothing that tells whose sendout it was.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withBatchLine } from "../../src/batch-line.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "./messages.ts";

const log = vi.spyOn(console, "log");

beforeEach(() => {
  log.mockClear().mockImplementation(() => {});
});

afterEach(() => {
  log.mockReset();
});

function line(): unknown {
  expect(log).toHaveBeenCalledOnce();
  return JSON.parse(String(log.mock.calls[0]?.[0]));
}

/** A clock that goes on by a second each time it is looked at. */
function clock(): () => number {
  let at = SENT_AT + 3_000;
  return () => (at += 1_000);
}

it("counts messages, what they were answered, and what became of them", async () => {
  const messages = ["a", "b", "c"].map((customer) => createMessage({ customer }));
  await withBatchLine("deliver", createBatch(messages), clock(), async (batch, tally) => {
    for (const message of batch.messages.slice(0, 2)) message.ack();
    batch.messages[2]?.retry({ delaySeconds: 7 });
    tally("delivered");
    tally("delivered");
    tally("scheduled");
  });
  expect(line()).toEqual({
    event: "batch",
    step: "deliver",
    messages: 3,
    acked: 2,
    retried: 1,
    ms: 1_000,
    oldestMs: 4_000,
    counts: { delivered: 2, scheduled: 1 },
  });
  expect(fatesOf(messages)).toEqual([["ack"], ["ack"], [{ delaySeconds: 7 }]]);
});

it("is written when the step throws, too, and the error goes on", async () => {
  const batch = createBatch([createMessage({})]);
  const failing = withBatchLine("ingest", batch, clock(), async () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(line()).toMatchObject({ step: "ingest", messages: 1, acked: 0, retried: 0 });
});
