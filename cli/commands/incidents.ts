// `signalbox incidents`: what somebody should look at, and the word that somebody has.

import { Option, type Command } from "commander";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

type ListOptions = RouterOptions & { state: "open" | "resolved" | "all" };

/** Adds the command to the program. */
export function addIncidents(program: Command): void {
  const incidents = program
    .command("incidents")
    .summary("list what somebody should look at, or mark it as dealt with")
    .description("Lists what somebody should look at, and marks it as dealt with.")
    .addHelpText(
      "after",
      `
Examples:
  signalbox incidents
  signalbox incidents list --state all --json | jq '.incidents[].kind'
  signalbox incidents resolve target_paused crm`,
    );
  const list = incidents
    .command("list", { isDefault: true })
    .description("Lists them. That any is open is a no.")
    .addOption(new Option("--state <state>", "which").choices(["open", "resolved", "all"]).default("open"));
  addRouterOptions(list).action(async (options: ListOptions) => {
    await onRouter(options, async (router) => {
      const { answerIncidents } = await import("../operate/incidents.ts");
      return answerIncidents(router, options);
    });
  });
  const resolve = incidents
    .command("resolve")
    .description("Marks one as dealt with. It opens again by itself when it happens again.")
    .argument("<kind>", "as in the list")
    .argument("<subject>", "as in the list");
  addRouterOptions(resolve).action(async (kind: string, subject: string, options: RouterOptions) => {
    await onRouter(options, async (router) => {
      const { answerResolve } = await import("../operate/incidents.ts");
      return answerResolve(router, { kind, subject }, options);
    });
  });
}
