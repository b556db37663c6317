// The functions of the language: ours, and those of JSONata whose work can be counted before it is done.

import { DATE_FUNCTIONS } from "../functions/dates.ts";
import { ID_FUNCTIONS } from "../functions/ids.ts";
import { TEXT_FUNCTIONS } from "../functions/texts.ts";
import { VALUE_FUNCTIONS } from "../functions/values.ts";
import type { FunctionContext, LanguageFunction } from "../functions/context.ts";
import { Budget } from "./budget.ts";
import { nativeFunction, type EngineFunction } from "./native.ts";

/** Functions of our own, some in place of JSONata's. */
export const OWN_FUNCTIONS: ReadonlyMap<string, LanguageFunction> = new Map(
  Object.entries({ ...TEXT_FUNCTIONS, ...VALUE_FUNCTIONS, ...DATE_FUNCTIONS, ...ID_FUNCTIONS }),
);

/** Functions of JSONata that take a function; each call of it is a step. */
export const HIGHER_ORDER_FUNCTIONS: ReadonlySet<string> = new Set([
  "map",
  "filter",
  "reduce",
  "sort",
  "each",
  "sift",
  "single",
]);

/**
 * Functions whose second argument is the template's own text, and what it is: the message of `$required` goes into the
 * log, where nothing of a payload belongs, and some pictures would take for ever to read.
 */
export const LITERAL_ARGUMENTS: ReadonlyMap<string, string> = new Map([
  ["required", "a message"],
  ["formatNumber", "a picture"],
]);

/** Longest text of that kind, in characters. */
export const LITERAL_LENGTH_MAX = 100;

/** Functions with two arguments that take the value they are called in for the first: `price.$formatNumber('0.00')`. */
export const CONTEXT_FUNCTIONS: ReadonlySet<string> = new Set(["each", "sift", "formatNumber"]);

/** Other functions of JSONata. Not among them: `$eval`, `$match`, `$random`, and all that take regular expressions. */
const NATIVE_FUNCTIONS = [
  "abs",
  "append",
  "average",
  "boolean",
  "ceil",
  "count",
  "exists",
  "floor",
  "formatBase",
  "formatNumber",
  "keys",
  "length",
  "lookup",
  "lowercase",
  "max",
  "merge",
  "min",
  "not",
  "number",
  "power",
  "reverse",
  "round",
  "spread",
  "sqrt",
  "string",
  "substring",
  "substringAfter",
  "substringBefore",
  "sum",
  "trim",
  "type",
  "uppercase",
  "zip",
];

/** Every function that an expression may call, without the $. */
export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set([
  ...OWN_FUNCTIONS.keys(),
  ...HIGHER_ORDER_FUNCTIONS,
  ...NATIVE_FUNCTIONS,
]);

/** Functions of our own that take as many arguments as there are. */
const VARIADIC_FUNCTIONS: ReadonlySet<string> = new Set(["default"]);

/** A context for asking a function how many arguments it takes. */
const NOWHERE: FunctionContext = { seed: "", position: "", happenedAt: 0, receivedAt: 0, budget: new Budget() };

/** How many arguments our functions need, where that is not one. */
const ARGUMENTS_MIN: Readonly<Record<string, number>> = {
  contains: 2,
  split: 2,
  replace: 3,
  pad: 2,
  hmac: 2,
  uuid: 0,
  ulid: 0,
  key: 0,
  now: 0,
  millis: 0,
};

/** How many arguments a function of ours takes; JSONata's are checked by their signatures when they are called. */
export function argumentsOf(name: string): { least: number; most: number } | undefined {
  const own = OWN_FUNCTIONS.get(name);
  if (own === undefined) return undefined;
  const most = VARIADIC_FUNCTIONS.has(name) ? Number.POSITIVE_INFINITY : own(NOWHERE).length;
  return { least: ARGUMENTS_MIN[name] ?? 1, most };
}

