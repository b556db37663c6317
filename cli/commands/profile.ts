// `signalbox profile`: names for routers, so that a command line has neither URLs nor tokens in it.

import type { Command } from "commander";
import { show } from "../outcome.ts";

/** Adds the command to the program. */
export function addProfile(program: Command): void {
  const profile = program
    .command("profile")
    .summary("give routers names, with their tokens")
    .description("Keeps routers by name with their tokens, in a file that only you may read.")
    .addHelpText(
      "after",
      `
Examples:
  signalbox profile add live --url https://signalbox.example.workers.dev
  pass show signalbox/live | signalbox profile add live --url https://signalbox.example.workers.dev
  signalbox search --since 1h --profile live`,
    );
  profile
    .command("add")
    .description("Keeps a router. Asks for its token, or reads it from stdin, and tries it.")
    .argument("<name>", "what to call it")
    .requiredOption("--url <url>", "scheme and host of the router")
    .action(async (name: string, { url }: { url: string }) => {
      const { addProfile: add } = await import("../operate/profile.ts");
      show(await add(name, url));
    });
  profile
    .command("list")
    .description("Lists the profiles with their URLs.")
    .option("--json", "print {profiles: [{name, url}]} as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const { listProfiles } = await import("../operate/profile.ts");
      show(listProfiles(json));
    });
  profile
    .command("remove")
    .description("Forgets one.")
    .argument("<name>", "its name")
    .action(async (name: string) => {
      const { removeProfile } = await import("../operate/profile.ts");
      show(removeProfile(name));
    });
}
