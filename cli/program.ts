// The program that the `signalbox` command is: puts the commands together and turns the end of each into an exit code
// (outcome.ts).

import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addAudit } from "./commands/audit.ts";
import { addCheck } from "./commands/check.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDeploy } from "./commands/deploy.ts";
import { addDev } from "./commands/dev.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvents } from "./commands/events.ts";
import { addHealth } from "./commands/health.ts";
import { addHolds } from "./commands/holds.ts";
import { addImportDesigner } from "./commands/import-designer.ts";
import { addIncidents } from "./commands/incidents.ts";
import { addInit } from "./commands/init.ts";
import { addListen } from "./commands/listen.ts";
import { addMigration } from "./commands/migration.ts";
import { addNormalise } from "./commands/normalise.ts";
import { addOpen } from "./commands/open.ts";
import { addProfile } from "./commands/profile.ts";
import { addRecipes } from "./commands/recipes.ts";
import { addRender } from "./commands/render.ts";
import { addReplay } from "./commands/replay.ts";
import { addSearch } from "./commands/search.ts";
import { addSecret } from "./commands/secret.ts";
import { addShow } from "./commands/show.ts";
import { addSign } from "./commands/sign.ts";
import { addSweep } from "./commands/sweep.ts";
import { addTail } from "./commands/tail.ts";
import { addTable } from "./commands/table.ts";
import { addTest } from "./commands/test.ts";
import { addToken } from "./commands/token.ts";
import { addTrigger } from "./commands/trigger.ts";
import { addVerify } from "./commands/verify.ts";
import { withoutValues } from "./secrets.ts";

/**
 * Carries out a command line, given without the program's name, on the streams of this process, and leaves the exit code
 * in `process.exitCode`. Never throws: a fault of ours is a sentence on stderr as well.
 */
export async function runSignalbox(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      process.stderr.write(`Signalbox has a fault: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 2;
    }
  }
}

function createProgram(): Command {
  const program = new Command("signalbox")
    .description("Operates a Signalbox router, and looks at Voucherify's sendouts the way one does.")
    .version(manifest.version, "-V, --version", "print the version of Signalbox")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions() // `--version` after `events` is that command's own
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(withoutValues(message)) });
  program.commandsGroup("To begin with:");
  for (const add of [addInit, addDev, addDeploy]) add(program);
  program.commandsGroup("With a router:");
  for (const add of [
    addTrigger,
    addSearch,
    addShow,
    addTail,
    addListen,
    addReplay,
    addHolds,
    addIncidents,
    addToken,
    addSecret,
    addAudit,
    addHealth,
    addSweep,
    addDoctor,
    addOpen,
    addProfile,
  ])
    add(program);
  program.commandsGroup("The routing table, in git and on a router:");
  for (const add of [addCheck, addTest, addTable]) add(program);
  program.commandsGroup("Without one:");
  for (const add of [
    addNormalise,
    addVerify,
    addSign,
    addEvents,
    addRender,
    addRecipes,
    addImportDesigner,
    addMigration,
    addCompletion,
  ])
    add(program);
  return program.addHelpText(
    "after",
    `
Exit codes: 0 yes, 1 no, 2 the command could not be carried out; of a router, 3 it has not answered, 4 it refuses,
5 what it has is in the way. A file "-" is stdin.

Examples:
  signalbox init
  signalbox dev
  signalbox trigger redemption.succeeded --wait
  signalbox search --since 2h
  signalbox normalise sendout.json
  signalbox <command> --help`,
  );
}
