// What a sendout can be found by, as tokens: a hash of each value, because a token has one width and says nothing. Those of
// people and of codes are keyed, so that nobody with the ledger alone can try values out. Pure.

import { createHash, createHmac } from "node:crypto";
import { readSecret } from "../env.ts";
import { SEARCH_KEY_NAME } from "../secret-names.ts";
import type { Named } from "../voucherify/find-named.ts";
import type { PlannedSchema, SendoutRow } from "./sendouts.ts";
import type { InferOutput } from "valibot";

/** Kinds whose values are the operator's or Voucherify's own names. */
export type PlainKind = "event" | "source" | "sourceKind" | "inlet" | "target" | "route" | "group" | "id";

/** Kinds whose values are a customer's, or are worth money. */
export type PersonalKind = "customer" | "voucher";

/**
 * How much of a hash a token is, in characters of six bits each. Of ten million sendouts with fifteen tokens each, one
 * search in two million finds a sendout by a token that is another value's; of plain kinds the row's own columns are
 * asked as well.
 */
const TOKEN_LENGTH = 8;

/** The token of a plain value. */
export function plainTerm(kind: PlainKind, value: string): string {
  return toToken(createHash("sha256").update(`${kind}:${value}`));
}

/** The token of a customer's value (id, source id, e-mail or phone number) or of a voucher code. */
export function personalTerm(kind: PersonalKind, value: string, key: string): string {
  return toToken(createHmac("sha256", key).update(`${kind}:${kind === "customer" ? sameForAll(value) : value}`));
}

function toToken(hash: { digest(encoding: "base64url"): string }): string {
  return hash.digest("base64url").slice(0, TOKEN_LENGTH);
}

/** E-mails are the same in any case, phone numbers however they are grouped. Voucher codes are not: case tells them apart. */
function sameForAll(value: string): string {
  if (value.includes("@")) return value.trim().toLowerCase();
  return /^\+[\d ().-]+$/.test(value) ? value.replaceAll(/[^\d+]/g, "") : value;
}

/** What terms are made of beside the event: the columns of the row, as they are kept. */
type Termed = Pick<
  SendoutRow,
  "inlet" | "event_type" | "event_ref" | "sendout_ref" | "source_kind" | "source_id" | "group_id"
>;

/**
 * A sendout's terms as its row keeps them.
 *
 * @param named undefined where there is no event
 * @param key undefined where none is set: then nobody can be looked for by what is personal
 */
export function termsOf(
  row: Termed,
  planned: readonly InferOutput<typeof PlannedSchema>[],
  named: Named | undefined,
  key: string | undefined,
): string {
  const tokens = new Set<string>();
  const plain = (kind: PlainKind, value: string | null): void => {
    if (value !== null) tokens.add(plainTerm(kind, value));
  };
  plain("event", row.event_type);
  plain("source", row.source_id);
  plain("sourceKind", row.source_kind);
  plain("inlet", row.inlet);
  plain("group", row.group_id);
  plain("id", row.sendout_ref);
  plain("id", row.event_ref);
  for (const { target, route } of planned) {
    plain("target", target);
    plain("route", route);
  }
  if (named !== undefined && key !== undefined) {
    for (const customer of named.customers) tokens.add(personalTerm("customer", customer, key));
    for (const voucher of named.vouchers) tokens.add(personalTerm("voucher", voucher, key));
  }
  return [...tokens].join(" ");
}

/** The keys of personal terms: the first one writes, all of them search. Empty where the Worker secret is not set. */
export function searchKeys(env: object): string[] {
  const keys = readSecret(env, SEARCH_KEY_NAME)?.split(",") ?? [];
  return keys.map((key) => key.trim()).filter((key) => key !== "");
}
