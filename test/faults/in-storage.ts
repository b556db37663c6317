// A Durable Object to run worlds in: its storage is the Inbox's, and serves as the ledger where D1 would be too slow.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createStorageLedger } from "./storage-ledger.ts";

/** What a world is run with. */
export interface Storage {
  state: DurableObjectState;
  ledger: D1Database;
}

/** Runs something inside an object, with a ledger in the object's own storage or in D1. */
export async function inStorage<T>(
  run: (storage: Storage) => Promise<T>,
  where: "object" | "d1" = "object",
): Promise<T> {
  const stub = env.INBOX.getByName("world");
  return runInDurableObject(stub, async (_inbox, state) =>
    run({ state, ledger: where === "d1" ? env.LEDGER : createStorageLedger(state.storage) }),
  );
}
