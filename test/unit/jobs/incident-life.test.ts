// An incident's life, with a clock: a target fails for an hour with four hundred deliveries and recovers. One incident, two
// messages.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { runJobs } from "../../../src/jobs/cron.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { listIncidents } from "../../../src/ledger/incidents.ts";
import { alertBindings, answerByHost, publishAlerts, received } from "../alerts/channel.ts";
import { downD1, workingD1, type TestBindings } from "../faults.ts";
import { createBatch, createMessage, type TestMessage } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { startOver } from "../start-over.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 9, 5, 12);

beforeEach(startOver);
afterEach(() => vi.useRealTimers());

/** The queues of deliveries: what was sent there, and what was put back with a delay. */
function createQueue(env: TestBindings) {
  const waiting: { message: TestMessage; at: number }[] = [];
  return {
    send: (message: TestMessage) => void waiting.push({ message, at: 0 }),
    /** Offers what is due, forty at a time. */
    async offer(now: number): Promise<void> {
      for (const queue of [env.DELIVER, env.SLOW])
        for (const body of queue.messages.splice(0)) waiting.push({ message: createMessage(body), at: 0 });
      const due = waiting.filter(({ at }) => at <= now);
      for (const one of due) waiting.splice(waiting.indexOf(one), 1);
      for (let from = 0; from < due.length; from += 40) await handle(due.slice(from, from + 40), now);
    },
  };

  async function handle(due: readonly { message: TestMessage }[], now: number): Promise<void> {
    const messages = due.map(({ message }) => message);
    await consumeDeliver(createBatch(messages), env, { now: () => now, random: () => 0.5, lane: "fast" });
    for (const message of messages) {
      const [fate] = message.fates;
      if (typeof fate !== "object") continue;
      const again = createMessage(message.body, { attempts: message.attempts + 1 });
      waiting.push({ message: again, at: now + (fate.delaySeconds ?? 0) * 1_000 });
    }
  }
}

it.each([
  ["", { from: 0, to: 0 }],
  [", while D1 is down in the middle", { from: 20, to: 30 }],
])(
  "a target that fails for an hour with 400 deliveries and recovers is one incident and two messages%s",
  async (_name, outage) => {
    vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
    await publishAlerts({}, NOON);
    const calls = answerByHost({ "crm.example.com": () => (minute < 60 ? 503 : 200) });
    const env = alertBindings();
    const queue = createQueue(env);
    const working = env.LEDGER;
    let minute = 0;
    for (; minute < 90; minute += 2) {
      const now = NOON + minute * MINUTE;
      vi.setSystemTime(now);
      env.LEDGER = minute >= outage.from && minute < outage.to ? downD1() : working;
      const count = minute < 60 ? 14 : 2;
      for (let one = 0; one < count; one++) queue.send(createMessage(createDelivery({ retry: "standard" })));
      if (env.LEDGER === working) {
        const late = env.LATE.messages.splice(0).map((body) => createMessage(body));
        await consumeLate(createBatch(late), env);
      }
      await queue.offer(now);
      await runJobs(env, now);
    }
    const { results } = await workingD1().prepare("SELECT count(*) AS count FROM deliveries").all();
    expect(results).toEqual([{ count: 450 }]);
    const incidents = await listIncidents(workingD1());
    expect(incidents.filter(({ kind }) => kind !== "d1_unwell")).toMatchObject([
      { kind: "target_down", subject: "crm", resolvedBy: "itself" },
    ]);
    expect(incidents.filter(({ kind }) => kind === "d1_unwell")).toHaveLength(outage.from < outage.to ? 1 : 0);
    const told = received(calls).filter(({ kind }) => kind !== "d1_unwell");
    expect(told.map(({ change, kind, subject }) => `${change} ${kind} ${subject}`)).toEqual([
      "opened target_down crm",
      "resolved target_down crm",
    ]);
    console.log(
      received(calls)
        .map(({ title, lines, link }) => [title, ...lines, link].join("\n"))
        .join("\n\n"),
    );
  },
  120_000,
);
