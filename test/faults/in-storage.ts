// A Durable Object to run worlds in: its storage is the Inbox's, and serves as the ledger where D1 would be too slow.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ensureMigrated } from "../../src/ledger/migrate.ts";
import { createSpreadLedger } from "./spread-ledger.ts";
import { createStorageLedger } from "./storage-ledger.ts";

/** What a world is run with. */
export interface Storage {
  state: DurableObjectState;
  ledger: D1Database;
  /** The databases that make it up, where it is spread. */
  databases?: readonly D1Database[];
  /** How many changes of deliveries the ledger has noted so far; only where it can be asked without waiting. */
  countChanges?: () => number;
}

/** Runs something inside an object, with a ledger in the object's own storage, in D1, or in two databases of D1. */
export async function inStorage<T>(
  run: (storage: Storage) => Promise<T>,
  where: "object" | "d1" | "spread" = "object",
): Promise<T> {
  const stub = env.INBOX.getByName("world");
  return runInDurableObject(stub, async (_inbox, state) => {
    if (where === "d1") return run({ state, ledger: env.LEDGER });
    if (where === "spread") {
      // vitest.config.ts has it; `wrangler types` knows only wrangler.toml.
      const databases = [env.LEDGER, Reflect.get(env, "TEST_LEDGER_2") as D1Database];
      for (const db of databases) await ensureMigrated(db); // one may have been used before
      return run({ state, ledger: createSpreadLedger(databases), databases });
    }
    const { sql } = state.storage;
    const countChanges = () => sql.exec<{ n: number }>("SELECT coalesce(max(n), 0) AS n FROM audit").one().n;
    return run({ state, ledger: createStorageLedger(state.storage), countChanges });
  });
}
