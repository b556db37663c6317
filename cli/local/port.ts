// The port of a router on this machine, and whether one can be had before anything is started on it.

import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** The port of a router on this machine unless somebody says otherwise. */
export const LOCAL_PORT = 8787;

/** How long a port may take to become free, in milliseconds: a router that was killed lets go of it within a second. */
const PATIENCE_MS = 2_500;

/** Whether a port on this machine is free, or becomes so within a moment. */
export async function isPortFree(port: number): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (await canListen(port)) return true;
    if (Date.now() > deadline) return false;
    await wait(100);
  }
}

async function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
