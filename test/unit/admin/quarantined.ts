// What tests of the quarantine begin with: a table, and a sendout that could not be read.

import { vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, type TestBindings } from "../faults.ts";
import { findRecord } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

export const TABLE = createTable(["crm"], { code: "{{ voucher.code }}" });

/** A sendout whose text somebody has broken, and the same before that. */
export const WHOLE = createSendout();
export const BROKEN = JSON.stringify(WHOLE).slice(0, -1);

/** Begins at `SENT_AT`, with the table and nothing else. */
export async function startWithTable(): Promise<void> {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
  await publish(TABLE);
}

/** Has bodies routed, each a second after the one before; returns their ids in that order. */
export async function receive(...bodies: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, body] of bodies.entries()) {
    const message = await createIngestMessage(bytes(body), SENT_AT + index * 1_000);
    await consumeIngest(createBatch([createMessage(message)]), createBindings(), SENT_AT + index * 1_000);
    ids.push((await findRecord(message.acceptedId))?.sendout.id ?? "");
  }
  return ids;
}

/** Lets the DELIVER queue of these bindings run empty. */
export async function deliver(env: TestBindings, now = SENT_AT + 10_000): Promise<void> {
  const messages = env.DELIVER.messages.splice(0).map((body) => createMessage(body));
  const choices = { now: () => now, random: () => 0.5, lane: "fast" as const };
  await consumeDeliver(createBatch(messages), createBindings(), choices);
}
