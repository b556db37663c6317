// A plain condition: `{ path, op, value }`, no language needed. For routes' filters and for recipes' judgement of answers.

import * as v from "valibot";
import type { Path } from "./path.ts";
import { parsePath } from "./path.ts";

const ScalarSchema = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const PathTextSchema = v.pipe(
  v.string(),
  v.description("A path into the event, like order.amount or $webhook.source.id."),
);

export const PlainConditionSchema = v.variant("op", [
  v.strictObject({ path: PathTextSchema, op: v.picklist(["eq", "ne"]), value: ScalarSchema }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["gt", "gte", "lt", "lte"]), value: v.number() }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["in"]), value: v.array(ScalarSchema) }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["contains"]), value: ScalarSchema }),
  v.strictObject({ path: PathTextSchema, op: v.picklist(["exists"]), value: v.boolean() }),
]);
export type PlainCondition = v.InferOutput<typeof PlainConditionSchema>;

/** A condition with its path parsed. */
export interface CompiledCondition {
  path: Path;
  condition: PlainCondition;
}

/** Compiles conditions; a path that cannot be read is reported through `onIssue` with its position. */
export function compileConditions(
  conditions: readonly PlainCondition[],
  onIssue: (index: number, message: string) => void,
): CompiledCondition[] {
  return conditions.flatMap((condition, index) => {
    const path = parsePath(condition.path);
    if (path.ok) return [{ path: path.value, condition }];
    onIssue(index, path.detail);
    return [];
  });
}

/** Whether a condition holds for a value. Missing and null are the same, and never greater or less than anything. */
export function holds(condition: PlainCondition, found: unknown): boolean {
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
