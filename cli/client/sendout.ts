// One sendout of a router, as it stands or once something has become of it.

import { setTimeout as wait } from "node:timers/promises";
import type { InferResponseType } from "hono/client";
import { answerOf, answerOrNone, type Admin } from "./admin.ts";

/** A sendout with all that became of it. */
export type SendoutRecord = InferResponseType<Admin["sendouts"][":id"]["$get"], 200>;

/** How often the ledger is asked, in milliseconds: soon at first, because most are delivered at once. */
const FIRST_WAIT_MS = 25;
const LAST_WAIT_MS = 1_000;

/** Whether values are shown that the table masks; the router's audit log says so. */
export interface Reveal {
  reveal?: boolean | undefined;
}

/** What the router is asked, so that it reveals. */
export function queryOf({ reveal = false }: Reveal): { reveal?: "true" } {
  return reveal ? { reveal: "true" } : {};
}

/** A sendout by any of its ids; undefined where the ledger has none. */
export async function readSendout(admin: Admin, id: string, options: Reveal = {}): Promise<SendoutRecord | undefined> {
  return answerOrNone(answerOf(admin.sendouts[":id"].$get({ param: { id }, query: queryOf(options) })));
}

/** The sendout once every delivery has had its first outcome, or as it stands in the end; undefined if not logged yet. */
export async function settledSendout(
  admin: Admin,
  id: string,
  patienceMs: number,
  options: Reveal = {},
): Promise<SendoutRecord | undefined> {
  const deadline = Date.now() + patienceMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)) {
    const record = await readSendout(admin, id, options);
    if (record?.deliveries.every(({ state }) => state !== "pending") === true) return record;
    if (Date.now() >= deadline) return record;
    await wait(Math.min(waitMs, deadline - Date.now()));
  }
}
