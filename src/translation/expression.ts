// One expression of a template: a plain path, which our own resolver reads, or anything else, which JSONata evaluates.

import { compileEngine, type EngineExpression } from "./engine/compile.ts";
import type { Path } from "./path.ts";
import { ENVELOPE_NAME, parsePath, SETTINGS_NAME } from "./path.ts";
import { readByEngine, resolveInScope, type Scope, type Work } from "./scope.ts";

/** A compiled expression. */
export type Expression = { kind: "path"; path: Path } | { kind: "engine"; engine: EngineExpression };

/** Names with a $ in front that every expression can read. */
const VARIABLES: ReadonlySet<string> = new Set([ENVELOPE_NAME.slice(1), SETTINGS_NAME.slice(1)]);

/** What is wrong with an expression, and where in its text, counted from 0. */
export interface ExpressionProblem {
  position: number;
  message: string;
}

/** Compiles the text between `{{` and `}}`. */
export function compileExpression(
  text: string,
): { ok: true; value: Expression } | { ok: false; problem: ExpressionProblem } {
  const source = text.trim();
  const lead = text.indexOf(source);
  const path = parsePath(source);
  if (path.ok && !isOfEngine(source, path.value)) return { ok: true, value: { kind: "path", path: path.value } };
  if (source === "") return { ok: false, problem: { position: 0, message: "the path is empty" } };
  const engine = compileEngine(source, VARIABLES);
  if (engine.ok) return { ok: true, value: { kind: "engine", engine: engine.value } };
  const { position, message } = engine.problem;
  return { ok: false, problem: { position: lead + position, message } };
}

/**
 * Whether a path begins with a name that only the engine knows, or that nothing knows and the engine refuses: `$.name`,
 * a function's, `$typo.name`. A key that is called so is written in backticks.
 */
function isOfEngine(source: string, [first = ""]: Path): boolean {
  return source.startsWith("$") && first !== ENVELOPE_NAME && first !== SETTINGS_NAME;
}

/**
 * The value of an expression; undefined when there is none.
 *
 * @throws ExpressionError, NotFiniteError
 */
export function* evaluate(expression: Expression, scope: Scope): Work<unknown> {
  if (expression.kind === "path") return resolveInScope(scope, expression.path);
  const { data, envelope } = readByEngine(scope);
  return yield expression.engine.evaluate(data, { webhook: envelope, settings: scope.settings }, scope.context);
}

/** The paths that an expression reads. */
export function readsOf(expression: Expression): readonly Path[] {
  return expression.kind === "path" ? [expression.path] : expression.engine.reads;
}
