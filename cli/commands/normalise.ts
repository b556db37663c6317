// `signalbox normalise`: what a router makes of a body.

import { Option, type Command } from "commander";
import { PAYLOAD_VERSIONS } from "../payload-versions.ts";
import type { NormaliseOptions } from "../answer-normalise.ts";
import { show } from "../outcome.ts";
import { FILE_MEANING } from "../read-input.ts";

/** Adds the command to the program. */
export function addNormalise(program: Command): void {
  program
    .command("normalise")
    .summary("print the event that a body becomes, or the body in another payload version")
    .description(
      "Prints the event that a body becomes, as JSON, or with --as the body in a payload version and what became of " +
        "every field. A body that is not understood is a no.",
    )
    .argument("<file>", FILE_MEANING)
    .addOption(new Option("--as <version>", "convert the body to this payload version").choices(PAYLOAD_VERSIONS))
    .option("--inlet <name>", "the inlet it comes in at: prints the sendout's id there as well")
    .option("--table <file>", "the routing table that says what the inlet expects")
    .option("--inlet-event <type>", "event type of bodies that are data without an envelope, as in the inlet's expects")
    .option("--inlet-source <id>", "source of such bodies (distr_…)")
    .option("--json", "why a body is not understood as JSON too: {reason, detail} on stderr")
    .addHelpText(
      "after",
      `
Examples:
  signalbox normalise sendout.json
  signalbox normalise old.json --as v2024-01-01 | jq .report
  signalbox normalise payload.json --inlet coupons --table table.json
  signalbox normalise payload.json --inlet-event customer.publication.succeeded --inlet-source distr_4cV9pTq1
  curl -s https://example.com/sendout.json | signalbox normalise - | jq -r .type`,
    )
    .action(async (file: string, options: NormaliseOptions) => {
      // Loaded only now: it brings the catalogue, which a mistyped option and the other commands should not wait for.
      const { answerNormalise } = await import("../answer-normalise.ts");
      show(await answerNormalise(file, options));
    });
}
