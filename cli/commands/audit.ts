// `signalbox audit`: who did what through a router's admin API.

import type { Command } from "commander";
import type { AuditOptions } from "../operate/audit.ts";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";
import { INSTANT_MEANING, parseInstant } from "../terminal/instant.ts";

/** How many entries are shown when nobody says. */
const LIMIT_DEFAULT = 50;

/** The most that `--limit` takes. */
const LIMIT_MAX = 100_000;

/** Adds the command to the program. */
export function addAudit(program: Command): void {
  const toInstant = (text: string) => parseInstant(text);
  const command = program
    .command("audit")
    .summary("list who did what")
    .description(
      "Lists who did what through the admin API, newest first. Exit code 1 when there is none. Needs the scope admin.",
    )
    .option("--actor <name>", "whose token it was, or its id; secret for the Worker secret")
    .option("--action <call>", "what the call begins with, or its path: PUT, /admin/secrets")
    .option("--subject <subject>", "what it was about, word for word")
    .option("--changed", "only what says that it has changed something")
    .option("--since <time>", `at or after: ${INSTANT_MEANING}`, toInstant)
    .option("--until <time>", "before", toInstant)
    .option("--limit <n>", "how many at most", parseCount(LIMIT_MAX), LIMIT_DEFAULT);
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  signalbox audit --since 1d --changed
  signalbox audit --action "PUT /admin/table" --limit 5
  signalbox audit --actor "Mira, support" --json | jq '.entries[].change'`,
    )
    .action(async (options: AuditOptions & RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerAudit } = await import("../operate/audit.ts");
        return answerAudit(router, options);
      });
    });
}