/** The functions that an expression uses, for one context. */
export function bindFunctions(used: ReadonlySet<string>, context: FunctionContext): Record<string, EngineFunction> {
  return Object.fromEntries([...used].map((name) => [name, bindFunction(name, context)]));
}

/** A function that counts its calls and looks at what it is given, whoever calls it. */
function bindFunction(name: string, context: FunctionContext): EngineFunction {
  const { budget } = context;
  const own = OWN_FUNCTIONS.get(name);
  const called = own === undefined ? { ...nativeFunction(name), ...FASTER_FUNCTIONS[name] } : ofOne(own(context));
  const weigh = WEIGHTS[name];
  const implementation: EngineFunction["implementation"] = function counted(...args) {
    budget.spend(STEPS[name] ?? 1);
    for (const argument of args) budget.check(argument);
    weigh?.(budget, args);
    return called.implementation.apply(this, args);
  };
  return {
    ...called,
    arity: called.arity ?? called.implementation.length,
    implementation,
    apply: (self, args) => implementation.apply(self, called.signature?.validate(args, undefined) ?? [...args]),
  };
}

/** `$map` and its like give a function of ours the value alone, not its position as a second argument. */
function ofOne(implementation: (...args: unknown[]) => unknown): EngineFunction {
  return { _jsonata_function: true, implementation, arity: 1 };
}

/** JSONata's functions as it has them, but without a list of every character. */
const FASTER_FUNCTIONS: Readonly<Record<string, Pick<EngineFunction, "implementation">>> = {
  length: { implementation: (text) => (typeof text === "string" ? charactersOf(text).length : undefined) },
  substring: {
    implementation: (text, start, length) => {
      if (typeof text !== "string") return undefined;
      const characters = charactersOf(text);
      const first = typeof start === "number" ? start : 0;
      const from = Math.max(first < 0 ? characters.length + first : first, 0);
      const to = typeof length === "number" ? from + Math.max(length, 0) : undefined;
      const part = characters.slice(from, to);
      return typeof part === "string" ? part : part.join("");
    },
  },
};

/** A text's characters, of which some take two units. */
function charactersOf(text: string): string | string[] {
  return /[\ud800-\udbff][\udc00-\udfff]/.test(text) ? Array.from(text) : text;
}

/** Steps of a call, where that is not one: these take as long as so many nodes. */
const STEPS: Readonly<Record<string, number>> = { date: 5, hmac: 3, uuid: 3, ulid: 3 };

/** What functions do beside looking at their arguments, in steps. */
const WEIGHTS: Readonly<Record<string, (budget: Budget, args: readonly unknown[]) => void>> = {
  ...Object.fromEntries(Object.keys(ID_FUNCTIONS).map((name) => [name, spendForHashes])),
  string: (budget, [value]) => budget.weigh(value),
  keys: (budget, [value]) => budget.spendFor(countNames(value)),
  merge: (budget, [value]) => budget.spendFor(countNames(value)),
  spread: (budget, [value]) => budget.spendForCollecting(countNames(value) + (Array.isArray(value) ? value.length : 0)),
  sort: (budget, [value, comparator]) => {
    if (comparator === undefined && Array.isArray(value)) budget.spend(countComparisons(value.length));
  },
  substringAfter: (budget, [text, sought]) => spendForSearch(budget, text, sought),
  substringBefore: (budget, [text, sought]) => spendForSearch(budget, text, sought),
};

/** The names of an object, or of all objects in a list. */
function countNames(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((count, one) => count + countNames(one), 0);
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/** A sort without a comparator makes about so many comparisons, two of which take as long as a node. */
function countComparisons(length: number): number {
  return Math.ceil((length * Math.log2(length + 1)) / 2);
}

/** Ids are hashes too. */
function spendForHashes(budget: Budget, args: readonly unknown[]): void {
  for (const argument of args) if (typeof argument === "string") budget.spendForHash(argument);
}

function spendForSearch(budget: Budget, text: unknown, sought: unknown): void {
  if (typeof text === "string" && typeof sought === "string") budget.spendForSearch(text, sought);
}
