// The stand-in for Voucherify's Management API over real HTTP, on this machine.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answerManagementCall, type ManagementOptions } from "./management-calls.ts";

/** A running API. */
export interface ManagementApi {
  /** Scheme, host and port. */
  origin: string;
  /** Where the webhooks of the registry's project are: `…/management/v1/projects/proj_…/webhooks`. */
  webhooksUrl: string;
  stop(): Promise<void>;
}

/** Starts the API on a free port of this machine. */
export async function startManagementApi(options: ManagementOptions): Promise<ManagementApi> {
  const server = createServer((req, res) => {
    const answer = async (): Promise<void> => {
      const response = await answerManagementCall(await toRequest(req), options);
      res.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    };
    answer().catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    webhooksUrl: `${origin}/management/v1/projects/${options.registry.projectId}/webhooks`,
    stop: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function toRequest(req: IncomingMessage): Promise<Request> {
  const { method = "GET", url = "" } = req;
  const headers = Object.entries(req.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = method === "GET" ? null : await text(req);
  return new Request(new URL(url, "http://localhost"), { method, headers, body });
}
