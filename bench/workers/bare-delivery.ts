// The least a relay can do: POST, queue, a consumer that sends the same body on to each of its targets, ack. No
// signature, no dedupe, no translation, no log, no judgement of the answer. What Signalbox's delivery is measured
// against.

import type { Message, MessageBatch, Queue } from "@cloudflare/workers-types";

/** Connections that may wait for an answer at the same time in one invocation: the platform's limit. */
const CONNECTIONS_MAX = 6;

interface Bindings {
  INGEST: Queue;
  /** The URLs to send to, as a JSON list. */
  TARGETS: string;
}

const worker = {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    await env.INGEST.send(new Uint8Array(await request.arrayBuffer()), { contentType: "bytes" });
    return new Response(null, { status: 202 });
  },

  async queue(batch: MessageBatch<ArrayBuffer>, env: Bindings): Promise<void> {
    const targets: string[] = JSON.parse(env.TARGETS);
    const waiting = callsOf(batch.messages, targets);
    const left = new Map(batch.messages.map(({ id }) => [id, targets.length]));
    const work = async (): Promise<void> => {
      // One iterator for all: each takes the next call that nobody has taken.
      for (const { message, url } of waiting) {
        // The header is for the sink, which counts distinct deliveries by it.
        const headers = { "content-type": "application/json", "idempotency-key": `${message.id} ${url}` };
        const response = await fetch(url, { method: "POST", headers, body: message.body });
        await response.body?.cancel();
        left.set(message.id, (left.get(message.id) ?? 0) - 1);
        if (left.get(message.id) === 0) message.ack();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_MAX }, work));
  },
};

function* callsOf(messages: readonly Message<ArrayBuffer>[], targets: readonly string[]) {
  for (const message of messages) for (const url of targets) yield { message, url };
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default worker;
