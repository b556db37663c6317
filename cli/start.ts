// `npm start`: a router on this machine with a demo target, an example routing table when there is none, and one signed
// sendout to see it work. Stays up until Ctrl-C. `signalbox dev` is the same router with a table of one's own.

import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { DEFAULT_INLET_SECRET_NAME } from "../src/secret-names.ts";
import { pc } from "./colours.ts";
import { printBanner, printDemoTarget } from "./local/banner.ts";
import { ensureExampleTable, nextCommand, showSample, type Demo } from "./local/demo.ts";
import { startDemoTarget } from "./local/demo-target.ts";
import { LOCAL_PORT } from "./local/port.ts";
import { LOOK_EVERY_SECONDS, serveLocally, stateBeside } from "./local/serve.ts";
import { answerTail } from "./operate/tail.ts";
import { parsePort } from "./parse-port.ts";

const VARS_DEFAULT = fileURLToPath(new URL("../.dev.vars", import.meta.url));

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
  .addOption(new Option("--port <number>", "port of the router").env("PORT").default(LOCAL_PORT).argParser(parsePort))
  .option("--no-demo", "the bare router: no demo target, no example table, no sample sendout")
  .option("--state <folder>", "where KV and D1 are kept", stateBeside(VARS_DEFAULT))
  .option("--vars <file>", "file with the secrets", VARS_DEFAULT)
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

await main(options);

async function main({ port, demo, ...files }: Options): Promise<void> {
  const served = await serveLocally({
    command: "npm start --",
    port,
    ...files,
    onLog: (line) => console.error(pc.dim(line)),
  });
  if (!served.ok) {
    console.error(served.detail);
    process.exit(1);
  }
  const router = served.value;
  printBanner(router, files);
  if (demo) {
    const { url: targetUrl } = await startDemoTarget(port + 1).catch(async () => startDemoTarget(0));
    printDemoTarget(targetUrl);
    const secret = router.secrets.values[DEFAULT_INLET_SECRET_NAME] ?? "";
    await showDemo({ routerUrl: router.url, targetUrl, admin: router.admin, secret });
  }
  console.log(pc.dim("\nCtrl-C stops everything. What comes in is listed here.\n"));
  await answerTail(router, {}, { every: LOOK_EVERY_SECONDS });
}

async function showDemo(demo: Demo): Promise<void> {
  if (await ensureExampleTable(demo)) {
    await showSample(demo);
    console.log(pc.bold("\nSend the next one (paste it twice and the second is recognised as a repeat):\n"));
    console.log(await nextCommand(demo));
    console.log(pc.dim("\nA table of your own: npx signalbox init, then npx signalbox dev in place of this."));
  } else {
    console.log("\nYour own routing table is in force, so no sample was sent: it would have gone to your targets.");
  }
}
