// The rate of a resume as the target's queue gets it, from the call of the admin API to the cron that comes after it.

import { createExecutionContext, reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { runJobs } from "../../../src/jobs/cron.ts";
import { createBindings, SECRETS } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { delayingQueue, recordDelivery } from "./due.ts";

const COUNT = 40;
const PER_SECOND = 2;
const NOW = SENT_AT + 3_600_000;

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  await publish(createTable(["crm"]));
});

afterEach(() => {
  vi.useRealTimers();
});

it(`${COUNT} deliveries let go ${PER_SECOND} a second go out at that rate though the cron comes later`, async () => {
  for (let index = 0; index < COUNT; index++) {
    const updatedAt = SENT_AT + index;
    await recordDelivery({ state: "held", reason: "target_paused", attemptsMade: 0, updatedAt });
  }
  const DELIVER = delayingQueue();
  const env = createBindings({ DELIVER });
  const instants = () => DELIVER.delays.splice(0).map((delay) => Math.floor(Date.now() / 1_000) + delay);

  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const init = { method: "POST", headers, body: JSON.stringify({ perSecond: PER_SECOND }) };
  const request = new Request("https://signalbox.example.com/admin/targets/crm/resume", init);
  const answer = await app.fetch(request, env, createExecutionContext());
  expect(await answer.json()).toMatchObject({ released: COUNT });
  const offered = instants();
  for (const seconds of [30, 90]) {
    vi.setSystemTime(NOW + seconds * 1_000);
    await runJobs(env, Date.now());
    offered.push(...instants());
  }

  expect(offered).toHaveLength(COUNT);
  const busiest = Math.max(...[...Map.groupBy(offered, (at) => at).values()].map((one) => one.length));
  expect(busiest).toBeLessThanOrEqual(PER_SECOND + 1);
});
