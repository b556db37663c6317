// What an event changes in a contact, in expressions: for systems that keep contacts rather than events.

import { EVENT, type Family } from "./families.ts";

/** Something of a contact that events change. */
export type ContactChange = "firstName" | "lastName" | "phone" | "code" | "points" | "tier" | "lastEvent";

type Changes = readonly (readonly [ContactChange, expression: string])[];

const NAME = "$default(customer.name, holder.name)";
const CODE: Changes[number] = ["code", "{{ $default(voucher.code) }}"];
const POINTS: Changes[number] = ["points", "{{ $default(voucher.loyalty_card.balance) }}"];
const LAST_EVENT: Changes[number] = ["lastEvent", EVENT.type];

/**
 * The changes by family, each one whole expression. A value that an event does not have leaves the contact's as it is.
 * Names and telephone come only with events about the customer itself, so as not to write over what a CRM knows.
 */
export const CONTACT_CHANGES: Readonly<Record<Family, Changes>> = {
  redemption: [CODE, POINTS, LAST_EVENT],
  publication: [["code", "{{ $default(voucher.code, publication.voucher.code) }}"], LAST_EVENT],
  points: [POINTS, LAST_EVENT],
  reward: [POINTS, LAST_EVENT],
  tier: [
    [
      "tier",
      // Whoever has left a tier is in none; the event names the one that was left.
      "{{ $webhook.event.type = 'customer.loyalty.tier.left' ? '' : $default(loyalty_tier_to.name, loyalty_tier.name) }}",
    ],
    LAST_EVENT,
  ],
  order: [CODE, LAST_EVENT],
  segment: [CODE, LAST_EVENT],
  custom_event: [CODE, LAST_EVENT],
  other: [
    ["firstName", `{{ $substringBefore(${NAME}, ' ') }}`],
    ["lastName", `{{ $contains(${NAME}, ' ') ? $substringAfter(${NAME}, ' ') }}`],
    ["phone", "{{ $default(customer.phone) }}"],
    CODE,
    LAST_EVENT,
  ],
};
