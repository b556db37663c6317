// A hostile expression or payload: something that has stopped, grown or broken engines like this one, or that somebody
// may try, with how it must end. `refused`: when the table is published. A code: when it runs. `value`: it is harmless.

import type { RenderReason } from "../../../src/translation/rendered.ts";

/** How a case must end. */
export type Ending = "refused" | "value" | RenderReason;

/** A case. `template`: what stands between the braces, or a whole body. */
export type HostileCase = {
  name: string;
  template: string | object;
  data?: () => object;
} & Ended;

/** How it must end; of what is refused also why, so that no mistake in the case itself passes for it. */
export type Ended = { ending: "refused"; because: string } | { ending: "value" } | { ending: RenderReason };

export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
export const named = (count: number, make: (index: number) => unknown): object =>
  Object.fromEntries(many(count, (index) => [`n${index}`, make(index)]));

/** Does something for each of a thousand numbers. */
export const again = (expression: string): string => `$map([1..1000], function($i) { $exists(${expression}) })`;

/** Every list shorter than the limit, all of them nearly as much as an inlet takes in. */
export const LISTS = () => ({ o: many(200, () => many(4_900, () => 0)) });
export const OBJECTS = () => ({
  o: many(20, (list) => Object.fromEntries(many(4_900, (i) => [`${list}_${i}`, i % 2 ? [] : i]))),
});
export const WIDE = () => ({ o: named(200_000, () => 0) });
export const LONG = () => ({ o: many(1_000_000, () => 0) });
export const WORDS = () => ({ o: many(4_900, (index) => `w${(index * 7_919) % 4_900}`) });
export const TEXT = () => ({ o: "a".repeat(199_000), b: `${"a".repeat(40_000)}b${"a".repeat(40_000)}` });
export const ROWS = () => ({
  o: many(4_900, (i) => ({ id: i, sku: "same", a: [1], b: { c: null } })),
  p: many(4_900, (i) => ({ id: i, sku: "same", a: [1], b: { c: null } })),
});
export const LAMBDA = () => ({
  evil: { _jsonata_lambda: true, arguments: [{ value: "x" }], body: { type: "descendant" } },
});

/** As much as an inlet takes in, in shapes that no limit on a single list or text catches. */
export const LARGE_PAYLOADS: Readonly<Record<string, () => object>> = {
  lists: LISTS,
  texts: () => ({ o: many(4_900, () => "x".repeat(400)) }),
  "long texts": () => ({ o: many(10, () => "x".repeat(199_000)) }),
};

export const BUDGET = "template_budget_exceeded";
export const FAILED = "template_expression_failed";
