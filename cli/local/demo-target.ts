// A small system to deliver to, so that the first try needs nothing else. It answers 200 and tells what it got;
// `/status/503` and the like answer with that status, to see retries.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";

/** What a target is called in a table that wants a demo target to answer for it. */
export const DEMO_TARGET = "demo";

/** Starts the demo target on a port, or on a free one for 0. It lives as long as the process. Rejects when the port is taken. */
export async function startDemoTarget(port: number): Promise<{ url: string }> {
  const server = createServer((req, res) => {
    let bytes = 0;
    req.on("data", (chunk: Buffer) => (bytes += chunk.length));
    req.on("end", () => {
      const status = Number(/^\/status\/([1-5]\d\d)/.exec(req.url ?? "")?.[1] ?? 200);
      res.writeHead(status, { "content-type": "application/json" });
      res.end(JSON.stringify({ received: bytes, method: req.method, path: req.url }));
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: own } = server.address() as AddressInfo; // a TCP server that listens has one
  return { url: `http://127.0.0.1:${own}` };
}

const TableWithDemoSchema = v.object({
  targets: v.object({ [DEMO_TARGET]: v.object({ request: v.object({ url: v.string() }) }) }),
});

/** The port of this machine at which a table has its demo target; undefined for a table without one. */
export function demoPortOf(table: unknown): number | undefined {
  const parsed = v.safeParse(TableWithDemoSchema, table);
  if (!parsed.success) return undefined;
  const port = /^http:\/\/127\.0\.0\.1:(\d{1,5})(?:\/|$)/.exec(parsed.output.targets[DEMO_TARGET].request.url)?.[1];
  return port === undefined ? undefined : Number(port);
}
