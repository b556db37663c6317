// A Signalbox on this machine: workerd with KV, D1 and Queues, configured by wrangler.toml. It listens on a socket of
// workerd's own, because the same Worker is ten times slower behind a development proxy.

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from "wrangler";
import { bundleWorker } from "./bundle.ts";

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
  /** Runs the Worker's cron once, as the platform does every minute. */
  runCron(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a router and resolves when it answers.
 *
 * @throws when the Worker does not compile or the port cannot be had
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { workerOptions, main } = readWorkerOptions(options.configPath);
  if (main === undefined) throw new Error(`${options.configPath} names no main file`);
  const script = await bundleWorker(main);
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
          // Typed loosely by miniflare; wrangler fills it with the vars of wrangler.toml.
          bindings: { ...(workerOptions["bindings"] as Record<string, string>), ...options.bindings },
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
      await handle.scheduled({ cron: "* * * * *" });
    },
    stop: async () => miniflare.dispose(),
  };
}
