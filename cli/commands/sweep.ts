// `signalbox sweep`: has a router send now what is due, instead of with its next minute.

import type { Command } from "commander";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** Adds the command to the program. */
export function addSweep(program: Command): void {
  const command = program
    .command("sweep")
    .summary("send now what is due, and what was lost")
    .description("Runs the sweeper, which the cron does every minute: sends what is due and finds what was lost.")
    .option("--recover", "take everything for lost that waits in a queue: for after one was purged");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Example:
  signalbox sweep`,
    )
    .action(async (options: RouterOptions & { recover?: boolean }) => {
      await onRouter(options, async (router) => {
        const { answerSweep } = await import("../operate/sweep.ts");
        return answerSweep(router, options);
      });
    });
}
