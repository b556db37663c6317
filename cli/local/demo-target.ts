// A small system to deliver to, so that the first try needs nothing else. It answers 200 and tells what it got;
// `/status/503` and the like answer with that status, to see retries.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Starts the demo target on the wished port, or on a free one when that is taken. It lives as long as the process. */
export async function startDemoTarget(wishedPort: number): Promise<{ url: string }> {
  const server = createServer((req, res) => {
    let bytes = 0;
    req.on("data", (chunk: Buffer) => (bytes += chunk.length));
    req.on("end", () => {
      const status = Number(/^\/status\/([1-5]\d\d)/.exec(req.url ?? "")?.[1] ?? 200);
      res.writeHead(status, { "content-type": "application/json" });
      res.end(JSON.stringify({ received: bytes, method: req.method, path: req.url }));
    });
  });
  const listen = async (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  await listen(wishedPort).catch(async () => listen(0));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}` };
}
