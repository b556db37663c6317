// `signalbox doctor`: what is wrong with a router, and what to do about it.

import type { Command } from "commander";
import { parseCount } from "../parse-count.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";

/** How long a test sendout may take, in seconds, when nothing is said, and at most. */
const PATIENCE_DEFAULT = 30;
const PATIENCE_MAX = 600;

/** Adds the command to the program. */
export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .summary("say what is wrong with a router, and what to do")
    .description(
      "Examines a router: every binding, secret, queue and job, its clock, and a signed test sendout from its inlet " +
        "through to an echo target that answers from within. Nobody's target gets anything.",
    )
    .option("--no-send", "send no test sendout")
    .option("--inlet <name>", "the inlet to send it to; the table's first when left out")
    .option(
      "--patience <seconds>",
      `how long it may take (${PATIENCE_DEFAULT} when left out)`,
      parseCount(PATIENCE_MAX),
      PATIENCE_DEFAULT,
    );
  addRouterOptions(command)
    .addHelpText(
      "after",
      `
It ends with 1 when something is broken; what is only to look at is no such thing. The test sendout needs the scope
replay, the rest read.

Examples:
  signalbox doctor
  signalbox doctor --profile live --json | jq '.findings[] | select(.state != "ok")'`,
    )
    .action(async (options: RouterOptions & { send: boolean; inlet?: string; patience: number }) => {
      await onRouter(options, async (router) => {
        const { answerDoctor } = await import("../operate/doctor.ts");
        return answerDoctor(router, options);
      });
    });
}
