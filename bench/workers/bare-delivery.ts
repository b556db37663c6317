// The least a relay can do: POST, queue, a consumer that sends the same body on, ack. No signature, no dedupe, no
// translation, no log, no judgement of the answer. What Signalbox's delivery is measured against.

import type { MessageBatch, Queue } from "@cloudflare/workers-types";

/** Connections that may wait for an answer at the same time in one invocation: the platform's limit. */
const CONNECTIONS_MAX = 6;

interface Bindings {
  INGEST: Queue;
  SINK_URL: string;
}

const worker = {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    await env.INGEST.send(new Uint8Array(await request.arrayBuffer()), { contentType: "bytes" });
    return new Response(null, { status: 202 });
  },

  async queue(batch: MessageBatch<ArrayBuffer>, env: Bindings): Promise<void> {
    const waiting = batch.messages.values();
    const work = async (): Promise<void> => {
      // One iterator for all: each takes the next message that nobody has taken.
      for (const message of waiting) {
        // The header is for the sink, which counts distinct deliveries by it.
        const headers = { "content-type": "application/json", "idempotency-key": message.id };
        const response = await fetch(env.SINK_URL, { method: "POST", headers, body: message.body });
        await response.body?.cancel();
        message.ack();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_MAX }, work));
  },
};

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default worker;
