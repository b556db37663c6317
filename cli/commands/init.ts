// `signalbox init`: what somebody needs who begins.

import type { Command } from "commander";
import { collect } from "../collect.ts";
import type { InitOptions } from "../init/answer-init.ts";
import { show } from "../outcome.ts";

/** Adds the command to the program. */
export function addInit(program: Command): void {
  program
    .command("init")
    .summary("write a first routing table, its tests, and the secrets of this machine")
    .description(
      "Writes what a folder lacks to begin with: signalbox.jsonc with one inlet, one target and one route, " +
        "signalbox.tests.jsonc with tests that pass, .dev.vars with secrets for a router on this machine, and what of " +
        "that must not be committed into .gitignore. At a terminal it asks where the first requests go; elsewhere, or " +
        "with --yes, they go to a demo target. A file that is there stays as it is, unless you say otherwise.",
    )
    .option("--recipe <id>", "they go to a system that Signalbox knows (`signalbox recipes`)")
    .option("--setting <name=value>", "what the recipe asks for; repeat it for more", collect)
    .option("--url <url>", "they go to this URL")
    .option("--target <name>", "what the target is called; demo, first, or as its recipe when left out")
    .option("--event <pattern>", "which events go there, like redemption.*; repeat it for more", collect)
    .option("-y, --yes", "ask nothing")
    .option("-f, --force", "write table and tests anew where they are there")
    .option("--json", "print {files, missingSecrets, next} as JSON, and ask nothing")
    .addHelpText(
      "after",
      `
Examples:
  signalbox init
  signalbox init --yes --recipe braze --setting instance=EU-01 --event 'redemption.*'
  signalbox init --yes --url https://api.example.com/voucherify --target crm`,
    )
    .action(async (options: InitOptions) => {
      const { answerInit } = await import("../init/answer-init.ts");
      show(await answerInit(options));
    });
}
