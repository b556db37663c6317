// States as colours: what needs somebody, what waits, what is well.

import { pc } from "../colours.ts";
import type { Cell } from "../text-table.ts";

/** A state of a sendout or a delivery, coloured. */
export function stateCell(state: string): Cell {
  return { text: state, paint: paintOf(state) };
}

/** The colour of a state. */
export function paintOf(state: string): (text: string) => string {
  if (state === "delivered" || state === "routed" || state === "resolved" || state === "done") return pc.green;
  if (state === "failed" || state === "expired" || state === "quarantined" || state === "open") return pc.red;
  return pc.yellow;
}
