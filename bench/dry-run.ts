// How long a dry run of a changed table takes over logged sendouts, page by page as a command line asks for it, and what it
// says in the end. How to run: README.md.

import { setTimeout as sleep } from "node:timers/promises";
import { callAdmin, inletUrl, SIGNALBOX_BINDINGS, signalboxOptions, startWorker } from "./harness.ts";
import { postAll } from "./load.ts";
import { printMachine, printTable, readFlags, summarise } from "./numbers.ts";
import { createTable } from "./routing-table.ts";
import { createSendouts } from "./sendouts.ts";

const flags = readFlags({
  /** Logged sendouts that are compared. */
  count: 5_000,
  /** Sendouts of a page. */
  limit: 250,
  rounds: 3,
});

/** How long routing may take for what was posted, in milliseconds, and how often is asked whether it is done. */
const ROUTED_MS_MAX = 300_000;
const ASK_EVERY_MS = 2_000;

/** What a page says, as far as it is added up here. */
interface Page {
  sendouts: { compared: number };
  deliveries: Record<string, number>[];
  next: string | null;
}

/** What a dry run over all pages came to. */
interface DryRun {
  ms: number;
  pages: number;
  compared: number;
  fates: Record<string, number>;
}

const worker = await startWorker({
  entry: "src/index.ts",
  options: signalboxOptions({ consumers: true }),
  bindings: SIGNALBOX_BINDINGS,
});
printMachine();
// Posted while nothing is routed: the log is filled, and no target has to be there.
await postAll(inletUrl(worker), await createSendouts(flags.count, 1));
const targets = { crm: { url: "https://crm.example.com/events" }, erp: { url: "https://erp.example.com/events" } };
const inForce = createTable(targets);
await callAdmin(worker, "PUT", "/table", inForce);
const proposed = changed(inForce);
const until = Date.now() + ROUTED_MS_MAX;
while ((await dryRun()).compared < flags.count) {
  if (Date.now() > until) throw new Error("not every sendout was routed");
  await sleep(ASK_EVERY_MS);
}
const runs: DryRun[] = [];
for (let round = 0; round < flags.rounds; round++) runs.push(await dryRun());
await worker.stop();
const [last] = runs.slice(-1);
printTable([
  ["sendouts", "deliveries each", "pages", "seconds, median (least to most)"],
  [
    String(last?.compared),
    "2",
    String(last?.pages),
    summarise(
      runs.map(({ ms }) => ms / 1_000),
      1,
    ),
  ],
]);
console.log(`\n${JSON.stringify(last?.fates)}`);

/** The same table with one value more for one of its two targets. */
function changed(table: ReturnType<typeof createTable>): unknown {
  const copy = structuredClone(table);
  const crm = copy.targets["crm"];
  if (crm !== undefined) crm.request.body = { ...crm.request.body, message: "{{ customer.name }}: {{ voucher.code }}" };
  return copy;
}

async function dryRun(): Promise<DryRun> {
  const startedAt = performance.now();
  const run: DryRun = { ms: 0, pages: 0, compared: 0, fates: {} };
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const body = { table: proposed, limit: flags.limit, ...(cursor !== undefined && { cursor }) };
    const page = (await callAdmin(worker, "POST", "/table/dry-run", body)) as Page; // what the Worker answers
    run.pages++;
    run.compared += page.sendouts.compared;
    for (const { route: _route, target: _target, ...counts } of page.deliveries) {
      for (const [fate, count] of Object.entries(counts)) run.fates[fate] = (run.fates[fate] ?? 0) + count;
    }
    cursor = page.next;
  }
  run.ms = performance.now() - startedAt;
  return run;
}
