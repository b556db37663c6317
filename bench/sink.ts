// The far end of a delivery: a local HTTP server that answers 200 at once and remembers what it got.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What has come in since the last `clear`. */
export interface Sink {
  url: string;
  /** How many requests there were under each idempotency key. */
  hits: Map<string, number>;
  /** When each sendout first came in, by the `id` in the body, on the clock of `performance.now()`. */
  arrivals: Map<string, number>;
  clear(): void;
  /** Resolves with the time at which that many different keys had come in. Rejects when it takes too long. */
  reached(count: number, timeoutMs: number): Promise<number>;
  stop(): void;
}

/** Starts a sink on a free port of this machine. */
export async function startSink(): Promise<Sink> {
  const hits = new Map<string, number>();
  const arrivals = new Map<string, number>();
  let awaited: { count: number; resolve: (at: number) => void } | undefined;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    response.end();
    const at = performance.now();
    // A body without an id, or a request without a key, is counted under a name that no real one has.
    const { id = "" }: { id?: string } = JSON.parse(body);
    const key = String(request.headers["idempotency-key"] ?? "");
    if (!arrivals.has(id)) arrivals.set(id, at);
    hits.set(key, (hits.get(key) ?? 0) + 1);
    if (awaited !== undefined && hits.size >= awaited.count) awaited.resolve(at);
  };
  // A rejection ends the benchmark: nothing but our own Workers calls here.
  const server = createServer((request, response) => void take(request, response));
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/sink`,
    hits,
    arrivals,
    clear() {
      hits.clear();
      arrivals.clear();
      awaited = undefined;
    },
    async reached(count, timeoutMs) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const timer = setTimeout(() => reject(new Error(`only ${hits.size} of ${count} came in`)), timeoutMs);
      awaited = { count, resolve };
      if (hits.size >= count) resolve(performance.now());
      return promise.finally(() => clearTimeout(timer));
    },
    stop: () => server.close().closeAllConnections(),
  };
}
