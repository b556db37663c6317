// `signalbox plan`, `apply`, `pull` and `rollback`: the routing table as a file in git, and the one that a router has.

import type { Command } from "commander";
import type { ApplyOptions } from "../operate/apply.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";
import { INSTANT_MEANING, parseInstant } from "../terminal/instant.ts";

const TABLE_MEANING = "the routing table; signalbox.jsonc of this folder when left out";

/** How many sendouts a plan compares when nothing is said, and at most. */
const LAST_DEFAULT = 500;
const LAST_MAX = 100_000;

const VERSION_MAX = 999_999_999;

/** Adds the four commands to the program. */
export function addTable(program: Command): void {
  addPlan(program);
  addApply(program);
  addPull(program);
  addRollback(program);
}

function addPlan(program: Command): void {
  const command = program
    .command("plan")
    .summary("what publishing a table would change")
    .description(
      "Compares a table with the one in force, checks it, and tries both on the sendouts that came in lately: how many " +
        "requests stay the same, change, newly fail, or are new. Nothing is published and nothing is sent.",
    )
    .argument("[file]", TABLE_MEANING)
    .option(
      "--last <n>",
      `how many logged sendouts to try it on; 0 for none (${LAST_DEFAULT} when left out)`,
      parseLast,
      LAST_DEFAULT,
    )
    .option("--since <time>", `only those since ${INSTANT_MEANING}`, (text) => parseInstant(text))
    .option("--markdown", "print it for a pull request");
  addRouterOptions(command)
    .addHelpText(
      "after",
      "\nExamples:\n  signalbox plan\n  signalbox plan --last 5000 --since 7d\n  signalbox plan --json | jq .dryRun.sendouts",
    )
    .action(
      async (
        file: string | undefined,
        options: RouterOptions & { last: number; since?: string; markdown?: boolean },
      ) => {
        await onRouter(options, async (router) => {
          const { answerPlan } = await import("../operate/plan.ts");
          return answerPlan(router, file, options);
        });
      },
    );
}

function addApply(program: Command): void {
  const command = program
    .command("apply")
    .summary("publish a table")
    .description("Publishes a table after showing what it changes. What is in force already is not published again.")
    .argument("[file]", TABLE_MEANING);
  addPublishOptions(command);
  addRouterOptions(command)
    .addHelpText(
      "after",
      '\nExamples:\n  signalbox apply\n  signalbox apply --yes --expect-version 12 --note "$GITHUB_SHA"',
    )
    .action(async (file: string | undefined, options: RouterOptions & ApplyOptions) => {
      await onRouter(options, async (router) => {
        const { answerApply } = await import("../operate/apply.ts");
        return answerApply(router, file, options);
      });
    });
}

function addPull(program: Command): void {
  const command = program
    .command("pull")
    .summary("write the table in force to a file")
    .description("Writes the table in force to a file. One that says the same stays as it is, comments and all.")
    .argument("[file]", TABLE_MEANING)
    .option("-f, --force", "overwrite a file that says something else");
  addRouterOptions(command)
    .addHelpText("after", "\nExamples:\n  signalbox pull\n  signalbox pull production.yaml --profile production")
    .action(async (file: string | undefined, options: RouterOptions & { force?: boolean }) => {
      await onRouter(options, async (router) => {
        const { answerPull } = await import("../operate/pull.ts");
        return answerPull(router, file, options);
      });
    });
}

function addRollback(program: Command): void {
  const command = program
    .command("rollback")
    .summary("publish an earlier version of the table again")
    .description("Publishes the table of an earlier version again, as a new version: the one before, or the one named.")
    .argument("[version]", "its number", parseCount(VERSION_MAX));
  addPublishOptions(command);
  addRouterOptions(command)
    .addHelpText("after", "\nExamples:\n  signalbox rollback\n  signalbox rollback 11 --yes")
    .action(async (version: number | undefined, options: RouterOptions & ApplyOptions) => {
      await onRouter(options, async (router) => {
        const { answerRollback } = await import("../operate/apply.ts");
        return answerRollback(router, version, options);
      });
    });
}

function addPublishOptions(command: Command): void {
  command
    .option("-y, --yes", "do not ask")
    .option("--note <text>", "why, for the list of versions")
    .option("--expect-version <n>", "only over this version, which it was planned against", parseCount(VERSION_MAX));
}

/** Like a count, and 0. */
function parseLast(text: string): number {
  return text === "0" ? 0 : parseCount(LAST_MAX)(text);
}
