// A route's conditions as a form has them: path, comparison and value, or an expression. Pure.

import { isFields } from "./part.ts";

/** The comparisons, and what each is called. */
export const OPERATIONS = [
  ["eq", "is"],
  ["ne", "is not"],
  ["gt", "is more than"],
  ["gte", "is at least"],
  ["lt", "is less than"],
  ["lte", "is at most"],
  ["in", "is one of"],
  ["contains", "contains"],
  ["exists", "is there"],
] as const;
export type Operation = (typeof OPERATIONS)[number][0];

/** What can be asked of whether a field is there. */
export const YES_OR_NO = [
  ["true", "yes"],
  ["false", "no"],
] as const;

/** A condition that a form can show; one of another shape is only shown as JSON. */
export type ConditionRow =
  | { kind: "expression"; text: string }
  | { kind: "plain"; path: string; op: Operation; value: unknown }
  | { kind: "other"; json: string };

/** A condition as a form shows it. */
export function toRow(condition: unknown): ConditionRow {
  if (typeof condition === "string") return { kind: "expression", text: condition };
  if (!isFields(condition)) return { kind: "other", json: JSON.stringify(condition) };
  const { path, op, value } = condition;
  const operation = OPERATIONS.find(([one]) => one === op)?.[0];
  return typeof path === "string" && operation !== undefined && isTyped(operation, value)
    ? { kind: "plain", path, op: operation, value }
    : { kind: "other", json: JSON.stringify(condition) };
}

/** Whether a value is what its typed text means. A list with a text that has a comma in it, for example, is not. */
function isTyped(op: Operation, value: unknown): boolean {
  return op === "exists" || JSON.stringify(parseValue(op, toText(value))) === JSON.stringify(value);
}

/** A value as it is typed: a list by its commas. */
export function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map(toText).join(", ");
  if (value === undefined) return "";
  // A text that would be read as something else when it is typed stands in quotes.
  return typeof value === "string" && parseScalar(value) === value ? value : JSON.stringify(value);
}

/** What a typed value is for a comparison: numbers, true, false and null are themselves, and all else is text. */
export function parseValue(op: Operation, text: string): unknown {
  if (op === "in")
    return text
      .split(",")
      .map((one) => parseScalar(one.trim()))
      .filter((one) => one !== "");
  if (op === "exists") return text.trim() !== "false";
  return parseScalar(text);
}

function parseScalar(text: string): string | number | boolean | null {
  if (!/^(?:-?\d|true$|false$|null$|")/.test(text.trim())) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    // A code of twenty digits is no number, which would round it.
    if (typeof parsed === "number" && Number.isInteger(parsed) && !Number.isSafeInteger(parsed)) return text;
    return typeof parsed === "object" && parsed !== null ? text : (parsed as string | number | boolean | null); // JSON has no others
  } catch {
    return text;
  }
}
