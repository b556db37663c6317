// `signalbox open`: a router in the browser.

import type { Command } from "commander";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** Adds the command to the program. */
export function addOpen(program: Command): void {
  const command = program
    .command("open")
    .summary("open something of a router in the browser")
    .description(
      "Prints the URL of the API's reference, of a sendout, a delivery, a target, a route or an inlet, and opens it at a " +
        "terminal. All but the reference are for browsers that are signed in.",
    )
    .argument("[what]", "so_…, whs_…, so_….crm, target:crm, route:redemptions, inlet:voucherify")
    .option("--print", "only print it");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  signalbox open
  signalbox open so_5f0c…e1 --profile live
  signalbox open target:crm --print`,
    )
    .action(async (what: string | undefined, options: RouterOptions & { print?: boolean }) => {
      await onRouter(options, async (router) => {
        const { answerOpen } = await import("../operate/open.ts");
        return answerOpen(router, what, options.print);
      });
    });
}
