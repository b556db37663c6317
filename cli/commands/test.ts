// `signalbox test`: the tests that stand beside a routing table, without a router.

import type { Command } from "commander";
import { show } from "../outcome.ts";

/** Adds the command to the program. */
export function addTest(program: Command): void {
  program
    .command("test")
    .summary("run a table's tests")
    .description(
      "Runs the tests that stand beside a routing table (signalbox.tests.jsonc): each gives an event and says which " +
        "requests are expected. It needs no router and sends nothing, so that a pipeline can check a change.",
    )
    .argument("[file]", "the routing table; signalbox.jsonc of this folder when left out")
    .option("--tests <files...>", "the files with the tests, in place of those beside the table")
    .option("--json", "print {passed, failed, results} as JSON")
    .addHelpText(
      "after",
      `
A test:
  {
    "name": "a redemption goes to the CRM",
    "given": { "event": "redemption.succeeded", "set": { "data.customer.name": "Mira" } },
    "expect": { "crm": { "method": "POST", "body": { "name": "Mira", "at": { "$any": true } } } }
  }

Examples:
  signalbox test
  signalbox test table.yaml --tests redemptions.tests.jsonc --json | jq .failed`,
    )
    .action(async (file: string | undefined, options: { tests?: string[]; json?: boolean }) => {
      const { answerTest } = await import("../answer-test.ts");
      show(await answerTest(file, options));
    });
}
