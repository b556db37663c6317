// A command that stays up, for tests: its process, what it has printed so far, and waiting for more.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { resolve } from "node:path";

/** Where the tests are run. */
const ROOT = process.cwd();

/** How long a text may take to be printed, in milliseconds. */
const PATIENCE_MS = 30_000;

/** A process that runs. */
export interface Running {
  child: ChildProcess;
  /** Its exit code, once it has ended. */
  exited: Promise<number | null>;
  /** Everything on stdout and stderr so far. */
  output(): string;
  /** Resolves with it once a text was printed; rejects when the process ends without it, or takes too long. */
  printed(text: string): Promise<string>;
}

const running = new Set<ChildProcess>();

/** Starts a script of this project with the Node of the tests and collects what it prints. */
export function startScript(
  script: string,
  args: readonly string[],
  { folder = ROOT, env = {} }: { folder?: string; env?: Record<string, string> } = {},
): Running {
  const { npm_lifecycle_event: _, ...inherited } = process.env; // as if not under npm, which these tests may be
  const child = spawn(process.execPath, [resolve(ROOT, script), ...args], {
    cwd: folder,
    env: { ...inherited, ...env },
  });
  running.add(child);
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const exited = once(child, "exit").then(([code]) => {
    running.delete(child);
    return code as number | null; // what Node's exit event carries first
  });
  return {
    child,
    exited,
    output: () => output,
    printed: async (text) =>
      new Promise((fulfil, reject) => {
        const look = (): void => {
          if (!output.includes(text)) return;
          listeners.delete(look);
          fulfil(output);
        };
        listeners.add(look);
        setTimeout(() => reject(new Error(`"${text}" is not printed:\n${output}`)), PATIENCE_MS).unref();
        void exited.then(() => reject(new Error(`ended without printing "${text}":\n${output}`)));
        look();
      }),
  };
}

/** Ends whatever still runs: a test that fails must not leave its router on the port of the next one. */
export async function killAll(): Promise<void> {
  for (const child of running) {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

/** A port that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  server.close();
  await once(server, "close");
  return port;
}
