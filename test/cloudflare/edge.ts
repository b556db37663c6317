// What the internet does for a deployed Worker: its address at workers.dev leads to the router. Here that is a router on
// this machine, started with the secrets that the account has for it, anew whenever they have changed, over the same
// storage.

import { join, resolve } from "node:path";
import { startRouter, type Router } from "../../cli/local/router.ts";
import type { Account } from "./account.ts";

/** Absolute, because a command that is tested works in another folder. */
const CONFIG_PATH = resolve("wrangler.toml");

/** The way to an account's Workers. */
export interface Edge {
  /** `fetch` as it is where the addresses of the account's Workers are known. */
  fetch: typeof fetch;
  stop(): Promise<void>;
}

/** The way to the Workers of an account, of which only those that were uploaded and are on workers.dev answer. */
export function createEdge(account: Account, stateDir: string): Edge {
  const real = globalThis.fetch;
  const running = new Map<string, { secrets: string; router: Router }>();
  const routerOf = async (name: string, bindings: Record<string, string>): Promise<Router> => {
    const secrets = JSON.stringify(bindings);
    const before = running.get(name);
    if (before?.secrets === secrets) return before.router;
    await before?.router.stop();
    const options = { configPath: CONFIG_PATH, port: 0, bindings, stateDir: join(stateDir, name) };
    const router = await startRouter(options);
    running.set(name, { secrets, router });
    return router;
  };
  return {
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const name = url.hostname.replace(`.${account.subdomain}.workers.dev`, "");
      const worker = account.workers.get(name);
      if (worker === undefined || !worker.isOnWorkersDev) return real(input, init);
      const { url: origin } = await routerOf(name, Object.fromEntries(worker.secrets));
      return real(new URL(url.pathname + url.search, origin), init);
    },
    stop: async () => {
      await Promise.all([...running.values()].map(async ({ router }) => router.stop()));
    },
  };
}
