// A target that answers with whatever bytes it is told to, HTTP or not, once something has been sent to it.

import { createServer, type AddressInfo, type Socket } from "node:net";

/** A running target. The default is to hang up. */
export interface RawTarget {
  url: string;
  /** Changes what happens from now on when the first bytes of a connection have come. */
  behave(onData: (socket: Socket) => void): void;
  stop(): void;
}

/** Starts a target on a free port. */
export async function startRawTarget(): Promise<RawTarget> {
  let onData = (socket: Socket): void => void socket.end();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the other side hangs up; that is what is tried
    socket.once("data", () => onData(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (next) => void (onData = next),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
