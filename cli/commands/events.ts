// `signalbox events`: the catalogue of event types, or all that is known of one.

import { Option, type Command } from "commander";
import type { EventsOptions } from "../answer-events.ts";
import { show } from "../outcome.ts";
import { PAYLOAD_VERSIONS } from "../payload-versions.ts";

/** Adds the command to the program. */
export function addEvents(program: Command): void {
  program
    .command("events")
    .summary("list the event types, or print what is known of one")
    .description("Lists the event types, or prints the meaning, data, fields and an example of one.")
    .argument("[type]", "event type, under any of its spellings")
    .addOption(new Option("--version <version>", "payload version of the example").choices(PAYLOAD_VERSIONS))
    .addOption(new Option("--source <kind>", "who sends the example").choices(SOURCES))
    .option("--json", "print the same as JSON")
    .addHelpText(
      "after",
      `
Examples:
  signalbox events
  signalbox events | grep -w distribution
  signalbox events redemption.succeeded --version v2018-08-01
  signalbox events customer.rewarded --source distribution --json | jq .example > sendout.json`,
    )
    .action(async (type: string | undefined, options: EventsOptions) => {
      // Loaded only now: the catalogue takes longer than all the rest, and the other commands and helps need none.
      const { answerEvents } = await import("../answer-events.ts");
      show(answerEvents(type, options));
    });
}

const SOURCES = ["webhook", "distribution"] as const;
