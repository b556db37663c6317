// What a replay takes of what somebody has chosen in the list. Pure.

import { withInstants } from "../../components/list-filter.ts";
import type { SendoutFilter } from "./filter.ts";

/** What was chosen: one delivery, some sendouts, or all that a filter finds. */
export type Chosen =
  | { kind: "delivery"; id: string; target: string; state: string }
  | { kind: "sendouts"; ids: readonly string[] }
  | { kind: "filter"; filter: SendoutFilter };

/** States that a replay can take. */
export const REPLAYED_STATES = ["failed", "expired", "cancelled", "delivered"] as const;
export type ReplayedState = (typeof REPLAYED_STATES)[number];

/** As many sendouts as can be named at once (`NAMED_MAX` of src/admin/replay-selection.ts). */
const NAMED_MAX = 1_000;

/** The states that are taken at first: those that were looked for, else what has ended without success. */
export function statesOf(chosen: Chosen): ReplayedState[] {
  const sought = chosen.kind === "filter" ? chosen.filter.deliveryState?.split(",") : undefined;
  const own = chosen.kind === "delivery" ? [chosen.state] : sought;
  const taken = REPLAYED_STATES.filter((state) => own?.includes(state) === true);
  return taken.length > 0 ? taken : ["failed", "expired"];
}

/** Why nothing of it can be replayed; undefined where something may be. */
export function whyNothing(chosen: Chosen): string | undefined {
  if (chosen.kind === "sendouts" && chosen.ids.length > NAMED_MAX) {
    return `A replay takes ${NAMED_MAX} sendouts by name at most: filter them, and take all that the filter finds.`;
  }
  const state = chosen.kind === "filter" ? chosen.filter.state : undefined;
  if (state === "unrouted") return "What no route took has no deliveries to send again.";
  if (state === "quarantined")
    return "What is in quarantine has no deliveries yet: take it out on the page Quarantine.";
  return undefined;
}

/** The selection as the API takes it. */
export function toSelect(chosen: Chosen, states: readonly ReplayedState[], target: string, now: number) {
  const state = [...states];
  switch (chosen.kind) {
    case "delivery":
      return { deliveries: [chosen.id], state };
    case "sendouts":
      return { sendouts: [...chosen.ids], state, ...(target !== "" && { target }) };
    case "filter": {
      const { state: _, deliveryState: __, ...rest } = withInstants(chosen.filter, now);
      // A replay by filter wants a time. Its plan says how many that are, and refuses more than it takes.
      return { since: BEGINNING, ...rest, state, ...(target !== "" && { target }) };
    }
  }
}

const BEGINNING = new Date(0).toISOString();
