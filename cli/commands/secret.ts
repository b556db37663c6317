// `signalbox secret`: the vault of a router.

import type { Command } from "commander";
import { collect } from "../collect.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** Adds the command to the program. */
export function addSecret(program: Command): void {
  const secret = program
    .command("secret")
    .summary("list, set and delete the secrets of targets")
    .description(
      "Lists the secrets that the table names, and sets and deletes those of the vault. Needs the scope secrets.",
    )
    .addHelpText(
      "after",
      `
Examples:
  signalbox secret list
  signalbox secret set BRAZE_KEY
  pass show braze | signalbox secret set BRAZE_KEY --host https://rest.fra-01.braze.eu
  signalbox secret delete OLD_KEY`,
    );
  const list = secret.command("list").description("Lists them. That something is wrong with one is a no.");
  addRouterOptions(list).action(async (options: RouterOptions) => {
    await onRouter(options, async (router) => {
      const { answerSecrets } = await import("../operate/vault.ts");
      return answerSecrets(router, options);
    });
  });
  addSet(secret);
  addDelete(secret);
}

function addSet(secret: Command): void {
  const set = secret
    .command("set")
    .description("Puts one into the vault. Its value is asked for, or read from stdin; it is never an argument.")
    .argument("<name>", "in capitals, like BRAZE_KEY")
    .option(
      "--host <url>",
      "where it may be sent, scheme and host; repeat it for more (where the table sends it when left out)",
      collect,
    );
  addRouterOptions(set).action(async (name: string, options: RouterOptions & { host?: string[] }) => {
    await onRouter(options, async (router) => {
      const { answerSetSecret } = await import("../operate/vault.ts");
      return answerSetSecret(router, name, options);
    });
  });
}

function addDelete(secret: Command): void {
  const remove = secret
    .command("delete")
    .description("Takes one out of the vault. One that the table uses is kept, unless --force is given.")
    .argument("<name>", "its name")
    .option("--force", "even if deliveries will wait for it then");
  addRouterOptions(remove).action(async (name: string, options: RouterOptions & { force?: boolean }) => {
    await onRouter(options, async (router) => {
      const { answerDeleteSecret } = await import("../operate/vault.ts");
      return answerDeleteSecret(router, name, options);
    });
  });
}
