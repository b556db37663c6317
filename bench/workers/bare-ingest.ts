// The least an ingest Worker can do and still be durable: read the body, send it to a queue, answer. No signature, no
// limit, no inlets. What Signalbox's ingest is measured against.

import { Hono } from "hono";
import type { Queue } from "@cloudflare/workers-types";

const app = new Hono<{ Bindings: { INGEST: Queue } }>().post("/in/:inlet", async (c) => {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  await c.env.INGEST.send(bytes, { contentType: "bytes" });
  return c.body(null, 202);
});

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default app;
