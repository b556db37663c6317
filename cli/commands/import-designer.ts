// `signalbox import-designer`: a template of Voucherify's Payload designer becomes a body template, and back.

import { Option, type Command } from "commander";
import type { ImportDesignerOptions } from "../answer-import-designer.ts";
import { show } from "../outcome.ts";

/** Adds the command to the program. */
export function addImportDesigner(program: Command): void {
  program
    .command("import-designer")
    .summary("turn a Payload-designer template into a body template, or back")
    .description(
      "Prints the body template that gives what a template of Voucherify's Payload designer would, as JSON. What to " +
        "know about it goes to stderr. With --export the other way: a body template in, designer text out, and on " +
        "stderr what is lost; anything lost is a no.",
    )
    .argument("<file>", "file with the designer's text (with --export: the body template as JSON), or - for stdin")
    .option("--envelope", 'put it into the envelope, as Voucherify does unless "Raw payload" is ticked')
    .option("--export", "print a body template as text for the Payload designer")
    .addOption(
      new Option(
        "--missing <policy>",
        "what the exported request does with missing values, as in its `missing`",
      ).choices(MISSING_POLICIES),
    )
    .option("--json", "print {body, notes} or {text, raw, losses} as JSON")
    .addHelpText(
      "after",
      `
Examples:
  signalbox import-designer designer.txt
  pbpaste | signalbox import-designer - --envelope
  signalbox import-designer designer.txt --json | jq .notes
  jq .targets.crm.request.body table.json | signalbox import-designer - --export`,
    )
    .action(async (file: string, options: ImportDesignerOptions) => {
      // Loaded only now: it brings the expression engine, which the other commands and helps should not wait for.
      const { answerImportDesigner } = await import("../answer-import-designer.ts");
      show(await answerImportDesigner(file, options));
    });
}

const MISSING_POLICIES = ["omit", "null", "error"] as const;
