// Rendering without waiting, for templates of plain paths: what would have to wait fails.

import { Budget } from "../../../src/translation/engine/budget.ts";
import type { FunctionContext } from "../../../src/translation/functions/context.ts";
import type { PathContext } from "../../../src/translation/path.ts";
import type { RenderInput } from "../../../src/translation/request.ts";
import type { Scope, Work } from "../../../src/translation/scope.ts";

/** When the sendouts of these tests happened and were received, in milliseconds since 1970. */
export const HAPPENED_AT = Date.UTC(2026, 9, 5, 8, 15, 30, 250);
export const RECEIVED_AT = HAPPENED_AT + 1_000;

/** What functions know in these tests. */
export function createContext(parts: Partial<FunctionContext> = {}): FunctionContext {
  return {
    seed: "so_1|all",
    position: "",
    happenedAt: HAPPENED_AT,
    receivedAt: RECEIVED_AT,
    budget: new Budget(),
    ...parts,
  };
}

/** A scope without names of loops. */
export function createScope(event: PathContext): Scope {
  return { event, locals: new Map(), context: createContext() };
}

/** What `renderRequest` takes. */
export function createInput(event: PathContext, wholeBody?: () => string): RenderInput {
  return { event, seed: "so_1|all", happenedAt: HAPPENED_AT, receivedAt: RECEIVED_AT, wholeBody };
}

/** Does work that never waits. */
export function atOnce<T>(work: Work<T>): T {
  const step = work.next();
  if (step.done !== true) throw new Error("this has to wait for an expression");
  return step.value;
}
