// A large replay asked for twice: case 69 of the list of hostile inputs under the test's own clock, and what happened
// printed. The same with the built Worker and few deliveries is in test/integration/delivery-hostile.test.ts.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { runJobs } from "../../../src/jobs/cron.ts";
import { toColumn } from "../../../src/ledger/content.ts";
import { bytes } from "../bytes.ts";
import { createBindings } from "../faults.ts";
import { delayingQueue } from "../jobs/due.ts";
import { ASKED_AT, call, deliver, deliveries, everything, plan, replayed } from "./stage.ts";
import { startReplay, writeRefused } from "./start.ts";

const COUNT = 5_000;
const RATE = 50;

beforeEach(startReplay);

afterEach(() => {
  vi.useRealTimers();
});

/** An isolate, and at which second each message that it sends is offered. */
function createIsolate() {
  const DELIVER = delayingQueue();
  const env = createBindings({ DELIVER });
  return { env, seconds: () => DELIVER.delays.map((delay) => Math.floor(ASKED_AT / 1_000) + delay) };
}

it(`case 69: a replay of ${COUNT} whose run is asked for twice is one, keeps its rate, and stops when it is told to`, async () => {
  const request = { method: "POST", url: ["https://crm.example.com/"], headers: [], body: ["{}"] };
  await writeRefused(1, COUNT, toColumn({ as: "raw", bytes: bytes(JSON.stringify(request)) }));
  const { id, plan: planned } = await plan({ ...everything("as then"), rate: RATE });
  expect(planned).toMatchObject({ selected: COUNT, takesSeconds: COUNT / RATE });

  const isolates = [createIsolate(), createIsolate()];
  const answers = await Promise.all(isolates.map(async ({ env }) => call("POST", `/${id}/run`, undefined, env)));
  expect(answers.map(({ status, json }) => [status, json.id])).toEqual([
    [200, id],
    [200, id],
  ]);
  await call("POST", `/${id}/run`, undefined, isolates[1]?.env);
  // And the cron comes by twice at once.
  await Promise.all(isolates.map(async ({ env }) => runJobs(env, ASKED_AT)));

  const messages = isolates.flatMap(({ env }) => replayed(env));
  const seconds = isolates.flatMap(({ seconds: offered }) => offered());
  expect(messages).toHaveLength(60 * RATE); // a minute ahead, no more
  expect(new Set(messages.map(({ sendoutId }) => sendoutId)).size).toBe(messages.length);
  const busiest = Math.max(...[...Map.groupBy(seconds, (at) => at).values()].map((one) => one.length));
  expect(busiest).toBeLessThanOrEqual(RATE);

  // What is due within ten seconds is called, each of it offered twice. Then somebody stops it.
  const stoppedAt = ASKED_AT + 10_000;
  vi.setSystemTime(stoppedAt);
  const due = messages.filter((_, index) => (seconds[index] ?? 0) <= stoppedAt / 1_000);
  const keys: (string | undefined)[] = [];
  for (const offered of [due, due]) {
    const calls = await deliver(offered, 200, stoppedAt);
    keys.push(...calls.map(({ headers }) => headers["idempotency-key"]));
  }
  const { json } = await call("POST", `/${id}/stop`);
  expect(json.state).toBe("stopped");
  const { sent, withdrawn, left } = json.progress as { sent: number; withdrawn: number; left: number }; // our own API
  expect([sent + withdrawn, left]).toEqual([60 * RATE, COUNT - 60 * RATE]);
  expect(withdrawn).toBeGreaterThan(40 * RATE);

  // What the queue still has comes, the cron comes, and somebody asks for the run once more.
  const later = await deliver(messages, 200, ASKED_AT + 61_000);
  keys.push(...later.map(({ headers }) => headers["idempotency-key"]));
  const after = createIsolate();
  vi.setSystemTime(ASKED_AT + 20 * 60_000);
  await call("POST", `/${id}/run`, undefined, after.env);
  await runJobs(after.env, Date.now());
  expect(replayed(after.env)).toEqual([]);
  expect(new Set(keys).size).toBe(keys.length);
  const states = Map.groupBy(await deliveries(), (row) => `${String(row["state"])} in round ${String(row["round"])}`);
  expect(Object.fromEntries([...states].map(([state, rows]) => [state, rows.length]))).toEqual({
    "delivered in round 1": keys.length,
    "failed in round 1": withdrawn,
    "failed in round 0": left,
  });
  expect(keys.length).toBe(sent);
  console.log(
    [
      "case | what was done | what happened",
      `69 | a replay of ${COUNT} at ${RATE} a second, run twice at once and once more, the cron twice at once | one run: ` +
        `${messages.length} a minute ahead, ${busiest} a second at most`,
      `69 | stopped after ten seconds, every message offered again | ${sent} called once each, ${withdrawn} taken back, ${left} untouched`,
    ].join("\n"),
  );
}, 120_000);
