// `signalbox incidents`: what somebody should look at, and the word that somebody has.

import { Option, type Command } from "commander";
import type { IncidentState, IncidentWord } from "../operate/incidents.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

type ListOptions = RouterOptions & { state: IncidentState; kind?: string; subject?: string };

const STATES = ["open", "acknowledged", "resolved", "all"] as const satisfies readonly IncidentState[];

/** Adds the command to the program. */
export function addIncidents(program: Command): void {
  const incidents = program
    .command("incidents")
    .summary("list what somebody should look at, or say that somebody does")
    .description("Lists what somebody should look at, and takes somebody's word for it.")
    .addHelpText(
      "after",
      `
Examples:
  signalbox incidents
  signalbox incidents list --state all --json | jq '.incidents[].kind'
  signalbox incidents ack target_paused crm --note "asked them for new credentials"
  signalbox incidents resolve target_paused crm`,
    );
  const list = incidents
    .command("list", { isDefault: true })
    .description("Lists them, what was opened last first. That any is open or acknowledged is a no.")
    .addOption(
      new Option("--state <state>", "which; open takes the acknowledged along").choices(STATES).default("open"),
    )
    .option("--kind <kind>", "only of this kind")
    .option("--subject <subject>", "only about this");
  addRouterOptions(list).action(async (options: ListOptions) => {
    await onRouter(options, async (router) => {
      const { answerIncidents } = await import("../operate/incidents.ts");
      return answerIncidents(router, options);
    });
  });
  addWord(incidents, "acknowledge", "Says that somebody is at it: nobody is reminded any more.").alias("ack");
  addWord(incidents, "resolve", "Marks one as dealt with. It opens again by itself when it happens again.");
}

function addWord(incidents: Command, word: IncidentWord, description: string): Command {
  const command = incidents
    .command(word)
    .description(description)
    .argument("<kind>", "as in the list")
    .argument("<subject>", "as in the list")
    .option("--note <text>", "what others should know");
  return addRouterOptions(command).action(
    async (kind: string, subject: string, options: RouterOptions & { note?: string }) => {
      await onRouter(options, async (router) => {
        const { answerWord } = await import("../operate/incidents.ts");
        return answerWord(router, word, { kind, subject }, options);
      });
    },
  );
}
