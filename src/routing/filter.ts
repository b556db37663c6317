// The plain filter of a route: a list of `{ path, op, value }`, all of which must hold. No language needed.

import * as v from "valibot";
import { parsePath, resolveInEvent, type Path, type PathContext } from "../translation/path.ts";

const ScalarSchema = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const PathTextSchema = v.pipe(
  v.string(),
  v.description("A path into the event, like order.amount or $webhook.source.id."),
);

export const ConditionSchema = v.variant("op", [
  v.strictObject({ path: PathTextSchema, op: v.picklist(["eq", "ne"]), value: ScalarSchema }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["gt", "gte", "lt", "lte"]), value: v.number() }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["in"]), value: v.array(ScalarSchema) }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["contains"]), value: ScalarSchema }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["exists"]), value: v.boolean() }),
]);
export type Condition = v.InferOutput<typeof ConditionSchema>;

/** A condition with its path parsed. */
export interface CompiledCondition {
  path: Path;
  condition: Condition;
}

/** Compiles a filter; a path that cannot be read is reported through `onIssue` with its position. */
export function compileFilter(
  conditions: readonly Condition[],
  onIssue: (index: number, message: string) => void,
): CompiledCondition[] {
  return conditions.flatMap((condition, index) => {
    const path = parsePath(condition.path);
    if (path.ok) return [{ path: path.value, condition }];
    onIssue(index, path.detail);
    return [];
  });
}

/** The first condition that does not hold, or undefined when all do. */
export function failedCondition(filter: readonly CompiledCondition[], envelope: PathContext): Condition | undefined {
  return filter.find(({ path, condition }) => !holds(condition, resolveInEvent(envelope, path)))?.condition;
}

/** Whether a condition holds for a value. Missing and null are the same, and never greater or less than anything. */
function holds(condition: Condition, found: unknown): boolean {
  const value = found ?? null;
  switch (condition.op) {
    case "eq":
      return value === condition.value;
    case "ne":
      return value !== condition.value;
    case "gt":
      return typeof value === "number" && value > condition.value;
    case "gte":
      return typeof value === "number" && value >= condition.value;
    case "lt":
      return typeof value === "number" && value < condition.value;
    case "lte":
      return typeof value === "number" && value <= condition.value;
    case "in":
      return condition.value.some((candidate) => candidate === value);
    case "contains":
      return Array.isArray(value)
        ? value.includes(condition.value)
        : typeof value === "string" && value.includes(String(condition.value));
    case "exists":
      return (value !== null) === condition.value;
  }
}
