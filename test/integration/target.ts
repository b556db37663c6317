// A real HTTP target that behaves as it is told and remembers what it got.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the target received it. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How to answer one request. The default is 200 with a small JSON body. */
export type Behaviour = (res: ServerResponse, request: ReceivedRequest, count: number) => void;

/** A running target. */
export interface Target {
  url: string;
  requests: ReceivedRequest[];
  /** Changes the answers from now on. `count` is how many requests this path has had, from 1. */
  behave(behaviour: Behaviour): void;
  /** The requests to one path. */
  to(path: string): ReceivedRequest[];
  stop(): Promise<void>;
}

const answerOk: Behaviour = (res) => {
  res.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
};

/** Answers with a status and nothing else. */
export function status(code: number, headers: Record<string, string> = {}): Behaviour {
  return (res) => void res.writeHead(code, headers).end(`status ${code}`);
}

/** Starts a target on a free port. */
export async function startTarget(): Promise<Target> {
  let behaviour = answerOk;
  const requests: ReceivedRequest[] = [];
  const to = (path: string): ReceivedRequest[] => requests.filter((request) => request.path === path);
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const request = { method: req.method ?? "", path: req.url ?? "", headers: req.headers, body };
      requests.push(request);
      behaviour(res, request, to(request.path).length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    to,
    behave: (next) => {
      behaviour = next;
    },
    stop: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
