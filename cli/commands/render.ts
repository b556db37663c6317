// `signalbox render`: the exact request that a sendout becomes.

import type { Command } from "commander";
import type { RenderOptions } from "../answer-render.ts";
import { show } from "../outcome.ts";
import { FILE_MEANING } from "../read-input.ts";

/** Adds the command to the program. */
export function addRender(program: Command): void {
  program
    .command("render")
    .summary("print the exact request that a sendout becomes")
    .description(
      "Prints the exact request as JSON (method, url, headers, body; secrets as names), or why there is none. With " +
        "--table one for each target that a route leads to; a sendout that no route takes is a no.",
    )
    .argument("<file>", FILE_MEANING)
    .option("--target <file>", "a target as in the routing table, or only its request")
    .option("--table <file>", "a routing table: one request for each of its targets that gets one")
    .option("--inlet <name>", "the inlet the sendout comes in at (voucherify when left out)")
    .option("--event <type>", "event type of a body without an envelope")
    .option("--trace", "print what every expression gave, and why a value is empty")
    .option("--curl", "print a curl command instead; secrets are variables of the shell")
    .option("--json", "errors as JSON too: {reason, detail, trace} on stderr")
    .addHelpText(
      "after",
      `
Examples:
  signalbox events redemption.succeeded --json | jq .example | signalbox render - --target target.json
  signalbox render sendout.json --target target.json --trace
  signalbox render sendout.json --table table.json --curl`,
    )
    .action(async (file: string, options: RenderOptions) => {
      const { answerRender } = await import("../answer-render.ts");
      show(await answerRender(file, options));
    });
}
