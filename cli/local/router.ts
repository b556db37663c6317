// A Signalbox on this machine: workerd with KV, D1 and Queues, configured by wrangler.toml. It listens on a socket of
// workerd's own, because the same Worker is ten times slower behind a development proxy.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorkerOptions, unstable_readConfig as readConfig } from "wrangler";
import { bundleWorker } from "./bundle.ts";
import { buildPages } from "./pages.ts";

/** How a local router is set up. */
export interface RouterOptions {
  /** Path of wrangler.toml. */
  configPath: string;
  /** 0 picks a free one. */
  port: number;
  /** Folder for KV and D1; undefined keeps them in memory. */
  stateDir?: string | undefined;
  /** Secrets and variables, on top of those in wrangler.toml. */
  bindings: Record<string, string>;
  /** Takes each line that the Worker logs. */
  onLog?: (level: string, message: string) => void;
}

/** A running router. */
export interface Router {
  url: string;
  /** Runs each of the Worker's crons once, as the platform does every minute. */
  runCron(): Promise<void>;
  /** The Worker's KV namespace of the routing table, from outside. */
  tableNamespace(): Promise<{ get(key: string): Promise<string | null>; delete(key: string): Promise<void> }>;
  stop(): Promise<void>;
}

/**
 * Starts a router and resolves when it answers.
 *
 * @throws when the Worker does not compile or the port cannot be had
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  process.env["WRANGLER_LOG"] ??= "error"; // it would announce each file it reads
  const config = readConfig({ config: options.configPath });
  const { workerOptions, main } = readWorkerOptions(config);
  if (main === undefined) throw new Error(`${options.configPath} names no main file`);
  const [script] = await Promise.all([bundleWorker(main), buildPages()]);
  guardWorkerd();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ level, message }) => options.onLog?.(level, message),
      ...(options.stateDir === undefined ? {} : { resourcePersistencePath: options.stateDir }),
      telemetry: { enabled: false },
      workers: [
        {
          ...workerOptions,
          name: "signalbox",
          modules: [{ type: "ESModule", path: "index.js", contents: script }],
          // Not wrangler's own, which would bring .dev.vars along whatever file the caller wants.
          bindings: { ...config.vars, ...options.bindings },
          unsafeDirectSockets: [{ host: "127.0.0.1", port: options.port }],
        },
      ],
    }),
  );
  await miniflare.ready;
  const direct = await miniflare.unsafeGetDirectURL("signalbox");
  return {
    url: direct.origin,
    runCron: async () => {
      const handle = await miniflare.getWorker("signalbox");
      for (const cron of config.triggers.crons ?? []) await handle.scheduled({ cron });
    },
    tableNamespace: async () => miniflare.getKVNamespace("TABLE", "signalbox"),
    stop: async () => miniflare.dispose(),
  };
}

/** Has miniflare start workerd through a script that ends it with us. Not on Windows, which has no shell for it. */
function guardWorkerd(): void {
  if (process.platform === "win32") return;
  // CommonJS without types: its default export is the path of the binary for this machine.
  const workerd = createRequire(import.meta.url)("workerd") as { default: string };
  process.env["SIGNALBOX_WORKERD"] = workerd.default;
  process.env["MINIFLARE_WORKERD_PATH"] = fileURLToPath(new URL("guarded-workerd.sh", import.meta.url));
}
