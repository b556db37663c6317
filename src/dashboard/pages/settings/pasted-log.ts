// What somebody has pasted of Voucherify's log of webhook sendouts: the ids in it, what stands beside each, and what is wrong
// with it as a whole. Pure.

import { sendoutIdsIn, withoutSendoutIds } from "../../../voucherify/sendout-ids.ts";
import { formatCount } from "../../components/numbers.ts";

/** A sendout of the log. */
export interface LoggedSendout {
  id: string;
  /** What else its line says: state, event, time. Empty where there is nothing else. */
  rest: string;
}

/** How many are compared at once: ten calls of the admin API, and more than anybody reads. */
export const COMPARED_MAX = 10_000;

/** How much of a line is shown, in characters. */
const REST_LENGTH_MAX = 160;

/** The sendouts in a text, each once, with the first line that names it. */
export function readPastedLog(text: string): LoggedSendout[] {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const added = sendoutIdsIn(line).filter((id) => !found.has(id));
    if (added.length === 0) continue;
    const rest = restOf(line);
    for (const id of added) found.set(id, rest);
  }
  return [...found].map(([id, rest]) => ({ id, rest }));
}

function restOf(line: string): string {
  const rest = withoutSendoutIds(line).replaceAll(/\s+/g, " ").trim();
  return rest.length <= REST_LENGTH_MAX ? rest : `${rest.slice(0, REST_LENGTH_MAX)}…`;
}

/** Why a text cannot be compared; undefined where it can, or where there is none yet. */
export function pastedIssue(text: string, count: number): string | undefined {
  if (text.trim() === "") return undefined;
  if (count === 0) return "There is no id of a sendout in it, like whs_…: copy that column of the log along.";
  if (count <= COMPARED_MAX) return undefined;
  return `There are ${formatCount(count)} sendouts in it, and ${formatCount(COMPARED_MAX)} can be compared at once: filter the log by time, and take a part of it.`;
}
