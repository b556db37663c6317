// What Iterable's recipes share: the data centre, and whether the project knows people by userId or by email.

import type { Setting } from "./recipe.ts";

/** The settings of every recipe for Iterable. */
export const ITERABLE_SETTINGS = {
  region: {
    kind: "choice",
    meaning: "The data centre your project is in",
    choices: { US: "api.iterable.com", EU: "api.eu.iterable.com" },
    default: "US",
  },
  identifier: {
    kind: "choice",
    meaning: "What your project knows people by: userId (Voucherify's source_id) or email",
    choices: { userId: "userId", email: "email" },
    default: "userId",
  },
} as const satisfies Record<string, Setting>;

const PEOPLE = {
  userId: "$required($default(customer.source_id, holder.source_id), 'the customer has no source_id')",
  email: "$required($default(customer.email, holder.email), 'the customer has no email')",
} as const;

/** One of the two fields that name a user: there when the project goes by it, left out when not. */
export function iterableUser(identifier: keyof typeof PEOPLE): string {
  return `{{ '<<identifier>>' = '${identifier}' ? ${PEOPLE[identifier]} }}`;
}
