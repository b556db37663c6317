// Every event type that Voucherify is known to send, and what each carries. Other types are normal: Voucherify adds some
// without notice, and they are routed by their name all the same.
// https://docs.voucherify.io/api-reference/project-settings-webhooks and …/distribution-webhooks (read 2026-11-22)

import { CAMPAIGN_EVENTS } from "./catalogue/campaigns.ts";
import { CARD_EVENTS } from "./catalogue/cards.ts";
import { CUSTOMER_EVENTS } from "./catalogue/customers.ts";
import type { EventDefinition } from "./catalogue/definition.ts";
import { REDEMPTION_EVENTS } from "./catalogue/redemptions.ts";
import { REWARD_EVENTS } from "./catalogue/rewards.ts";
import { RULE_EVENTS } from "./catalogue/rules.ts";
import { VOUCHER_EVENTS } from "./catalogue/vouchers.ts";

const DEFINITIONS: readonly EventDefinition[] = [
  ...REDEMPTION_EVENTS,
  ...VOUCHER_EVENTS,
  ...CARD_EVENTS,
  ...REWARD_EVENTS,
  ...CUSTOMER_EVENTS,
  ...CAMPAIGN_EVENTS,
  ...RULE_EVENTS,
];

const BY_NAME: ReadonlyMap<string, EventDefinition> = new Map(
  DEFINITIONS.flatMap((definition) => [definition.type, ...definition.aliases].map((name) => [name, definition])),
);

/** The event types of the catalogue, in alphabetical order and without aliases. */
export const EVENT_TYPES: readonly string[] = DEFINITIONS.map(({ type }) => type).toSorted();

/** What is known of an event type, under any of its spellings; undefined for a type that nobody has heard of. */
export function findEvent(typeOrAlias: string): EventDefinition | undefined {
  return BY_NAME.get(typeOrAlias);
}

/** The one spelling of a type; a type that is not in the catalogue is its own. */
export function canonicalType(type: string): string {
  return BY_NAME.get(type)?.type ?? type;
}
