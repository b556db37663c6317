// `npm start`: a router on this machine with a demo target, an example routing table when there is none, and one signed
// sendout to see it work. Stays up until Ctrl-C.

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { ADMIN_TOKEN_NAME, DEFAULT_INLET_SECRET_NAME } from "../src/secret-names.ts";
import { answerOf, createAdmin, type Admin } from "./client/admin.ts";
import { pc } from "./colours.ts";
import { ensureExampleTable, nextCommand, showSample, type Demo } from "./local/demo.ts";
import { startDemoTarget } from "./local/demo-target.ts";
import { readDevVars } from "./local/dev-vars.ts";
import { isPortFree } from "./local/port.ts";
import { watchSendouts } from "./local/watch.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CRON_EVERY_MS = 60_000;

interface Options {
  port: number;
  demo: boolean;
  state: string;
  vars: string;
}

if (process.env["npm_config_port"] !== undefined || process.env["npm_config_demo"] !== undefined) {
  console.error("npm keeps options for itself unless -- stands before them: npm start -- --port 8790 --no-demo");
  process.exit(2);
}

const options = new Command("npm start --")
  .description("Runs Signalbox on this machine.")
  .addOption(new Option("--port <number>", "port of the router").env("PORT").default(8787).argParser(parsePort))
  .option("--no-demo", "the bare router: no demo target, no example table, no sample sendout")
  .option("--state <folder>", "where KV and D1 are kept", resolve(ROOT, ".wrangler/state/v3"))
  .option("--vars <file>", "file with the secrets", resolve(ROOT, ".dev.vars"))
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

await main(options);

async function main({ port, demo, state, vars }: Options): Promise<void> {
  if (!(await isPortFree(port))) {
    console.error(
      `Port ${port} is taken. Stop what listens there, or choose another: npm start -- --port ${port + 10}`,
    );
    process.exit(1);
  }
  const secrets = readDevVars(vars, process.env);
  // Loaded only now: it takes a second, which a mistyped option should not cost.
  const { startRouter } = await import("./local/router.ts");
  const router = await startRouter({
    configPath: resolve(ROOT, "wrangler.toml"),
    port,
    stateDir: state,
    bindings: { ...secrets.values, SIGNALBOX_LOCAL_TARGETS: "allow", SIGNALBOX_JOURNAL: "on" },
    onLog: (level, message) => {
      if (level === "error" || level === "warn") console.error(pc.dim(message));
    },
  });
  stopOnSignals();
  const target = demo ? await startDemoTarget(port + 1) : undefined;
  setInterval(() => void router.runCron().catch(() => undefined), CRON_EVERY_MS);
  const token = secrets.values[ADMIN_TOKEN_NAME] ?? "";
  const admin = createAdmin(router.url, token);
  console.log(pc.bold(`\nSignalbox is running at ${router.url}\n`));
  row("Inlet", `${router.url}/in/voucherify`);
  row("Admin API", `${router.url}/admin   ${pc.dim("Authorization: Bearer")} ${token}`);
  if (target !== undefined) row("Demo target", `${target.url}   ${pc.dim("(answers 200; /status/503 answers 503)")}`);
  row("Secrets", `${vars}${secrets.created.length > 0 ? pc.dim(`   made now: ${secrets.created.join(", ")}`) : ""}`);
  row("Data", state);
  await recover(admin);
  if (target !== undefined) await showDemo(router.url, target.url, secrets.values, admin);
  console.log(pc.dim("\nCtrl-C stops everything. What comes in is listed here.\n"));
  watchSendouts(admin);
}

/** The queues of a router on this machine are in memory: what they held when it was stopped is sent again. */
async function recover(admin: Admin): Promise<void> {
  const recovered: { sendouts?: number; sent: number } = await answerOf(admin.sweep.$post({ json: { recover: true } }));
  const { sendouts = 0, sent } = recovered;
  if (sendouts + sent === 0) return;
  row("Recovered", `${sendouts} sendouts that were not routed yet, ${sent} deliveries that were not concluded`);
}

/**
 * Ctrl-C and the like end the process, and with it the demo target and, by miniflare's exit hook, workerd. There is
 * nothing to save: KV, D1 and the Inbox are on disk with every write.
 */
function stopOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Miniflare's own listener would exit with a code that npm reports as an error.
    process.removeAllListeners(signal);
    process.on(signal, () => process.exit(0));
  }
  if (process.env["npm_lifecycle_event"] !== undefined) whenOrphaned(() => process.exit(0));
}

/** npm passes no signal on to what it runs: when it is stopped, this process merely gets another parent. */
function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) then();
  }, 500).unref();
}

async function showDemo(
  routerUrl: string,
  targetUrl: string,
  secrets: Record<string, string>,
  admin: Admin,
): Promise<void> {
  const demo: Demo = { routerUrl, targetUrl, admin, secret: secrets[DEFAULT_INLET_SECRET_NAME] ?? "" };
  if (await ensureExampleTable(demo)) {
    await showSample(demo);
    console.log(pc.bold("\nSend the next one (paste it twice and the second is recognised as a repeat):\n"));
    console.log(await nextCommand(demo));
  } else {
    console.log("\nYour own routing table is in force, so no sample was sent: it would have gone to your targets.");
  }
}

function row(label: string, content: string): void {
  console.log(`  ${pc.cyan(label.padEnd(13))}${content}`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new InvalidArgumentError(`"${text}" is not a port; use a number from 1 to 65534`);
  }
  return port;
}
