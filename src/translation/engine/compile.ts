// Expressions beyond plain paths: JSONata, in a profile that cannot hang, grow or reach outside. Compiled when a table
// is, evaluated with a budget of steps.
// https://docs.jsonata.org (read 2026-11-24); what each rule is for stands in docs/expressions.md

import jsonata from "jsonata";
import type { JsonPath } from "../../voucherify/json-path.ts";
import type { FunctionContext } from "../functions/context.ts";
import { LIST_LENGTH_MAX, type Budget } from "./budget.ts";
import { NotFiniteError } from "../json-text.ts";
import { ExpressionError } from "./error.ts";
import { ALLOWED_FUNCTIONS, bindFunctions } from "./functions.ts";
import { AFTER, BEFORE, onEachNode } from "./native.ts";
import { scanExpression, startOfToken, type SyntaxProblem } from "./scan.ts";
import { checkSyntax, type Usage } from "./syntax.ts";

/** Longest expression, in characters; it has half as many nodes at most. */
export const EXPRESSION_LENGTH_MAX = 4_000;

/** An expression, ready to run. */
export interface EngineExpression {
  /** Paths it reads from the event. */
  reads: readonly JsonPath[];
  /** Whether it is made for what may be missing: it asks, chooses, or has a value instead. */
  tolerant: boolean;
  /**
   * Its value; undefined when there is none.
   *
   * @param data what bare names read; like the variables made safe by `safeForEngine`
   * @param variables what names with a $ read
   * @throws ExpressionError, NotFiniteError
   */
  evaluate(data: unknown, variables: Record<string, unknown>, context: FunctionContext): Promise<unknown>;
}

/** The name under which the budget is bound; with its space no expression can write it. */
const BUDGET = "step budget";

/** Compiles an expression. A problem says where in the text it is, counted from 0, and what to do. */
export function compileEngine(
  source: string,
  variables: ReadonlySet<string>,
): { ok: true; value: EngineExpression } | { ok: false; problem: SyntaxProblem } {
  if (source.length > EXPRESSION_LENGTH_MAX) {
    return refuse(0, `an expression has up to ${EXPRESSION_LENGTH_MAX} characters`);
  }
  const problem = scanExpression(source);
  if (problem !== undefined) return { ok: false, problem };
  let expression: jsonata.Expression;
  try {
    // No limit on its stack: it would count branches that are evaluated beside each other, and nothing calls itself.
    expression = jsonata(source, { sequence: LIST_LENGTH_MAX });
  } catch (error) {
    return { ok: false, problem: explainSyntaxError(error, source) };
  }
  const checked = checkSyntax(expression.ast(), variables);
  if (!checked.ok) return refuse(startOfToken(source, checked.problem.position), checked.problem.message);
  return { ok: true, value: withinBudget(expression, source, checked.usage) };
}

/** A parsed expression that runs within a budget, whatever it is made of. */
export function withinBudget(
  expression: jsonata.Expression,
  source: string,
  { functions, reads, weighed }: Usage,
): EngineExpression {
  watch(expression, weighed);
  return {
    reads,
    tolerant: source.includes("?") || ["default", "exists", "required"].some((name) => functions.has(name)),
    evaluate: async (data, values, context) => {
      const bindings = { ...values, ...bindFunctions(functions, context), [BUDGET]: context.budget };
      try {
        const value: unknown = await expression.evaluate(data, bindings);
        context.budget.weigh(value); // it will be written
        return value;
      } catch (error) {
        throw explainFailure(error);
      }
    },
  };
}

