// `signalbox listen`: a router's sendouts on somebody's own machine.

import type { Command } from "commander";
import { addFilterOptions, filterOf } from "../operate/filters.ts";
import type { ListenOptions } from "../operate/listen.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";
import { INSTANT_MEANING, parseInstant } from "../terminal/instant.ts";
import { COUNT_MAX, EVERY_DEFAULT, EVERY_MAX } from "./tail.ts";

/** How many are caught up on when nobody says, and at most. */
const CATCH_UP_DEFAULT = 1_000;
const CATCH_UP_MAX = 100_000;

/** Adds the command to the program. */
export function addListen(program: Command): void {
  const command = program
    .command("listen")
    .summary("send a router's sendouts on to your own machine")
    .description(
      "Posts each sendout to a URL as it came in: the same bytes, signed anew with your local secret, in order. The next " +
        "time it catches up on what was missed meanwhile. On the router nothing changes. Needs read and payload.",
    )
    .requiredOption("--forward <url>", "where to, like http://localhost:3000/hook")
    .option("--secret-env <name>", "variable with the secret to sign with (VOUCHERIFY_SECRET when left out)")
    .option("--since <time>", `begin there: ${INSTANT_MEANING}`, (text: string) => parseInstant(text))
    .option(
      "--catch-up <n>",
      "how many at most of what was missed, the newest",
      parseCount(CATCH_UP_MAX),
      CATCH_UP_DEFAULT,
    )
    .option("--forget", "forget how far it has come, and begin now")
    .option("--count <n>", "end after so many", parseCount(COUNT_MAX))
    .option("--every <seconds>", "how often to ask", parseCount(EVERY_MAX), EVERY_DEFAULT);
  addRouterOptions(addFilterOptions(command, ["since", "until"]))
    .addHelpText(
      "after",
      `
Examples:
  signalbox listen --forward http://localhost:3000/hook
  signalbox listen --forward http://localhost:3000/hook --profile live --event redemption.succeeded --since 1h`,
    )
    .action(async (options: ListenOptions & RouterOptions) => {
      const { since: _, ...filter } = filterOf(options);
      await onRouter(options, async (router) => {
        const { answerListen } = await import("../operate/listen.ts");
        return answerListen(router, filter, options);
      });
    });
}
