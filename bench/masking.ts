// What masking costs where a payload is as large as an inlet takes it: a list, a look at the sendout, and a preview, masked
// and revealed. How to run: README.md.

import { setTimeout as sleep } from "node:timers/promises";
import { createSendout } from "../test/fixtures/sendout.ts";
import { signBody } from "../src/voucherify/signature.ts";
import { ADMIN_TOKEN, callAdmin, inletUrl, SIGNALBOX_BINDINGS, signalboxOptions, startWorker } from "./harness.ts";
import { printMachine, printTable, readFlags, summarise } from "./numbers.ts";
import { SIGNING_SECRET } from "./sendouts.ts";

const flags = readFlags({
  rounds: 11,
  /** Size of a payload, in bytes; an inlet takes 2 MiB at most. */
  bytes: 2_000_000,
  /** Customers of a payload that has more than one, and not too many for their values to be looked for one by one. */
  customers: 25,
});

/** How long a sendout may take until its first attempt was made, in milliseconds. */
const ROUTED_MS_MAX = 60_000;

const worker = await startWorker({
  entry: "src/index.ts",
  options: signalboxOptions({ consumers: true }),
  bindings: SIGNALBOX_BINDINGS,
});
printMachine();
// Nobody listens there. One target is sent a few fields, the other the payload whole.
await callAdmin(worker, "PUT", "/table", {
  inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
  targets: {
    small: { request: { url: "http://127.0.0.1:9/small", body: { to: "{{ customer.email }}" } } },
    whole: { request: { url: "http://127.0.0.1:9/whole" }, payload: "normalised" },
  },
  routes: [{ id: "all", events: ["*"], to: ["small", "whole"] }],
});
const line = (number: number): object => ({ sku_id: `sku_${number}`, quantity: 1, price: number });
const customer = (number: number): object => ({
  customer: { name: `Zoë ${number}`, email: `zoe.${number}@example.com`, phone: `+48600${number}` },
});
const payloads = {
  "one customer, order lines": await logged(bodyOf(line)),
  [`${flags.customers} customers, order lines`]: await logged(
    bodyOf((n) => (n < flags.customers ? customer(n) : line(n))),
  ),
  "customers alone": await logged(bodyOf(customer)),
};
const rows = [["payload", "call", "ms", "CPU ms"]];
for (const [name, id] of Object.entries(payloads)) {
  for (const [what, ask] of Object.entries(callsFor(id))) rows.push([name, what, ...(await measure(ask))]);
}
await worker.stop();
printTable(rows);

/** A sendout of the wanted size, which has as many things as that takes. */
function bodyOf(thing: (number: number) => object): string {
  const sendout = createSendout();
  const things: object[] = [];
  for (let bytes = 4_000; bytes < flags.bytes; bytes += JSON.stringify(things.at(-1)).length + 1) {
    things.push(thing(things.length));
  }
  return JSON.stringify({ ...sendout, data: { ...sendout.data, order: { id: "ord_1", items: things } } });
}

/** Posts a sendout, and gives its id once both deliveries have been tried. */
async function logged(body: string): Promise<string> {
  const signature = await signBody(new TextEncoder().encode(body), SIGNING_SECRET);
  const headers = { "x-voucherify-signature": signature };
  const accepted = await fetch(inletUrl(worker), { method: "POST", body, headers });
  if (accepted.status !== 202) throw new Error(`${accepted.status} ${await accepted.text()}`);
  const { id } = (await accepted.json()) as { id: string }; // what a 202 says
  for (let waited = 0; waited < ROUTED_MS_MAX; waited += 500) {
    const answer = await get(`/sendouts/${id}?reveal=true`);
    const found = (await answer.json()) as { id: string; deliveries?: { attemptsMade: number }[] }; // our own API
    if (found.deliveries?.length === 2 && found.deliveries.every(({ attemptsMade }) => attemptsMade > 0))
      return found.id;
    await sleep(500);
  }
  throw new Error("its deliveries were not tried");
}

/** The calls that show it or leave it out. */
function callsFor(id: string): Record<string, () => Promise<unknown>> {
  const preview = (query: string, target: string) => async () =>
    callAdmin(worker, "POST", `/preview${query}`, { sendout: { id }, target });
  return {
    list: async () => (await get("/sendouts?limit=50")).text(),
    "look, masked": async () => (await get(`/sendouts/${id}`)).text(),
    "look, revealed": async () => (await get(`/sendouts/${id}?reveal=true`)).text(),
    "preview of a few fields, masked": preview("", "small"),
    "preview of a few fields, revealed": preview("?reveal=true", "small"),
    "preview of all, masked": preview("", "whole"),
    "preview of all, revealed": preview("?reveal=true", "whole"),
  };
}

/** How long a call takes, in milliseconds, and of that workerd's processor time. */
async function measure(ask: () => Promise<unknown>): Promise<[ms: string, cpu: string]> {
  await ask(); // once, so that everything is compiled
  const [times, cpus]: [number[], (number | undefined)[]] = [[], []];
  for (let round = 0; round < flags.rounds; round++) {
    const before = worker.cpuMicroseconds();
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
    const after = worker.cpuMicroseconds();
    cpus.push(before === undefined || after === undefined ? undefined : (after - before) / 1_000);
  }
  return [summarise(times), summarise(cpus)];
}

async function get(path: string): Promise<Response> {
  return fetch(`${worker.url}/admin${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
}
