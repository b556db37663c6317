// What functions may know beside their arguments. Everything a render depends on is here, so that rendering again gives
// the same bytes.

import { ExpressionError } from "../engine/error.ts";
import type { Budget } from "../engine/budget.ts";

/** Where and for what an expression runs. */
export interface FunctionContext {
  /** What the ids of this request are made of: the sendout and the route. */
  seed: string;
  /** Which item of which `$each` it is in, `0.2`; empty outside. */
  position: string;
  /** When the event happened, in milliseconds since 1970; when it was received where it does not say. */
  happenedAt: number;
  /** When the sendout was received, in milliseconds since 1970: what `$now()` gives, also when rendered again. */
  receivedAt: number;
  budget: Budget;
}

/** A function of the language, for one context. JSONata hands over undefined for what is missing. */
export type LanguageFunction = (context: FunctionContext) => (...args: unknown[]) => unknown;

/** An argument that must be text, or a number or flag, which is taken for text; undefined when it is missing or null. */
export function textArgument(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new ExpressionError("template_expression_failed", `$${name} takes a text`);
}

/** An argument that must be a whole number between two limits. */
export function countArgument(value: unknown, name: string, [least, most]: [number, number]): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ExpressionError(
    "template_expression_failed",
    `$${name} takes a whole number from ${least} to ${most} there`,
  );
}

/** An argument that must be a list; a single value counts as a list of one. */
export function listArgument(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
