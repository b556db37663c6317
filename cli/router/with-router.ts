// Carries a command out on the router that was chosen, and says in the same way for all of them which one that is and why
// something did not work.

import { accessHeaders } from "../client/access-headers.ts";
import { createAdmin, type Admin } from "../client/admin.ts";
import { RouterError, type RouterComplaint } from "../client/router-error.ts";
import { errorColours } from "../colours.ts";
import type { Outcome } from "../outcome.ts";
import { printable, printableJson } from "../terminal/printable.ts";
import { chooseRouter, type ChosenRouter } from "./choose-router.ts";
import type { RouterOptions } from "./router-options.ts";

/** A router as commands have it. */
export interface RouterInReach extends ChosenRouter {
  admin: Admin;
}

/** Runs a command on the router that its options choose. Every way in which that fails is an outcome. */
export async function withRouter(
  options: RouterOptions,
  run: (router: RouterInReach) => Promise<Outcome>,
): Promise<Outcome> {
  const { json = false, quiet = false } = options;
  const chosen = chooseRouter(options, process.env, process.cwd());
  if (!chosen.ok) return complainOf({ reason: chosen.reason, detail: chosen.detail }, 2, json);
  const { origin, token, chosenBy } = chosen.value;
  if (!json && !quiet) process.stderr.write(`${errorColours.dim(`Router: ${origin} (${chosenBy})`)}\n`);
  try {
    return await run({ ...chosen.value, admin: createAdmin(origin, token, { headers: accessHeaders(process.env) }) });
  } catch (error) {
    if (error instanceof RouterError) return complainOf(error.complaint, error.exitCode, json);
    throw error;
  }
}

/** Why there is no answer, for people with every place named, or as JSON. */
export function complainOf(complaint: RouterComplaint, exitCode: Outcome["exitCode"], json: boolean): Outcome {
  if (json) return { exitCode, complaint: printableJson(JSON.stringify(complaint)) };
  const { detail, errors = [], remedy } = complaint;
  const lines = [detail, ...errors.map(({ path, message }) => `  ${path}: ${message}`), ...(remedy ? [remedy] : [])];
  return { exitCode, complaint: printable(lines.join("\n")) };
}
