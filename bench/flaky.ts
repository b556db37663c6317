// What a target that fails again and again costs: sendouts at a steady rate to one that answers 500 to a share of its
// requests, until all are delivered. Through the local router as `npm start` runs it: journal on, storage on disk, cron
// every minute. How to run: README.md.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createAdmin } from "../cli/client/admin.ts";
import { readSendout } from "../cli/client/sendout.ts";
import { startRouter } from "../cli/local/router.ts";
import { fileURLToPath } from "node:url";
import { ADMIN_TOKEN, SIGNALBOX_BINDINGS } from "./harness.ts";
import { pace } from "./load.ts";
import { percentile, printMachine, printTable } from "./numbers.ts";

import { publishRoutes } from "./routing-table.ts";
import { createSendouts } from "./sendouts.ts";
import { startSink, type SinkCall } from "./sink.ts";
import { createRandom } from "../test/faults/random.ts";

/** Waits like those of a job queue whose back-off begins with a second and doubles. */
const WAITS = "1,2,4,8,16,32,64,128";

/** `standard`, for what it would have meant: docs/delivery.md. */
const STANDARD = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

const CRON_EVERY_MS = 60_000;

const { values: flags } = parseArgs({
  options: {
    sendouts: { type: "string", default: "1000" },
    rate: { type: "string", default: "100" },
    /** How many of a hundred requests are answered 500. */
    failing: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    /** Seconds, or the name of a schedule. */
    waits: { type: "string", default: WAITS },
    /** How long all of it may take, in seconds. */
    patience: { type: "string", default: "600" },
  },
});
const [count, rate, share] = [Number(flags.sendouts), Number(flags.rate), Number(flags.failing) / 100];
const waits = flags.waits.split(",").map(Number);
const draw = createRandom(Number(flags.seed));

const sink = await startSink(() => ({ status: draw.chance(share) ? 500 : 200 }));
const folder = mkdtempSync(join(tmpdir(), "signalbox-flaky-"));
const router = await startRouter({
  configPath: fileURLToPath(new URL("../wrangler.toml", import.meta.url)),
  port: 0,
  stateDir: folder,
  bindings: { ...SIGNALBOX_BINDINGS, SIGNALBOX_JOURNAL: "on" },
  onLog: (level, message) => {
    if (level === "error" || level === "warn") console.error(message.slice(0, 300));
  },
});
const cron = setInterval(() => void router.runCron(), CRON_EVERY_MS);
try {
  await publishRoutes(router.url, { crm: { url: `${sink.url}/crm`, retry: waits } });
  await measure();
} finally {
  clearInterval(cron);
  await router.stop();
  sink.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const sendouts = await createSendouts(count, 1);
  const postedAt = new Map<string, number>();
  const startedAt = performance.now();
  const posting = pace(`${router.url}/in/voucherify`, sendouts, rate, ({ id }) => postedAt.set(id, performance.now()));
  const [latencies, lastAt] = await Promise.all([posting, sink.reached(count, Number(flags.patience) * 1_000)]);
  const acceptedAt = new Map(sendouts.map(({ id }, i) => [id, (postedAt.get(id) ?? NaN) + (latencies[i] ?? NaN)]));
  report(acceptedAt, (lastAt - startedAt) / 1_000);
  const states = await statesInLedger(sendouts.map(({ id }) => id));
  console.log(`In the ledger: ${[...states].map(([state, times]) => `${times} ${state}`).join(", ")}.`);
}

function report(acceptedAt: ReadonlyMap<string, number>, seconds: number): void {
  const calls = Map.groupBy(sink.calls, ({ id }) => id);
  const succeeded = sink.calls.filter(({ status }) => status === 200);
  const toDelivery = succeeded.map(({ id, at }) => at - (acceptedAt.get(id) ?? Number.NaN));
  const attempts = [...calls.values()].map((list) => list.length);
  const twice = [...sink.accepted().values()].filter((times) => times > 1).length;
  const at = (percent: number) => `${(percentile(toDelivery, percent) / 1_000).toFixed(2)} s`;
  printMachine();
  console.log(`${count} sendouts at ${rate}/s; the target answers 500 to ${flags.failing} % of requests.\n`);
  printTable([
    ["", ""],
    ["waits", `${flags.waits} s, each moved by up to 20 %`],
    ["delivered", `${calls.size === count ? succeeded.length - extra(succeeded) : succeeded.length} of ${count}`],
    ["from the first post to the last delivery", `${seconds.toFixed(1)} s`],
    ["from acceptance to delivery, p50 / p99 / last", `${at(50)} / ${at(99)} / ${at(100)}`],
    ["requests", `${sink.calls.length}, of which ${sink.calls.length - succeeded.length} were answered 500`],
    [
      "attempts of one delivery, mean / most",
      `${(sink.calls.length / calls.size).toFixed(2)} / ${Math.max(...attempts)}`,
    ],
    ["delivered more than once", String(twice)],
  ]);
  console.log(
    `\nWith the waits of "standard" the same draws would end after ${describeStandard(attempts)}, by arithmetic.`,
  );
}

function extra(succeeded: readonly SinkCall[]): number {
  return succeeded.length - new Set(succeeded.map(({ key }) => key)).size;
}

/** How long the last delivery takes by `standard`, and half of them and 99 of 100. */
function describeStandard(attempts: readonly number[]): string {
  const waited = attempts.map((made) => STANDARD.slice(0, made - 1).reduce((sum, wait) => sum + wait, 0));
  const describe = (percent: number) => `${(percentile(waited, percent) / 60).toFixed(1)} min`;
  return `${describe(100)} (p50 ${describe(50)}, p99 ${describe(99)})`;
}

/** How many deliveries are in which state after how many attempts. */
async function statesInLedger(ids: readonly string[]): Promise<Map<string, number>> {
  const admin = createAdmin(router.url, ADMIN_TOKEN);
  const states = new Map<string, number>();
  for (const id of ids) {
    for (const { state } of (await readSendout(admin, id))?.deliveries ?? [])
      states.set(state, (states.get(state) ?? 0) + 1);
  }
  return states;
}
