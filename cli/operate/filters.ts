// Which sendouts: the same filter as a command line and as a URL. The flags are the parameters of the router's URL, and
// only those compile.

import { Option, type Command } from "commander";
import type { InferRequestType } from "hono/client";
import type { Admin } from "../client/admin.ts";
import { INSTANT_MEANING, parseInstant } from "../terminal/instant.ts";

/** What `GET /admin/sendouts` takes. */
export type SendoutQuery = InferRequestType<Admin["sendouts"]["$get"]>["query"];

/** The part of it that chooses; the rest turns pages. */
export type SendoutFilter = Omit<SendoutQuery, "cursor" | "limit">;

type Parameter = keyof SendoutFilter;

const PARAMETERS = {
  event: ["type", "event type, like redemption.succeeded"],
  state: ["state", "routed, unrouted or quarantined"],
  source: ["id", "who sent it: wh_… or distr_…"],
  sourceKind: ["kind", "webhook or distribution"],
  inlet: ["name", "the inlet it came in at"],
  id: ["id", "Voucherify's id of it (whs_…) or of its event"],
  group: ["id", "group_id: what one request to Voucherify caused"],
  customer: ["value", "a customer's id, source id, e-mail or phone number"],
  voucher: ["code", "a voucher's code"],
  target: ["name", "a target it goes to"],
  route: ["name", "a route it goes by"],
  deliveryState: ["states", "of one of its deliveries: failed, held, pending, …; several with commas"],
  reason: ["code", "why a delivery is in its state"],
  status: ["status", "what a delivery's last attempt was answered with: 429, or 5xx"],
  since: ["time", `received at or after: ${INSTANT_MEANING}`],
  until: ["time", "received before"],
} as const satisfies Record<Parameter, readonly [value: string, meaning: string]>;

/** Adds a flag for every parameter but some: `sourceKind` is `--source-kind`. */
export function addFilterOptions(command: Command, except: readonly Parameter[] = []): Command {
  command.optionsGroup("Which sendouts (all of these must hold):");
  for (const [parameter, [value, meaning]] of Object.entries(PARAMETERS)) {
    if (except.some((one) => one === parameter)) continue;
    const option = new Option(`--${toFlag(parameter)} <${value}>`, meaning);
    command.addOption(value === "time" ? option.argParser((text: string) => parseInstant(text)) : option);
  }
  return command;
}

/** The filter among a command's options. */
export function filterOf(options: object): SendoutFilter {
  const given = Object.entries(options).filter(([name, value]) => name in PARAMETERS && value !== undefined);
  return Object.fromEntries(given); // the router checks the values
}

/** A parameter as a flag: `sourceKind` is `source-kind`. */
export function toFlag(parameter: string): string {
  return parameter.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
