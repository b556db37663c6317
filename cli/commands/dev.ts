// `signalbox dev`: a router on this machine with the table of the folder.

import { Option, type Command } from "commander";
import type { DevOptions } from "../dev/dev.ts";
import { LOCAL_PORT } from "../local/port.ts";
import { show } from "../outcome.ts";
import { parsePort } from "../parse-port.ts";

/** Adds the command to the program. */
export function addDev(program: Command): void {
  program
    .command("dev")
    .summary("run a router on this machine with the table of this folder")
    .description(
      "Runs a router on this machine and publishes the table of this folder to it, again whenever the file changes. A " +
        "table with an error is shown with its line, and the version before stays in force. What comes in is listed " +
        "until Ctrl-C.",
    )
    .argument("[file]", "the routing table; signalbox.jsonc of this folder when left out")
    .addOption(new Option("--port <number>", "port of the router").env("PORT").default(LOCAL_PORT).argParser(parsePort))
    .option("--state <folder>", "where KV and D1 are kept; .wrangler/state/v3 beside the secrets when left out")
    .option("--vars <file>", "file with the secrets; .dev.vars here, or else Signalbox's own, when left out")
    .option("--no-watch", "publish the table once and not again")
    .option("--no-demo", "do not answer for a target called demo on this machine")
    .option("--json", "print an object a line: what became of the table, sendouts and deliveries")
    .addHelpText(
      "after",
      `
Examples:
  signalbox dev
  signalbox dev --port 9000 table.yaml
  signalbox dev --json | jq -r 'select(.kind == "table") | "\\(.outcome) \\(.version)"'`,
    )
    .action(async (file: string | undefined, options: DevOptions) => {
      const { runDev } = await import("../dev/dev.ts");
      show(await runDev(file, options));
    });
}
