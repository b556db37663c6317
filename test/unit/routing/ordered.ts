// Ordered deliveries through both consumers and the cron: what arrives, what goes out, and in which order.

import { vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import worker from "../../../src/index.ts";
import { runJobs } from "../../../src/jobs/cron.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout, type Sendout } from "../../fixtures/sendout.ts";
import type { Call } from "../delivery/target.ts";
import type { TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT, type TestMessage } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

export const MINUTE_MS = 60_000;

/** Starts over at `SENT_AT` with a table in order of the customers. */
export async function startInOrder(): Promise<void> {
  await startOver();
  vi.useFakeTimers({ now: SENT_AT, toFake: ["Date"] });
  await publish(orderedTable());
}

/** A table that sends everything to these targets, a customer's one after another. */
export function orderedTable(targets: readonly string[] = ["crm"], target: object = {}) {
  const table = createTable(targets, { name: "{{ customer.name }}" });
  return {
    ...table,
    targets: Object.fromEntries(Object.entries(table.targets).map(([id, one]) => [id, { ...one, ...target }])),
    routes: [{ id: "all", events: ["*"], to: targets, order: { by: "customer.id" } }],
  };
}

/** A sendout about a customer, with a name that its request repeats. */
export function about(customer: string, name: string): Sendout {
  return createSendout({ data: { customer: { id: customer, name } } });
}

/** Messages of sendouts that arrive one after another. */
export async function arrive(...sendouts: readonly Sendout[]): Promise<TestMessage[]> {
  return Promise.all(
    sendouts.map(async (sendout, index) => {
      const message = await createIngestMessage(sendout);
      return createMessage({ ...message, receivedAt: SENT_AT + index });
    }),
  );
}

/** Routes messages and returns what was decided about each. */
export async function route(env: TestBindings, messages: readonly TestMessage[], now = SENT_AT + 1_000) {
  vi.setSystemTime(now);
  await consumeIngest(createBatch(messages), env, now);
  return fatesOf(messages);
}

/** Takes what the DELIVER queue holds; in its order. */
export function sent(env: TestBindings): DeliverMessage[] {
  return env.DELIVER.messages.splice(0) as DeliverMessage[]; // only deliveries go there
}

/** Offers messages to the Worker as the platform does. */
export async function offer(env: TestBindings, messages: readonly TestMessage[], now: number) {
  vi.setSystemTime(now);
  await worker.queue({ ...createBatch(messages), queue: "signalbox-deliver" }, env);
  return fatesOf(messages);
}

/** Delivers what there is until nothing is left in the queue, each round in a batch; the names in the order of the calls. */
export async function deliverAll(env: TestBindings, calls: Call[], from = SENT_AT + 2_000): Promise<string[]> {
  for (let now = from; env.DELIVER.messages.length > 0; now += 1_000) {
    await offer(
      env,
      sent(env).map((body) => createMessage(body)),
      now,
    );
  }
  return namesOf(calls);
}

/** The names in the order of the calls. */
export function namesOf(calls: readonly Call[]): string[] {
  return calls.map(({ body }) => (JSON.parse(body) as { name: string }).name); // as the table has it
}

/** Runs the cron's jobs. */
export async function cron(env: TestBindings, now: number): Promise<void> {
  vi.setSystemTime(now);
  await runJobs(env, now);
}

/** The state and reason of each delivery by its sendout's arrival. */
export async function standings(): Promise<unknown[]> {
  const rows = await rowsOf("deliveries");
  return rows
    .toSorted((a, b) => Number(a["order_at"]) - Number(b["order_at"]))
    .map(({ state, reason }) => (typeof reason === "string" ? `${String(state)}: ${reason}` : state));
}
