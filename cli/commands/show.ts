// `signalbox show`: a sendout or a delivery with all that became of it.

import type { Command } from "commander";
import type { ShowOptions } from "../operate/show.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** Adds the command to the program. */
export function addShow(program: Command): void {
  const command = program
    .command("show")
    .summary("print a sendout or a delivery with all that became of it")
    .description(
      "Prints a sendout with its deliveries, their attempts and the requests as curl commands, or one delivery. Secrets " +
        "are variables in the commands. Requests and payloads need the scope payload beside read; what the table masks is " +
        "shown with --reveal, and by --payload, --envelope and --curl.",
    )
    .argument(
      "<id>",
      "a sendout's id (so_…), that of a 202 (acc_…) or Voucherify's (whs_…), or a delivery's (so_….crm)",
    )
    .option("--payload", "print only what arrived, byte for byte")
    .option("--envelope", "print only the event that it is taken for, as templates see it")
    .option("--curl", "print only the requests, as curl commands")
    .option("--reveal", "show what the table masks; the router's audit log says that you did")
    .option("--routes", "ask what the table in force would make of it now: each route's decision and each request");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  signalbox show whs_0f6b1c8a22d94e7730
  signalbox show so_5f0c…e1.crm --json | jq '.attempts[-1].status'
  signalbox show so_5f0c…e1 --payload > sendout.json && signalbox render sendout.json --table table.json`,
    )
    .action(async (id: string, options: ShowOptions & RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerShow } = await import("../operate/show.ts");
        return answerShow(router, id, options);
      });
    });
}
