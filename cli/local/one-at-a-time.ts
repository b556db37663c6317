// Work that several processes want done at once, on the same files: one does it, the others wait.

import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** How often those who wait look, in milliseconds. */
const LOOK_EVERY_MS = 50;

/** How old a lock may get, in milliseconds. Its owner has been killed by then: the work takes seconds. */
const OLDEST_MS = 60_000;

/**
 * Does the work while no other process does any under the same lock.
 *
 * @param lock path of a file that is there while somebody works; its folder must exist
 */
export async function oneAtATime(lock: string, work: () => Promise<void>): Promise<void> {
  while (!takes(lock)) await wait(LOOK_EVERY_MS);
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Whether the lock is ours now: making a file that must not exist is what a file system does for one only. */
function takes(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx"));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // what Node's file system throws
    if (isLeftBehind(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isLeftBehind(lock: string): boolean {
  const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? {};
  return mtimeMs !== undefined && Date.now() - mtimeMs > OLDEST_MS;
}
