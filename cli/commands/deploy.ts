// `signalbox deploy`: from a clone and an account to a router that works.

import type { Command } from "commander";
import type { DeployOptions } from "../deploy/deploy.ts";
import { show } from "../outcome.ts";
import { parseCount } from "../parse-count.ts";

/** How long the doctor's test sendout may take, in seconds, when nothing is said, and at most. */
const PATIENCE_DEFAULT = 60;
const PATIENCE_MAX = 600;

/** Adds the command to the program. */
export function addDeploy(program: Command): void {
  program
    .command("deploy")
    .summary("deploy a router to Cloudflare, or bring one up to date")
    .description(
      "Deploys the Worker with its databases and queues, sets the secrets that are missing, publishes the folder's routing " +
        "table if the router has none, and looks the router over. It can be repeated, and goes on where it was cut off.",
    )
    .option("--dry-run", "build the Worker, and say what would be done")
    .option("--apply", "publish the folder's table over one that is in force, too")
    .option("--table <file>", "the routing table; signalbox.jsonc of this folder when left out, if there is one")
    .option("--secrets-file <file>", "secrets to set, as JSON or lines like NAME=value; - for stdin")
    .option("--new-token", "make a new admin token, where nobody knows the one that the router has")
    .option("--profile <name>", "keep the router and its token as this profile (the Worker's name when left out)")
    .option("--config <file>", "the Worker's configuration (wrangler.toml of Signalbox when left out)")
    .option("--url <url>", "where the router is reached, if that is neither workers.dev nor a custom domain")
    .option("--no-doctor", "do not look the router over in the end")
    .option(
      "--patience <seconds>",
      `how long the doctor's test sendout may take (${PATIENCE_DEFAULT} when left out)`,
      parseCount(PATIENCE_MAX),
      PATIENCE_DEFAULT,
    )
    .option("--json", "print {router, steps, findings} as JSON")
    .addHelpText(
      "after",
      `
It needs a login (npx wrangler login), or the variables CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID. Secrets that the
Worker lacks are taken from --secrets-file, from variables of their names, made, or asked for. They are never arguments.

Examples:
  signalbox deploy
  signalbox deploy --dry-run
  pass show signalbox/secrets | signalbox deploy --secrets-file -
  signalbox deploy --config wrangler.staging.toml`,
    )
    .action(async (options: DeployOptions & { json?: boolean }) => {
      const { answerDeploy } = await import("../deploy/answer-deploy.ts");
      show(await answerDeploy(options));
    });
}
