// What every benchmark stands on: a Worker in workerd on a socket of its own, and the processor time it used.

import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import {
  unstable_getMiniflareWorkerOptions as readWorkerOptions,
  unstable_readConfig as readConfig,
  type SourcelessWorkerOptions,
} from "wrangler";
import { bundleWorker } from "../cli/local/bundle.ts";
import { ADMIN_TOKEN_NAME, DEFAULT_INLET_SECRET_NAME } from "../src/secret-names.ts";
import { SIGNING_SECRET } from "./sendouts.ts";

/** The admin token of every Signalbox here. */
export const ADMIN_TOKEN = "bench-admin-token";

/** Ticks per second in /proc/<pid>/stat: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** How many of a Worker's log lines are shown; a broken one writes thousands. */
const LOG_LINES_MAX = 5;

/** A Worker that is listening. */
export interface RunningWorker {
  /** Origin of its own socket: no development proxy in between. */
  url: string;
  /** Processor time that its workerd has used so far, in microseconds; undefined where /proc does not tell. */
  cpuMicroseconds(): number | undefined;
  /** Runs its cron once, as the platform does every minute. */
  runCron(): Promise<void>;
  /**
   * The memory that V8 has in use for it, in bytes, garbage included where V8 does not collect it when it is asked to.
   * For a Worker that was started with `inspected`.
   */
  heapBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** What a Worker is started with. */
export interface WorkerSetup {
  /** Entry file, from the checkout's root. */
  entry: string;
  /** Bindings as miniflare takes them. */
  options: SourcelessWorkerOptions;
  /** Text bindings. */
  bindings?: Record<string, string>;
  /** The bundle, where it is not made of the entry file in the usual way. */
  script?: string;
  /** Has V8's inspector listen. */
  inspected?: boolean;
  /** Where its storage is kept; with it, it begins with what is there. */
  stateDir?: string;
}

/** The bindings of Signalbox as its wrangler.toml has them. `consumers: false` leaves its queues without consumers. */
export function signalboxOptions({ consumers }: { consumers: boolean }): SourcelessWorkerOptions {
  process.env["WRANGLER_LOG"] ??= "error"; // wrangler would announce each file it reads
  const { workerOptions } = readWorkerOptions(readConfig({ config: inCheckout("wrangler.toml") }));
  // Without the pages: the simulator would pass every request through two Workers of its own.
  const { assets: _pages, ...options } = workerOptions;
  return { ...options, ...(consumers ? {} : { queueConsumers: {} }) };
}

/** The options that make another Worker comparable to Signalbox: the same date and flags, and nothing else. */
export function comparableOptions(): SourcelessWorkerOptions {
  const { compatibilityDate, compatibilityFlags } = signalboxOptions({ consumers: false });
  return {
    ...(compatibilityDate === undefined ? {} : { compatibilityDate }),
    ...(compatibilityFlags === undefined ? {} : { compatibilityFlags }),
  };
}

/** The secrets and variables of a Signalbox that may deliver to this machine. */
export const SIGNALBOX_BINDINGS = {
  [ADMIN_TOKEN_NAME]: ADMIN_TOKEN,
  [DEFAULT_INLET_SECRET_NAME]: SIGNING_SECRET,
  SIGNALBOX_LOCAL_TARGETS: "allow",
};

/**
 * Starts a Worker in a workerd of its own, with empty storage unless `stateDir` has some, and resolves when it listens. Its first
 * warnings and errors come out on stderr.
 */
export async function startWorker({
  entry,
  options,
  bindings = {},
  inspected = false,
  script: given,
  stateDir,
}: WorkerSetup): Promise<RunningWorker> {
  const script = given ?? (await bundleWorker(inCheckout(entry)));
  const others = new Set(workerdProcesses());
  let logLines = 0;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      ...(inspected ? { inspectorPort: 0 } : {}),
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ level, message }) => {
        if ((level === "warn" || level === "error") && ++logLines <= LOG_LINES_MAX)
          console.error(`${entry}: ${message}`);
      },
      ...(stateDir === undefined ? {} : { resourcePersistencePath: stateDir }),
      telemetry: { enabled: false },
      workers: [
        {
          ...options,
          name: "bench",
          modules: [{ type: "ESModule", path: "index.js", contents: script }],
          bindings,
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  await miniflare.ready;
  const pids = workerdProcesses().filter((pid) => !others.has(pid));
  return {
    url: (await miniflare.unsafeGetDirectURL("bench")).origin,
    cpuMicroseconds: () => sumCpuMicroseconds(pids),
    runCron: async () => {
      const handle = await miniflare.getWorker("bench");
      await handle.scheduled({ cron: "* * * * *" });
    },
    heapBytes: async () => readHeap(await miniflare.getInspectorURL()),
    stop: async () => miniflare.dispose(),
  };
}

/** Asks V8's inspector. https://chromedevtools.github.io/devtools-protocol/v8/Runtime/ */
async function readHeap(inspector: URL): Promise<number> {
  const listing = await fetch(new URL("/json", inspector.href.replace(/^ws/, "http")));
  const isolates = (await listing.json()) as { id: string; webSocketDebuggerUrl: string }[]; // V8's protocol
  const ours = isolates.find(({ id }) => id === "core:user:bench");
  if (ours === undefined) throw new Error("the inspector has no such Worker");
  const socket = new WebSocket(ours.webSocketDebuggerUrl);
  await once(socket, "open");
  const ask = async (id: number, method: string): Promise<{ usedSize?: number }> => {
    const { promise, resolve } = Promise.withResolvers<{ usedSize?: number }>();
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: object }; // V8's protocol
      if (answer.id === id) resolve(answer.result ?? {});
    });
    socket.send(JSON.stringify({ id, method }));
    return promise;
  };
  void ask(1, "HeapProfiler.collectGarbage"); // workerd passes it on and never answers
  const { usedSize } = await ask(2, "Runtime.getHeapUsage");
  socket.close();
  return usedSize ?? Number.NaN;
}

/**
 * Calls a Signalbox's admin API, with the Worker secret.
 *
 * @throws when it does not do it
 */
export async function callAdmin(worker: RunningWorker, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${worker.url}/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Where a Worker takes sendouts in. */
export function inletUrl(worker: RunningWorker): string {
  return `${worker.url}/in/voucherify`;
}

/** A file's path from its path in the checkout. */
function inCheckout(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** Every workerd below this process, however many processes are in between. */
function workerdProcesses(): number[] {
  if (process.platform !== "linux") return [];
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
  const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return all.flatMap(({ pid, name }) => (name === "workerd" && isOurs(pid) ? [pid] : []));
}

function sumCpuMicroseconds(pids: readonly number[]): number | undefined {
  const stats = pids.flatMap((pid) => readStat(pid) ?? []);
  if (stats.length === 0) return undefined;
  return stats.reduce((sum, { ticks }) => sum + ticks, 0) * (1_000_000 / TICKS_PER_SECOND);
}

/** One line of /proc: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (read 2026-11-22). */
function readStat(pid: number): { pid: number; name: string; parent: number; ticks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in parentheses and may hold anything, so what follows is counted from the last one.
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    const [parent, userTicks, systemTicks] = [fields[1], fields[11], fields[12]].map(Number);
    const ticks = (userTicks ?? 0) + (systemTicks ?? 0);
    return { pid, name: stat.slice(stat.indexOf("(") + 1, end), parent: parent ?? 0, ticks };
  } catch {
    return undefined; // the process has ended since it was listed
  }
}
