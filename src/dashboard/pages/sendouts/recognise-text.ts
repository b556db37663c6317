// What a text means that somebody has pasted into the search: an id, a customer, a voucher, an event type. It is said what
// it is taken for, and what else it could be. Pure.

import type { Field } from "./filter.ts";

/** What a text is taken for: a sendout or a replay to open, or a value of the filter. */
export type Meaning =
  | { kind: "sendout"; id: string }
  | { kind: "replay"; id: string }
  | { kind: "field"; field: Field; value: string };

/** What a text may also be, when nothing about it says. */
const ELSE = ["voucher", "customer", "group", "id"] as const satisfies readonly Field[];

/** What a text is taken for, the likeliest first; nothing for no text. */
export function meaningsOf(pasted: string): Meaning[] {
  const text = pasted.trim();
  if (text === "") return [];
  const sure = sureMeaning(text);
  if (sure !== undefined) return [sure];
  return ELSE.map((field) => ({ kind: "field", field, value: text }));
}

function sureMeaning(text: string): Meaning | undefined {
  // A delivery's id is its sendout's, a dot and the target; an Idempotency-Key in a target's log is one.
  const [, sendout] = /^(so_[0-9a-f]{32}|acc_[\w-]+|whs_[\w-]+)(?:\.[\w~-]+)?$/.exec(text) ?? [];
  if (sendout !== undefined) return { kind: "sendout", id: sendout };
  if (/^rpl_[0-9a-f]+$/.test(text)) return { kind: "replay", id: text };
  const field = fieldOf(text);
  return field && { kind: "field", field, value: text };
}

/** Fields whose values look like nothing else. */
const SHAPES = [
  ["source", /^(?:wh|distr)_\w+$/],
  ["customer", /^cust_\w+$/],
  ["customer", /^[^\s@]+@[^\s@]+\.[^\s@]+$/],
  ["customer", /^\+[\d\s()./-]{6,}$/],
  ["event", /^[a-z][a-z_]*(?:\.[a-z][a-z_]*)+$/],
  ["status", /^[1-5](?:\d\d|xx)$/],
] as const satisfies readonly (readonly [Field, RegExp])[];

function fieldOf(text: string): Field | undefined {
  return SHAPES.find(([, shape]) => shape.test(text))?.[0];
}
