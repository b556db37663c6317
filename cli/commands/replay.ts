// `signalbox replay`: deliveries once more, after a look at what that means.

import { Option, type Command } from "commander";
import { addSelectionOptions, selectionOf } from "../operate/selection.ts";
import type { ReplayOptions } from "../operate/replay.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** The fastest that a replay goes, in deliveries a second: the router's own limit. */
const RATE_MAX = 50;

/** Adds the command to the program. */
export function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .summary("send deliveries once more")
    .description(
      "Makes a plan of what would be sent once more, shows it, asks, and goes along with the run. The run is the " +
        "router's: leaving ends nothing. Exit code 1 when nothing fits, when it was stopped, and when a delivery failed.",
    )
    .argument("[ids...]", "sendouts and deliveries, by id; instead of --since or beside it")
    .addOption(
      new Option(
        "--as <form>",
        "what is sent: the bytes of then, what the table makes of it now, or that as new",
      ).choices(["then", "now", "new"]),
    )
    .option("--rate <n>", "deliveries a second (10 when left out)", parseCount(RATE_MAX))
    .option("--plan", "show the plan and send nothing")
    .option("-y, --yes", "do not ask")
    .option("--detach", "begin the run and do not go along")
    .option("--follow <replay>", "go along with one that runs (rpl_…)")
    .option("--stop <replay>", "end one that runs: what was sent stays sent");
  addRouterOptions(addSelectionOptions(command))
    .addHelpText(
      "after",
      `
Examples:
  signalbox replay --since 2h --target crm --as then --plan
  signalbox replay --since 2h --target crm --as now --rate 5
  signalbox replay so_5f0c…e1.crm --as then --yes
  signalbox replay --stop rpl_01a2…`,
    )
    .action(async (ids: string[], options: ReplayOptions & RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerReplay } = await import("../operate/replay.ts");
        return answerReplay(router, ids, selectionOf(options), options);
      });
    });
}
