// Who an event is about, in expressions, for systems that know people in more than one way. families.ts has the ways
// that are needed alone.

import { CUSTOMER } from "./families.ts";

const SOURCE_ID = "$default(customer.source_id, holder.source_id)";
const EMAIL = "$default(customer.email, holder.email)";
const UNKNOWN = "the customer has neither source_id nor email";

/** Your own id and the e-mail address: both where there are both, and at least one. */
export const ID_AND_EMAIL = {
  id: `{{ $exists(${EMAIL}) ? ${SOURCE_ID} : $required(${SOURCE_ID}, '${UNKNOWN}') }}`,
  email: CUSTOMER.email,
} as const;

/** Your own id, or the e-mail address where there is none: one of the two, never both. */
export const ID_OR_EMAIL = {
  id: CUSTOMER.id,
  email: `{{ $not($exists(${SOURCE_ID})) ? $required(${EMAIL}, '${UNKNOWN}') }}`,
} as const;

const NOBODY = "the event has neither a customer nor a project";

/**
 * Whom analytics count the event for: your own id of the customer; where there is none, Voucherify's; and the Voucherify
 * project where the event has no customer at all.
 */
export const ACTOR = `{{ $required($default(customer.source_id, holder.source_id, customer.id, holder.id, $webhook.project_id), '${NOBODY}') }}`;

/** The same in two fields, of which one is there: for people who are known, and for others. */
export const ACTOR_IN_TWO = {
  id: CUSTOMER.id,
  anonymousId: `{{ $not($exists(${SOURCE_ID})) ? $required($default(customer.id, holder.id, $webhook.project_id), '${NOBODY}') }}`,
} as const;

/** What recipes with these say of them. */
export const ACTOR_NOTE =
  "A customer without a source_id goes by Voucherify's id (cust_…), an event without a customer by the project's (proj_…).";
