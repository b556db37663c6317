// `signalbox health`: whether a router is well.

import type { Command } from "commander";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** Adds the command to the program. */
export function addHealth(program: Command): void {
  const command = program
    .command("health")
    .summary("say whether everything a router depends on answers")
    .description("Says whether everything a router depends on answers, and what its operator still has to set.");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  signalbox health
  signalbox health --profile live --json | jq .missingSecrets`,
    )
    .action(async (options: RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerHealth } = await import("../operate/health.ts");
        return answerHealth(router, options);
      });
    });
}
