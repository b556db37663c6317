// `signalbox tail`: sendouts as they come in, and what becomes of them.

import type { Command } from "commander";
import { addFilterOptions, filterOf } from "../operate/filters.ts";
import type { TailOptions } from "../operate/tail.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";
import { INSTANT_MEANING, parseInstant } from "../terminal/instant.ts";

/** How often the router is asked when nobody says, and at most, in seconds. */
export const EVERY_DEFAULT = 1;
export const EVERY_MAX = 3_600;

/** The most that `--count` takes. */
export const COUNT_MAX = 1_000_000;

/** Adds the command to the program. */
export function addTail(program: Command): void {
  const command = program
    .command("tail")
    .summary("print sendouts as they come in, and what becomes of them")
    .description(
      "Prints each sendout as it comes in, and a line for every outcome of its deliveries, until Ctrl-C. A router that " +
        "does not answer for a while is waited for.",
    )
    .option("--since <time>", `begin there instead of now: ${INSTANT_MEANING}`, (text: string) => parseInstant(text))
    .option("--count <n>", "end after so many, once their deliveries have ended", parseCount(COUNT_MAX))
    .option("--every <seconds>", "how often to ask", parseCount(EVERY_MAX), EVERY_DEFAULT);
  addRouterOptions(addFilterOptions(command, ["since", "until"]))
    .addHelpText(
      "after",
      `
Examples:
  signalbox tail
  signalbox tail --event redemption.succeeded --since 10m
  signalbox tail --json | jq -r 'select(.kind == "delivery" and .state == "failed") | .id'`,
    )
    .action(async (options: TailOptions & RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerTail } = await import("../operate/tail.ts");
        return answerTail(router, filterOf(options), options);
      });
    });
}
