// `signalbox trigger`: sends a router an example of an event, as Voucherify would.

import { InvalidArgumentError, Option, type Command } from "commander";
import { collect } from "../collect.ts";
import type { TriggerOptions } from "../operate/trigger.ts";
import { parseCount } from "../parse-count.ts";
import { PAYLOAD_VERSIONS } from "../payload-versions.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** The most that one command sends. */
const COUNT_MAX = 1_000;

function parseHeaderEnv(text: string): string {
  if (!/^[a-z0-9-]+=[A-Za-z_][A-Za-z0-9_]*$/.test(text)) {
    throw new InvalidArgumentError("Write header=VARIABLE, like x-signalbox-key=INLET_KEY.");
  }
  return text;
}

/** Adds the command to the program. */
export function addTrigger(program: Command): void {
  const command = program
    .command("trigger")
    .summary("send a router a signed example of an event")
    .description(
      "Posts a signed example of an event type to an inlet, as Voucherify would, and prints the ids that it was accepted " +
        "with. The router takes it for real: it goes to your targets. With --wait, exit code 1 unless everything was " +
        "delivered.",
    )
    .argument("<type>", "event type, under any of its spellings (`signalbox events` lists them)")
    .addOption(new Option("--version <version>", "payload version").choices(PAYLOAD_VERSIONS))
    .addOption(new Option("--source <kind>", "who sends it").choices(["webhook", "distribution"]))
    .option("--set <path=value>", "another value, its place as in templates; repeat it for more", collect)
    .option("--count <n>", "how many, each with ids of its own", parseCount(COUNT_MAX), 1)
    .option("--inlet <name>", "the inlet", "voucherify")
    .option("--secret-env <name>", "variable with the inlet's secret (VOUCHERIFY_SECRET when left out)")
    .option("--path-token-env <name>", "variable with the token of the inlet's URL, where it requires one")
    .addOption(
      new Option(
        "--header-env <header=name>",
        "a header that the inlet requires, and the variable with its value",
      ).argParser(parseHeaderEnv),
    )
    .option("--wait", "wait for the deliveries and print what became of them; needs a token with read");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  signalbox trigger redemption.succeeded --wait
  signalbox trigger customer.created --set customer.email=mira@example.com --set 'customer.metadata.vip=true'
  LIVE_SECRET=… signalbox trigger voucher.published --profile live --secret-env LIVE_SECRET`,
    )
    .action(async (type: string, options: TriggerOptions & RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerTrigger } = await import("../operate/trigger.ts");
        return answerTrigger(router, type, options);
      });
    });
}
