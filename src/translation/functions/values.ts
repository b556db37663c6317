// Functions about values of any kind: money, lists, texts of them, what is missing.

import { ExpressionError } from "../engine/error.ts";
import { toJson } from "../json-text.ts";
import { countArgument, listArgument, textArgument, type LanguageFunction } from "./context.ts";

/** Digits behind the point of most currencies. */
const MINOR_DIGITS = 2;

/**
 * An amount in the currency's main unit, from the smallest one: 7000 becomes 70. The second argument is a currency
 * (`JPY` has no smaller unit) or the number of digits.
 */
const money: LanguageFunction = () => (value, unit) => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new ExpressionError("template_expression_failed", "$money takes a number");
  return value / 10 ** digitsOf(unit);
};

function digitsOf(unit: unknown): number {
  if (unit === undefined) return MINOR_DIGITS;
  if (typeof unit === "number") return countArgument(unit, "money", [0, 4]);
  const currency = textArgument(unit, "money")?.toUpperCase() ?? "";
  if (!/^[A-Za-z]{3}$/.test(currency)) {
    throw new ExpressionError("template_expression_failed", "$money takes a currency of three letters, like EUR");
  }
  const known = digitsByCurrency.get(currency);
  if (known !== undefined) return known;
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  const digits = maximumFractionDigits ?? MINOR_DIGITS;
  digitsByCurrency.set(currency, digits);
  return digits;
}

/** Asking takes a hundred times as long as the division. As long as the isolate lives; there are 26³ of them at most. */
const digitsByCurrency = new Map<string, number>();

/** Always a list, also where JSONata has made a single value of a list of one. */
const list: LanguageFunction = () => (value) => listArgument(value);

/** The values of a list without repeats, in their first order. */
const distinct: LanguageFunction =
  ({ budget }) =>
  (value) => {
    if (!Array.isArray(value)) return value;
    budget.weigh(value);
    const seen = new Set<string>();
    return value.filter((one: unknown) => {
      const key = JSON.stringify(one) ?? "";
      return seen.has(key) ? false : seen.add(key);
    });
  };

/**
 * A value as text, as it stands within a text: lists and objects as JSON. What is missing stays missing and null stays
 * null, so that neither becomes a word: JSONata's `$string(null)` is "null".
 */
const text: LanguageFunction =
  ({ budget }) =>
  (value) => {
    if (value === undefined || value === null || typeof value === "string") return value;
    budget.weigh(value);
    return toJson(value);
  };

/** The value, which must be there: neither missing nor null nor an empty text. */
const required: LanguageFunction = () => (value, message) => {
  if (value !== undefined && value !== null && value !== "") return value;
  throw new ExpressionError(
    "template_value_required",
    typeof message === "string" ? message : "a value that must be there is missing in this event",
  );
};

/** The first of the arguments that is neither missing nor null nor an empty text. */
const defaulted: LanguageFunction =
  () =>
  (...values) =>
    values.find((value) => value !== undefined && value !== null && value !== "");

/** Functions about values of any kind, by name. */
export const VALUE_FUNCTIONS = { money, list, distinct, text, required, default: defaulted } as const;
