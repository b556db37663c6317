// What a delivered sendout costs in queue operations, as Cloudflare bills them: a write, a read and a deletion of each
// message, by 64 KB. https://developers.cloudflare.com/queues/platform/pricing/

import { reset } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createBindings, messageBytes } from "../faults.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { mockTarget } from "./target.ts";

const BILLED_BYTES = 64_000;

beforeEach(async () => {
  await reset();
});

it.each([1, 2, 5])("a sendout for %d targets is three queue operations per hop", async (fanOut) => {
  await publish(createTable(Array.from({ length: fanOut }, (_, index) => `target-${index}`)));
  mockTarget(200);
  const env = createBindings();
  const arrival = createMessage(await createIngestMessage());
  await consumeIngest(createBatch([arrival]), env, SENT_AT);
  const deliveries = env.DELIVER.messages.map((body) => createMessage(body));
  await consumeDeliver(createBatch(deliveries), env, { now: () => SENT_AT, random: () => 0.5, lane: "fast" });
  // Each is written once and, because its first offer is its last, read once and deleted once.
  const hops = [arrival, ...deliveries];
  expect(hops).toHaveLength(1 + fanOut);
  expect(fatesOf(hops)).toEqual(hops.map(() => ["ack"]));
  expect(hops.every(({ body }) => messageBytes(body) <= BILLED_BYTES)).toBe(true);
  for (const queue of [env.INGEST, env.SLOW, env.LATE, env.DEAD]) expect(queue.messages).toEqual([]);
});
