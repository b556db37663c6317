// What the kill-point matrix is run through: short stories in which everything that delivery can do happens once, the
// same way each time.

import type { Call, Fault } from "./calls.ts";
import { MINUTE_MS } from "./clock.ts";
import type { TargetPlan } from "./target-plans.ts";
import { VAULT_SECRET } from "./vault-values.ts";

/** A story. The very first call of the target `crm` fails, every other one succeeds. */
export interface Scenario {
  name: string;
  targets: readonly TargetPlan[];
  journal: boolean;
  /** What is posted: the customer it is of, and when, in milliseconds from the beginning. */
  sendouts: readonly { customer: number; afterMs: number }[];
  /** A target that is paused until the fifth minute. */
  paused?: string;
  /** Something that goes wrong in the story itself. Made anew for each run. */
  createMishap: () => (call: Call) => Fault | undefined;
}

const FROM_VAULT = { name: "crm", route: "to-crm", secret: VAULT_SECRET, retry: [1_200, 5] };

/** One sendout to two targets: one fails once and then waits in the ledger, the other is paused. */
export const PLAIN: Scenario = {
  name: "plain",
  targets: [FROM_VAULT, { name: "mail", route: "to-mail", retry: [5] }],
  journal: false,
  sendouts: [{ customer: 0, afterMs: 1_000 }],
  paused: "mail",
  createMishap: () => () => undefined,
};

/** The same with the journal on. */
export const WITH_JOURNAL: Scenario = { ...PLAIN, name: "journal", journal: true };

/**
 * Three sendouts of one customer and one of another, in order by customer. The first one fails once and keeps the two
 * behind it waiting for twenty minutes; the other customer's goes meanwhile. D1 does not give the first turn, so that the
 * cron has to; the second turn is given when the delivery before it has ended.
 */
export const IN_ORDER: Scenario = {
  name: "in order",
  targets: [{ ...FROM_VAULT, orderBy: "customer.id" }],
  journal: false,
  sendouts: [
    { customer: 0, afterMs: 1_000 },
    { customer: 0, afterMs: 2 * MINUTE_MS },
    { customer: 1, afterMs: 3 * MINUTE_MS },
    { customer: 0, afterMs: 4 * MINUTE_MS },
  ],
  createMishap: () => {
    let ends = 0;
    return ({ invocation: { step }, name }) => {
      if (step !== "deliver" || !isTurn(name)) return undefined;
      ends++;
      // The other customer's delivery ends first, and nobody waits behind it.
      return ends === 2 ? "before" : undefined;
    };
  },
};

/** Whether a call gives turns, by its name. */
export function isTurn(name: string): boolean {
  return name.startsWith("UPDATE deliveries, SELECT table_versions");
}
