// One thread of `npm run fuzz:translate`: runs the blocks that it is given, and says in shared memory which template it
// is at, so that one which takes for ever can be named by who still can. Node only.

import { parentPort, workerData } from "node:worker_threads";
import { runBlock, type Block, type BlockResult } from "./translate-run.ts";

/** What both threads know: the number of the template under way in its block. */
export interface ThreadData {
  state: Int32Array<SharedArrayBuffer>;
}

const { state } = workerData as ThreadData; // what the script has handed over
parentPort?.on("message", (block: Block) => {
  void runBlock(block, { begin: (template) => Atomics.store(state, 0, template) }).then(post);
});

function post(result: BlockResult): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(result);
}
