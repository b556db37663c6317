// `signalbox migration`: where the move to the new payload version stands, from bodies that were kept.

import type { Command } from "commander";
import type { MigrationOptions } from "../answer-migration.ts";
import { show } from "../outcome.ts";
import { FILE_MEANING } from "../read-input.ts";

/** Adds the command to the program. */
export function addMigration(program: Command): void {
  program
    .command("migration")
    .alias("migrate-report")
    .summary("report where the move from v2018-08-01 to v2024-01-01 stands")
    .description(
      "Reports, as Markdown, which event types have been seen in both payload versions, what changes field by field, " +
        "and which places of a routing table read fields that disappear. A router reports the same of what it has " +
        "logged: GET /admin/migration.",
    )
    .argument("<files...>", `${FILE_MEANING}; one body each, of either version`)
    .option("--table <file>", "the routing table whose templates and filters are looked at")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
Examples:
  signalbox migration old/*.json new/*.json > migration.md
  signalbox migration old/*.json --table table.json --json | jq .reads`,
    )
    .action(async (files: string[], options: MigrationOptions) => {
      const { answerMigration } = await import("../answer-migration.ts");
      show(await answerMigration(files, options));
    });
}
