// What every command takes that talks to a router.

import { Option, type Command } from "commander";
import type { RouterChoice } from "./choose-router.ts";

/** The options of every such command. */
export interface RouterOptions extends RouterChoice {
  json?: boolean;
  quiet?: boolean;
}

/** Adds them, under a heading of their own. */
export function addRouterOptions(command: Command): Command {
  return command
    .optionsGroup("Options:")
    .option("--json", "print the router's answer as JSON, errors too")
    .optionsGroup("Which router (the one of this machine when nothing is said):")
    .addOption(new Option("--url <url>", "scheme and host of the router (or the variable SIGNALBOX_URL)"))
    .addOption(new Option("--token <token>", "its token; the variable SIGNALBOX_ADMIN_TOKEN keeps it out of sight"))
    .addOption(new Option("--profile <name>", "one that was kept with `signalbox profile add` (or SIGNALBOX_PROFILE)"))
    .option("-q, --quiet", "do not say on stderr which router it is");
}
