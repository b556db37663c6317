// Notices that files of a folder have changed. The folder is watched and not the file: editors put a new file into its
// place, which the watch of the old one would not see.

import { watch } from "node:fs";

/** How long changes are collected before anything is done, in milliseconds: a save is several of them. */
const SETTLE_MS = 50;

/** Calls `run` after changes of the files named in a folder, one call at a time; what changes meanwhile brings another. */
export function watchFolder(folder: string, isWatched: (file: string) => boolean, run: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  watch(folder, (_, file) => {
    if (file !== null && !isWatched(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(run);
    }, SETTLE_MS);
  });
}
