// How long searches take in a ledger of a million sendouts and one and a half million deliveries, on their first and
// hundredth page, and how large such a ledger is. How to run: README.md.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillLedger, findDatabase } from "./fill-ledger.ts";
import { ADMIN_TOKEN, SIGNALBOX_BINDINGS, signalboxOptions, startWorker, type RunningWorker } from "./harness.ts";
import { SEARCH_KEY } from "./ledger-rows.ts";
import { median, printMachine, printTable, readFlags } from "./numbers.ts";

const flags = readFlags({
  sendouts: 1_000_000,
  /** Calls of each page; the table has their median. */
  rounds: 5,
});

/** The ledger's age, in milliseconds: the sendouts are spread evenly over it. As retention is by default. */
const AGE_MS = 90 * 86_400_000;

/** How long contents are kept by default, in milliseconds: older ones are gone. */
const CONTENT_AGE_MS = 14 * 86_400_000;
const NOW = Date.now();
const PAGE = 50;

/** What people look for: rare and frequent, in every way that a filter has, and nothing. */
const SEARCHES: readonly string[] = [
  "sendouts?",
  `sendouts?since=${at(0.4)}&until=${at(0.41)}`,
  "sendouts?event=redemption.succeeded",
  "sendouts?event=customer.deleted",
  "sendouts?event=no.such.type",
  "sendouts?source=wh_test",
  "sendouts?sourceKind=distribution",
  "sendouts?inlet=club",
  "sendouts?target=erp",
  "sendouts?route=to-ads",
  "sendouts?state=unrouted",
  "sendouts?state=quarantined",
  "sendouts?group=v0-5000",
  "sendouts?id=whs_000000000000000000",
  "sendouts?customer=cust_3",
  "sendouts?customer=shopper-200000%40mail.example",
  "sendouts?customer=nobody",
  "sendouts?voucher=CODE-3",
  "sendouts?voucher=CODE-700001",
  "sendouts?customer=cust_3&event=customer.deleted",
  "sendouts?event=customer.deleted&target=erp&inlet=club",
  "sendouts?deliveryState=failed",
  "deliveries?",
  "deliveries?state=delivered",
  "deliveries?state=failed",
  "deliveries?state=held",
  "deliveries?state=pending",
  "deliveries?state=failed&target=erp",
  "deliveries?state=expired&event=customer.deleted",
  "deliveries?status=422",
  "deliveries?status=5xx",
  "deliveries?target=erp",
  "deliveries?customer=cust_3&state=failed",
];

const stateDir = mkdtempSync(join(tmpdir(), "signalbox-ledger-"));
printMachine();
// Its tables are made by the Worker; filled while nobody has it open.
await (await start()).stop();
const deliveries = fillLedger(findDatabase(stateDir), {
  sendouts: flags.sendouts,
  from: NOW - AGE_MS,
  to: NOW,
  contentFrom: NOW - CONTENT_AGE_MS,
});
const worker = await start();
const sealed = await seal();
console.log(
  `${flags.sendouts} sendouts, ${deliveries} deliveries, ${sealed.blocks} blocks: ${sealed.bytes} bytes, ${Math.round(sealed.bytes / flags.sendouts)} a sendout\n`,
);
printTable([["search", "first page, ms", "found", "hundredth page, ms", "found"], ...(await searchAll())]);
await worker.stop();
rmSync(stateDir, { recursive: true });

async function start(): Promise<RunningWorker> {
  const running = await startWorker({
    entry: "bench/workers/ledger-jobs.mjs",
    options: signalboxOptions({ consumers: false }),
    bindings: { ...SIGNALBOX_BINDINGS, SIGNALBOX_SEARCH_KEY: SEARCH_KEY },
    stateDir,
  });
  await fetch(`${running.url}/bench/seal`);
  return running;
}

function at(part: number): string {
  return new Date(NOW - AGE_MS + AGE_MS * part).toISOString();
}

/** Has the job run until nothing is left for it. */
async function seal(): Promise<{ blocks: number; bytes: number }> {
  for (let last = -1; ;) {
    const made = await call<{ blocks: number; bytes: number }>("/bench/seal");
    if (made.blocks === last) return made;
    last = made.blocks;
  }
}

async function searchAll(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const search of SEARCHES) {
    const first = await time(search);
    let cursor = first.next;
    for (let page = 2; page < 100 && cursor !== null; page++) cursor = (await ask(search, cursor)).next;
    const hundredth = cursor === null ? undefined : await time(search, cursor);
    rows.push([
      `\`${search}\``,
      ...describe(first),
      ...(hundredth === undefined ? ["there is none", ""] : describe(hundredth)),
    ]);
  }
  return rows;
}

interface Answer {
  found: number;
  next: string | null;
  complete: boolean;
}

function describe({ ms, found, complete }: Answer & { ms: number }): string[] {
  return [ms.toFixed(1), `${found}${complete ? "" : ", not complete"}`];
}

async function time(search: string, cursor?: string): Promise<Answer & { ms: number }> {
  let answer = await ask(search, cursor);
  const times: number[] = [];
  for (let round = 0; round < flags.rounds; round++) {
    const startedAt = performance.now();
    answer = await ask(search, cursor);
    times.push(performance.now() - startedAt);
  }
  return { ...answer, ms: median(times) };
}

async function ask(search: string, cursor?: string): Promise<Answer> {
  const path = `/admin/${search}&limit=${PAGE}${cursor === undefined ? "" : `&cursor=${cursor}`}`;
  const answer = await call<{ sendouts?: object[]; deliveries?: object[]; next: string | null; complete: boolean }>(
    path,
  );
  return { found: (answer.sendouts ?? answer.deliveries ?? []).length, next: answer.next, complete: answer.complete };
}

async function call<T>(path: string): Promise<T> {
  const response = await fetch(`${worker.url}${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<T>; // what the Worker answers
}
