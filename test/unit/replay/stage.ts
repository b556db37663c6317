// What happened before a replay: sendouts that were routed and delivered, or not. And the admin API to replay them with.

import { createExecutionContext } from "cloudflare:test";
import { app } from "../app.ts";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { fromColumn, unpack } from "../../../src/ledger/content.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { newestTable } from "../../../src/routing/table-store.ts";
import { stepReplay } from "../../../src/replay/run.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { mockTarget, type Call } from "../delivery/target.ts";
import { createBindings, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage } from "../payloads.ts";

/** When replays are asked for, in milliseconds since 1970: everything was delivered or had failed by then. */
export const ASKED_AT = SENT_AT + 10 * 60_000;

/** A row of `deliveries`. */
export type DeliveryRow = Record<string, unknown>;

/** Routes sendouts, each received a millisecond after the other, by the table in force. */
export async function route(count: number, now = SENT_AT + 1_000): Promise<DeliverMessage[]> {
  const env = createBindings();
  const messages = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const message = await createIngestMessage(createSendout());
      return createMessage({ ...message, receivedAt: SENT_AT + index });
    }),
  );
  await consumeIngest(createBatch(messages), env, now);
  return env.DELIVER.messages as DeliverMessage[]; // only routing sends there
}

/** Offers messages to the delivery step until none is put back before its time; returns the calls that were made. */
export async function deliver(
  messages: readonly DeliverMessage[],
  answer: Parameters<typeof mockTarget>[0],
  now: number,
  env: TestBindings = createBindings(),
): Promise<Call[]> {
  const calls = mockTarget(answer);
  for (let start = 0; start < messages.length; start += 50) {
    const batch = messages.slice(start, start + 50).map((message) => createMessage(message));
    await consumeDeliver(createBatch(batch), env, { now: () => now, random: () => 0.5, lane: "fast" });
  }
  return calls;
}

/** Routes sendouts and has their targets answer. */
export async function routeAndDeliver(count: number, answer: Parameters<typeof mockTarget>[0] = 400): Promise<void> {
  await deliver(await route(count), answer, SENT_AT + 2_000);
}

/** What a replay has put into the queues. */
export function replayed(env: TestBindings): DeliverMessage[] {
  return [...env.DELIVER.messages, ...env.SLOW.messages] as DeliverMessage[]; // only replays send in these tests
}

/** Every delivery's row, by sendout, target and copy. */
export async function deliveries(): Promise<DeliveryRow[]> {
  return rowsOf("deliveries");
}

/** The rendered request of a row or message, as text. */
export async function textOf(content: unknown): Promise<string> {
  const packed = typeof content === "string" ? fromColumn(content) : (content as DeliverMessage["content"]); // one of both
  return new TextDecoder().decode(await unpack(packed, { LEDGER: workingD1() }));
}

/** Asks the admin API. */
export async function call(method: string, path: string, body?: unknown, env: TestBindings = createBindings()) {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const request = new Request(`https://signalbox.example.com/admin/replays${path}`, init);
  const response = await app.fetch(request, env, createExecutionContext());
  return { status: response.status, json: (await response.json()) as Answer }; // errors have none of it
}

/** The parts of an answer that tests look at. */
export interface Answer {
  id: string;
  state: string;
  code?: string;
  errors?: unknown;
  plan: {
    selected: number;
    takesSeconds: number;
    targets: unknown[];
    excluded: Record<string, number>;
    sample: { delivery: string; differs: boolean | null; detail?: string }[];
  };
  progress: Record<string, unknown>;
  replays: { id: string; state: string }[];
}

/** Plans a replay; the plan's answer. */
export async function plan(body: object): Promise<Answer> {
  const { status, json } = await call("POST", "", body);
  if (status !== 201) throw new Error(`the plan was refused with ${status}: ${JSON.stringify(json)}`);
  return json;
}

/** Everything since the beginning, in a mode. */
export function everything(mode: string, select: object = {}): object {
  return { select: { since: "2026-10-01T00:00:00Z", ...select }, mode };
}

/** Makes one step of a replay in an isolate of its own. */
export async function step(env: TestBindings, id: string, now: number) {
  return stepReplay(env, id, await newestTable(createBindings(), now), now);
}
