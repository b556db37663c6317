// `signalbox check`: what a router checks before it publishes a table.

import type { Command } from "commander";
import { show } from "../outcome.ts";

/** Adds the command to the program. */
export function addCheck(program: Command): void {
  program
    .command("check")
    .alias("validate")
    .summary("check a routing table as publishing does")
    .description(
      "Checks a routing table: its shape, every template, and every template against examples of every event that " +
        "its routes can bring. Errors are a no; warnings are for people to look at.",
    )
    .argument("[file]", "the routing table; signalbox.jsonc of this folder when left out")
    .option("--local", "as a router on this machine does, whose targets may be here too")
    .option("--json", "print {errors, warnings} as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  signalbox check\n  signalbox check table.yaml\n  signalbox check table.json --json | jq .errors",
    )
    .action(async (file: string | undefined, options: { local?: boolean; json?: boolean }) => {
      const { answerCheck } = await import("../answer-check.ts");
      show(await answerCheck(file, options));
    });
}