/** Has every step counted, and every value on the way looked at. */
function watch(expression: jsonata.Expression, weighed: Usage["weighed"]): void {
  const budgetOf = (environment: jsonata.Environment): Budget => environment.lookup(BUDGET) as Budget; // bound below
  onEachNode(expression, BEFORE, (node, input, environment) => {
    const budget = budgetOf(environment);
    const type = propertyOf(node, "type");
    if (type !== "function") budget.spend(); // a call counts itself
    if (type === "name" && Array.isArray(input)) budget.spendForList(input);
    if (type === "wildcard" && typeof input === "object" && input !== null) budget.spendForNames(input);
    if (type === "unary" || type === "variable") refuseReserved(input);
  });
  onEachNode(expression, AFTER, (node, _input, environment, value) => {
    const budget = budgetOf(environment);
    budget.check(value);
    refuseReserved(value);
    if (weighed.has(node)) budget.weigh(value);
  });
}

function refuse(position: number, message: string): { ok: false; problem: SyntaxProblem } {
  return { ok: false, problem: { position, message } };
}

/** Names of JSONata's own on its lists; on an object they would have it read the event's names as variables. */
const RESERVED_NAMES = ["tupleStream", "outerWrapper"];

function refuseReserved(value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const name = RESERVED_NAMES.find((reserved) => Object.hasOwn(value, reserved));
  if (name === undefined) return;
  throw new ExpressionError(
    "template_expression_failed",
    `an object of this event has the name ${name}, which expressions cannot read; a plain path can`,
  );
}

/** What people do most often, by JSONata's code; its own sentences are for programmers. */
const SYNTAX_ERRORS: Readonly<Record<string, string>> = {
  S0101: "a text has no closing quote",
  S0105: "a quoted name has no closing `",
  S0106: "a comment has no end",
  S0201: "something is left over here",
  S0202: "another character is expected here",
  S0203: "the expression ends too early",
  S0204: "this is no operator",
  S0207: "the expression ends too early",
  S0211: "this cannot stand here",
  S0213: "a number cannot stand behind a dot: write items[0].name",
  S0302: "a pattern has no end",
};

/** JSONata's errors and others that its parser can throw: `RangeError` where it recursed too deeply. */
function explainSyntaxError(error: unknown, source: string): SyntaxProblem {
  const code = propertyOf(error, "code");
  const position = propertyOf(error, "position");
  const at = typeof position === "number" ? startOfToken(source, position) : 0;
  const known = typeof code === "string" ? SYNTAX_ERRORS[code] : undefined;
  return {
    position: at,
    message: known ?? (code === undefined ? "the expression is nested too deeply" : "this cannot be read"),
  };
}

/** What went wrong while it ran, without what JSONata puts into its messages: values of the payload. */
function explainFailure(error: unknown): ExpressionError | NotFiniteError {
  if (error instanceof ExpressionError || error instanceof NotFiniteError) return error;
  const code = propertyOf(error, "code");
  if (code === "D2014" || code === "D2015" || error instanceof RangeError) {
    return new ExpressionError("template_budget_exceeded", "it makes too long a list, or too deep a value");
  }
  const what =
    typeof code === "string"
      ? (RUN_TIME_ERRORS[code] ?? `an operation does not fit its values (${code})`)
      : "an operation does not fit its values";
  // The name of the function that was called; never a value.
  const name = propertyOf(error, "token");
  const called = typeof name === "string" && ALLOWED_FUNCTIONS.has(name) ? `$${name}: ` : "";
  return new ExpressionError("template_expression_failed", called + what);
}

const RUN_TIME_ERRORS: Readonly<Record<string, string>> = {
  D1001: "a number is too large",
  D3030: "a text is no number",
  D3061: "a number is too large",
  T0410: "it was given a value of the wrong kind, or too many",
  T0411: "it stands in a value of the wrong kind",
  T0412: "it was given a list with values of the wrong kind",
  T1003: "the name of a key is no text",
  T1006: "what is called is no function",
  T2001: "the left side of an arithmetic operator is no number",
  T2002: "the right side of an arithmetic operator is no number",
  T2009: "only two numbers or two texts can be compared",
  T2010: "only numbers and texts can be compared",
};

function propertyOf(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}
