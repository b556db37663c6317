// A Durable Object to run worlds in: its storage is the Inbox's, and serves as the ledger where D1 would be too slow.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createStorageLedger } from "./storage-ledger.ts";

/** What a world is run with. */
export interface Storage {
  state: DurableObjectState;
  ledger: D1Database;
  /** How many changes of deliveries the ledger has noted so far; only where it can be asked without waiting. */
  countChanges?: () => number;
}

/** Runs something inside an object, with a ledger in the object's own storage or in D1. */
export async function inStorage<T>(
  run: (storage: Storage) => Promise<T>,
  where: "object" | "d1" = "object",
): Promise<T> {
  const stub = env.INBOX.getByName("world");
  return runInDurableObject(stub, async (_inbox, state) => {
    if (where === "d1") return run({ state, ledger: env.LEDGER });
    const { sql } = state.storage;
    const countChanges = () => sql.exec<{ n: number }>("SELECT coalesce(max(n), 0) AS n FROM audit").one().n;
    return run({ state, ledger: createStorageLedger(state.storage), countChanges });
  });
}
