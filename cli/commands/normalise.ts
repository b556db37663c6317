// `signalbox normalise`: what a router makes of a body.

import type { Command } from "commander";
import { answer, complain, show, toJson, type Outcome } from "../outcome.ts";
import { FILE_MEANING, readInput } from "../read-input.ts";

interface Options {
  inletEvent?: string;
  inletSource?: string;
  json?: boolean;
}

/** Adds the command to the program. */
export function addNormalise(program: Command): void {
  program
    .command("normalise")
    .summary("print the event that a body becomes")
    .description("Prints the event that a body becomes, as JSON. A body that is not understood is a no.")
    .argument("<file>", FILE_MEANING)
    .option("--inlet-event <type>", "event type of bodies that are data without an envelope, as in the inlet's expects")
    .option("--inlet-source <id>", "source of such bodies (distr_…)")
    .option("--json", "why a body is not understood as JSON too: {reason, detail} on stderr")
    .addHelpText(
      "after",
      `
Examples:
  signalbox normalise sendout.json
  signalbox normalise payload.json --inlet-event customer.publication.succeeded --inlet-source distr_4cV9pTq1
  curl -s https://example.com/sendout.json | signalbox normalise - | jq -r .type`,
    )
    .action(async (file: string, options: Options) => show(await normaliseFile(file, options)));
}

async function normaliseFile(file: string, { inletEvent, inletSource, json }: Options): Promise<Outcome> {
  if (inletEvent === "" || (inletEvent === undefined && inletSource !== undefined)) {
    const detail = "--inlet-source and --inlet-event describe the same bodies: give the event type as well.";
    return complain({ reason: "inlet_event_missing", detail }, 2, json);
  }
  const body = await readInput(file);
  if (!body.ok) return complain(body, 2, json);
  // Loaded only now: it brings the catalogue, which a mistyped option and the other commands should not wait for.
  const { normalise } = await import("../../src/voucherify/normalise.ts");
  const expected = inletEvent === undefined ? undefined : { event: inletEvent, source: inletSource };
  const event = normalise(body.value, { expected });
  if (event.ok) return answer(toJson(event.value));
  const detail = json ? event.detail : `The body is not understood: ${event.detail} (${event.reason}).`;
  return complain({ reason: event.reason, detail }, 1, json);
}
