// What a replay takes, as flags: the same words as the selection of `POST /admin/replays`.

import { Option, type Command } from "commander";
import { INSTANT_MEANING, parseInstant } from "../terminal/instant.ts";
import { toFlag } from "./filters.ts";
import type { Selection } from "./replay.ts";

type Field = Exclude<keyof Selection, "deliveries" | "sendouts">;

const FIELDS = {
  event: ["type", "event type"],
  source: ["id", "who sent it: wh_… or distr_…"],
  sourceKind: ["kind", "webhook or distribution"],
  inlet: ["name", "the inlet it came in at"],
  id: ["id", "Voucherify's id of the sendout (whs_…) or of its event"],
  group: ["id", "group_id: what one request to Voucherify caused"],
  customer: ["value", "a customer's id, source id, e-mail or phone number"],
  voucher: ["code", "a voucher's code"],
  route: ["id", "the route that led to the delivery"],
  target: ["id", "where it went"],
  state: ["states", "failed, expired, cancelled, delivered; commas between several (failed,expired when left out)"],
  reason: ["code", "why it ended"],
  status: ["status", "what the last attempt was answered with: 429, or 5xx"],
  since: ["time", `received at or after: ${INSTANT_MEANING}`],
  until: ["time", "received before"],
} as const satisfies Record<Field, readonly [value: string, meaning: string]>;

/** Adds a flag for every field of a selection. */
export function addSelectionOptions(command: Command): Command {
  command.optionsGroup("Which deliveries (all of these must hold):");
  for (const [field, [value, meaning]] of Object.entries(FIELDS)) {
    const option = new Option(`--${toFlag(field)} <${value}>`, meaning);
    if (value === "time") option.argParser((text: string) => parseInstant(text));
    if (value === "states") option.argParser((text: string) => text.split(","));
    command.addOption(option);
  }
  return command;
}

/** The selection among a command's options. */
export function selectionOf(options: object): Selection {
  const given = Object.entries(options).filter(([name, value]) => name in FIELDS && value !== undefined);
  return Object.fromEntries(given); // the router checks the values
}
