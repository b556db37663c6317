// The Worker for test/integration/leaks, which stands here for workerd's types: each message that it puts into a queue is a
// line of its log as well, what it sends to Slack goes to where SLACK_ORIGIN says, and its cron does what five minutes have
// it do, because not every job runs in each of them.

import { env as bound } from "cloudflare:workers";
import worker, { Inbox as RealInbox, TargetGate } from "../../../src/index.ts";
import type { Bindings } from "../../../src/env.ts";
import { runJobs } from "../../../src/jobs/cron.ts";

export { TargetGate };

/** The Inbox, which sends to a queue by itself. */
export class Inbox extends RealInbox {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, recorded(env));
  }
}

const QUEUES = ["INGEST", "DELIVER", "SLOW", "LATE", "DEAD"] as const;

// Once per isolate: what the Worker keeps in memory, it keeps by its bindings.
let recording: Bindings | undefined;

function recorded(env: Bindings): Bindings {
  recording ??= { ...env, ...Object.fromEntries(QUEUES.map((name) => [name, recordedQueue(name, env[name])])) };
  return recording;
}

function recordedQueue(name: string, queue: Queue): Queue {
  return {
    send: async (body, options) => {
      record(name, body);
      return queue.send(body, options);
    },
    sendBatch: async (messages, options) => {
      const all = [...messages];
      for (const { body } of all) record(name, body);
      return queue.sendBatch(all, options);
    },
    metrics: async () => queue.metrics(),
  };
}

function record(queue: string, message: unknown): void {
  const readable = (_key: string, value: unknown) => (value instanceof Uint8Array ? value.toBase64() : value);
  console.log(`queued ${queue} ${JSON.stringify(message, readable)}`);
}

const SLACK = "https://hooks.slack.com";
const realFetch = globalThis.fetch;

globalThis.fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
  const url = input instanceof Request ? input.url : String(input);
  return realFetch(
    url.startsWith(SLACK) ? url.replace(SLACK, String(Reflect.get(bound, "SLACK_ORIGIN"))) : input,
    init,
  );
};

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is one
export default {
  fetch: (request, env, ctx) => worker.fetch(request, recorded(env), ctx),
  queue: async (batch, env) => worker.queue(batch, recorded(env)),
  scheduled: async (_controller, env) => {
    for (let minute = 0; minute < 5; minute++) await runJobs(recorded(env), Date.now() + minute * 60_000);
  },
} satisfies ExportedHandler<Bindings>;
