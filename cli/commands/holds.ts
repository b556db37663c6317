// `signalbox pause`, `resume`, `discard` and `holds`: what waits in a router, and because of what.

import { Argument, type Command } from "commander";
import type { HoldKind, PauseOptions } from "../operate/holds.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";
import { FUTURE_MEANING, parseFutureInstant } from "../terminal/instant.ts";

/** The fastest that what was held goes out again, in deliveries a second: the router's own limit. */
const PER_SECOND_MAX = 1_000;

/** Adds the four commands to the program. */
export function addHolds(program: Command): void {
  addHoldList(program);
  addPause(program);
  addResume(program);
  addDiscard(program);
}

function kindArgument(): Argument {
  return new Argument("<kind>", "what it is").choices(["target", "route"]);
}

function addHoldList(program: Command): void {
  const command = program
    .command("holds")
    .summary("list what is paused and what waits")
    .description("Lists the targets and routes that are paused, and how many deliveries wait for what.");
  addRouterOptions(command).action(async (options: RouterOptions) => {
    await onRouter(options, async (router) => {
      const { answerHolds } = await import("../operate/holds.ts");
      return answerHolds(router, options);
    });
  });
}

function addPause(program: Command): void {
  const command = program
    .command("pause")
    .summary("hold what goes to a target or by a route")
    .description(
      "Holds everything that goes to a target or by a route, until a time or until it is resumed. Nothing is lost.",
    )
    .addArgument(kindArgument())
    .argument("<id>", "its name in the table")
    .option("--drain", "let what is under way end, and hold only what comes from now on")
    .option(
      "--until <time>",
      `when it ends by itself: ${FUTURE_MEANING}; when somebody resumes it when left out`,
      (text: string) => parseFutureInstant(text),
    )
    .option("--note <text>", "why, for whoever finds it paused");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  signalbox pause target crm --until 2h --note maintenance
  signalbox pause route redemptions --drain`,
    )
    .action(async (kind: HoldKind, id: string, options: RouterOptions & PauseOptions) => {
      await onRouter(options, async (router) => {
        const { answerPause } = await import("../operate/holds.ts");
        return answerPause(router, { kind, id }, options);
      });
    });
}

function addResume(program: Command): void {
  const command = program
    .command("resume")
    .summary("let it go again")
    .description("Ends a pause and sends what was held, at a rate.")
    .addArgument(kindArgument())
    .argument("<id>", "its name in the table")
    .option("--per-second <n>", "how many deliveries a second (20 when left out)", parseCount(PER_SECOND_MAX));
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Example:
  signalbox resume target crm --per-second 5`,
    )
    .action(async (kind: HoldKind, id: string, options: RouterOptions & { perSecond?: number }) => {
      await onRouter(options, async (router) => {
        const { answerResume } = await import("../operate/holds.ts");
        return answerResume(router, { kind, id }, options);
      });
    });
}

function addDiscard(program: Command): void {
  const command = program
    .command("discard")
    .summary("give up what is held for a target or a route")
    .description("Gives up everything that is held for a target or a route. A replay can still send it.")
    .addArgument(kindArgument())
    .argument("<id>", "its name in the table")
    .option("-y, --yes", "do not ask");
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Example:
  signalbox discard target crm --yes`,
    )
    .action(async (kind: HoldKind, id: string, options: RouterOptions & { yes?: boolean }) => {
      await onRouter(options, async (router) => {
        const { answerDiscard } = await import("../operate/holds.ts");
        return answerDiscard(router, { kind, id }, options);
      });
    });
}
