// `signalbox search`: the sendouts of a router that fit a filter.

import type { Command } from "commander";
import { addFilterOptions, filterOf } from "../operate/filters.ts";
import type { SearchOptions } from "../operate/search.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** How many sendouts are shown when nobody says. */
const LIMIT_DEFAULT = 20;

/** The most that `--limit` takes; `--all` takes what there is. */
const LIMIT_MAX = 100_000;

/** Adds the command to the program. */
export function addSearch(program: Command): void {
  const command = program
    .command("search")
    .summary("list the sendouts that fit a filter")
    .description("Lists the sendouts that fit a filter, newest first. Exit code 1 when there is none.")
    .option("--limit <n>", "how many at most", parseCount(LIMIT_MAX), LIMIT_DEFAULT)
    .option("--all", "all there are")
    .option("--deliveries", "list deliveries instead; --state is theirs then: failed, held, …, several with commas")
    .option("--url-only", "print the URL of the same search and ask nobody");
  addRouterOptions(addFilterOptions(command))
    .addHelpText(
      "after",
      `
Examples:
  signalbox search --since 2h
  signalbox search --event redemption.succeeded --state unrouted --since 1d --all
  signalbox search --deliveries --state failed,expired --target crm --since 1d
  signalbox search --state quarantined --json | jq -r '.sendouts[].id'`,
    )
    .action(async (options: SearchOptions & RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerSearch } = await import("../operate/search.ts");
        return answerSearch(router, filterOf(options), options);
      });
    });
}
