// Ends a run that is stuck: a body that takes for ever would keep the very thread that should report it. This watches
// from a thread of its own, makes the body again and says which it was. Node only.

import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { createBody } from "./mutate.ts";

/** How long one body may take before the run is given up, in milliseconds. Eighty times what is reported as a hang. */
const STUCK_MS = 20_000;

/** Tells the watch what the run is at. */
export interface Watch {
  begin: (index: number) => void;
}

/** What both threads know. The state holds the index under way and how many have begun. */
interface Shared {
  seed: number;
  folder: string;
  state: Int32Array<SharedArrayBuffer>;
}

/** Starts watching a run. A body that is stuck is left in the folder, and the process ends. */
export async function startWatch(seed: number, folder: string): Promise<Watch> {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const shared: Shared = { seed, folder, state };
  const watcher = new Worker(new URL(import.meta.url), { workerData: shared });
  await once(watcher, "online");
  watcher.unref();
  return {
    begin: (index) => {
      Atomics.store(state, 0, index);
      Atomics.add(state, 1, 1);
    },
  };
}

function watch({ seed, folder, state }: Shared): void {
  let begun = Atomics.load(state, 1);
  setInterval(() => {
    const now = Atomics.load(state, 1);
    if (now === begun && now > 0) giveUp(seed, folder, Atomics.load(state, 0));
    begun = now;
  }, STUCK_MS);
}

function giveUp(seed: number, folder: string, index: number): never {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/${seed}-${index}.bin`;
  writeFileSync(file, createBody(seed, index).bytes);
  writeFileSync(
    2,
    `seed ${seed}, index ${index}, written to ${file}:\n  stuck for ${STUCK_MS / 1000} s; the run is given up\n`,
  );
  process.kill(process.pid, "SIGKILL"); // the other thread hears nothing milder
  throw new Error("the process outlived its end");
}

// What startWatch handed over, in the one thread that was started with it.
if (!isMainThread) watch(workerData as Shared);
