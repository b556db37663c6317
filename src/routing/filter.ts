// A route's filter: conditions and expressions, all of which must hold.

import * as v from "valibot";
import {
  compileConditions,
  holds,
  PlainConditionSchema,
  type CompiledCondition,
  type PlainCondition,
} from "../translation/condition.ts";
import { Budget } from "../translation/engine/budget.ts";
import { ExpressionError } from "../translation/engine/error.ts";
import { evaluate, type Expression } from "../translation/expression.ts";
import { NotFiniteError } from "../translation/json-text.ts";
import { resolveInEvent, type PathContext } from "../translation/path.ts";
import { complete } from "../translation/scope.ts";
import { settingReads } from "../translation/template-reads.ts";
import { parseText, wholeExpression } from "../translation/text.ts";

const ExpressionTextSchema = v.pipe(
  v.string(),
  v.description("One expression that must give true: {{ order.total_amount > 1000 }}."),
);

export const ConditionSchema = v.union([ExpressionTextSchema, PlainConditionSchema]);
export type Condition = v.InferOutput<typeof ConditionSchema>;

/** A condition, ready to ask. */
export type CompiledFilterCondition = CompiledCondition | { expression: Expression; condition: string };

/** Compiles a filter; what cannot be read is reported through `onIssue` with its position. */
export function compileFilter(
  conditions: readonly Condition[],
  onIssue: (index: number, message: string) => void,
): CompiledFilterCondition[] {
  return conditions.flatMap((condition, index): CompiledFilterCondition[] => {
    if (typeof condition !== "string") return compileConditions([condition], (_, message) => onIssue(index, message));
    const parsed = parseText(condition);
    const expression = parsed.ok ? wholeExpression(parsed.value) : undefined;
    if (settingReads(condition, "").length > 0) {
      onIssue(index, "a condition of a route has no $settings, which are a target's");
      return [];
    }
    if (expression !== undefined) return [{ expression, condition }];
    onIssue(index, parsed.ok ? "expected one expression: {{ order.total_amount > 1000 }}" : parsed.detail);
    return [];
  });
}

/** Why an expression gave no answer. Neither part repeats anything of the event. */
export interface FilterFailure {
  /** As a delivery would fail with it: `template_expression_failed`. */
  code: string;
  message: string;
}

/** What of a filter did not hold: the condition as written, and with an expression that failed, why. */
export interface FilterNo {
  condition: PlainCondition | string;
  /** Why an expression gave no answer; it then counts as no. */
  failure?: FilterFailure;
}

/** The first condition that does not hold, or undefined when all do. An expression holds when it gives true. */
export async function failedCondition(
  filter: readonly CompiledFilterCondition[],
  event: PathContext,
  receivedAt: number,
): Promise<FilterNo | undefined> {
  for (const one of filter) {
    if ("path" in one) {
      if (!holds(one.condition, resolveInEvent(event, one.path))) return { condition: one.condition };
      continue;
    }
    const answer = await askRoute(one.expression, event, receivedAt);
    if (answer.value !== true) return { condition: one.condition, ...(answer.failure && { failure: answer.failure }) };
  }
  return undefined;
}

/** What an expression of a route gives for an event; with one that fails, nothing, and why. */
export async function askRoute(
  expression: Expression,
  event: PathContext,
  receivedAt: number,
): Promise<{ value: unknown; failure?: FilterFailure }> {
  const context = { seed: "", position: "", happenedAt: receivedAt, receivedAt, budget: new Budget() };
  try {
    return { value: await complete(evaluate(expression, { event, locals: NO_LOCALS, context })) };
  } catch (error) {
    // A filter that cannot be answered must not stop the sendout's other routes.
    return { value: undefined, failure: explainFailure(error) };
  }
}

function explainFailure(error: unknown): FilterFailure {
  if (error instanceof ExpressionError) return { code: error.reason, message: error.message };
  if (error instanceof NotFiniteError) return { code: "template_number_not_finite", message: error.message };
  return { code: "template_expression_failed", message: "it failed" };
}

const NO_LOCALS: ReadonlyMap<string, unknown> = new Map();
