// `signalbox recipes`: the destinations that ship with Signalbox, or one of them.

import type { Command } from "commander";
import { show } from "../outcome.ts";

/** Adds the command to the program. */
export function addRecipes(program: Command): void {
  program
    .command("recipes")
    .summary("list the destinations that Signalbox knows, or print one")
    .description("Lists the recipes, or prints what one needs, what it sends, and a target that uses it.")
    .argument("[id]", "a recipe's id")
    .option("--json", "print the same as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  signalbox recipes\n  signalbox recipes braze\n  signalbox recipes braze --json | jq .requests",
    )
    .action(async (id: string | undefined, options: { json?: boolean }) => {
      const { answerRecipes } = await import("../answer-recipes.ts");
      show(answerRecipes(id, options));
    });
}
