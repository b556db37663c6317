// The far end of a delivery: a local HTTP server that answers as it is told, 200 at once unless told otherwise, and
// remembers every call.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** A call as the sink saw it. Instants are on the clock of `performance.now()`. */
export interface SinkCall {
  /** When it was here, body and all. */
  at: number;
  /** The path below the sink's URL, which names the target. */
  path: string;
  /** Its `Idempotency-Key`. */
  key: string;
  /** The sendout's, from the `id` in the body. */
  id: string;
  status: number;
  /** When it was answered; undefined before. */
  answeredAt?: number;
}

/** What a sink answers. */
export interface SinkAnswer {
  status: number;
  afterMs?: number;
}

/** What has come in since the last `clear`. */
export interface Sink {
  url: string;
  /** Every call, in the order of arrival. */
  calls: readonly SinkCall[];
  clear(): void;
  /** How many calls have come under each key, of those that were answered 2xx. */
  accepted(): Map<string, number>;
  /**
   * Resolves with the time at which that many different keys had been answered 2xx, on paths that begin so. Rejects when
   * it takes too long.
   */
  reached(count: number, timeoutMs: number, path?: string): Promise<number>;
  stop(): void;
}

/** Starts a sink on a free port of this machine. */
export async function startSink(answer: (call: SinkCall) => SinkAnswer = () => ({ status: 200 })): Promise<Sink> {
  const calls: SinkCall[] = [];
  const keys = new Map<string, string>();
  let awaited: { count: number; path: string; resolve: (at: number) => void } | undefined;
  const reachedCount = (path: string): number =>
    path === "" ? keys.size : [...keys.values()].filter((one) => one.startsWith(path)).length;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    // A body without an id, or a request without a key, is counted under a name that no real one has.
    const { id = "" }: { id?: string } = JSON.parse(body);
    const key = String(request.headers["idempotency-key"] ?? "");
    const call: SinkCall = { at: performance.now(), path: request.url ?? "", key, id, status: 0 };
    calls.push(call);
    const { status, afterMs = 0 } = answer(call);
    call.status = status;
    if (afterMs > 0) await sleep(afterMs);
    response.writeHead(status).end();
    call.answeredAt = performance.now();
    if (status < 200 || status > 299) return;
    keys.set(key, call.path);
    if (awaited !== undefined && reachedCount(awaited.path) >= awaited.count) awaited.resolve(call.answeredAt);
  };
  // A rejection ends the benchmark: nothing but our own Workers calls here.
  const server = createServer((request, response) => void take(request, response));
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    clear() {
      calls.length = 0;
      keys.clear();
      awaited = undefined;
    },
    accepted() {
      const counts = new Map<string, number>();
      for (const { key, status } of calls) {
        if (status >= 200 && status <= 299) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return counts;
    },
    async reached(count, timeoutMs, path = "") {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const late = () => reject(new Error(`only ${reachedCount(path)} of ${count} came in`));
      const timer = setTimeout(late, timeoutMs);
      awaited = { count, path, resolve };
      if (reachedCount(path) >= count) resolve(performance.now());
      return promise.finally(() => clearTimeout(timer));
    },
    stop: () => server.close().closeAllConnections(),
  };
}
