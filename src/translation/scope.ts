// Where an expression runs: the event, the names that loops have given, and what its functions may know. And how
// rendering waits for expressions that take their time, while templates of plain paths never wait at all.

import { valueAt } from "../voucherify/json-path.ts";
import { isJsonObject } from "../voucherify/read-json.ts";
import { safeForEngine } from "./engine/safe-value.ts";
import type { FunctionContext } from "./functions/context.ts";
import { resolveInEvent, SETTINGS_NAME, type Path, type PathContext } from "./path.ts";

/** What a target has settled for its expressions: texts by name, which are no secrets. */
export type Settings = Readonly<Record<string, string>>;

/** What an expression can read. */
export interface Scope {
  event: PathContext;
  /** Values that loops have given names; they come before keys of `data`. */
  locals: ReadonlyMap<string, unknown>;
  context: FunctionContext;
  /** What `$settings` is; a route's condition has none. */
  settings?: Settings | undefined;
}

/** The value at a plain path; undefined when there is none. */
export function resolveInScope({ event, locals, settings }: Scope, path: Path): unknown {
  const first = path[0];
  if (locals.size > 0 && first !== undefined && locals.has(first)) return valueAt(locals.get(first), path.slice(1));
  if (first === SETTINGS_NAME) return valueAt(settings, path.slice(1));
  return resolveInEvent(event, path);
}

/**
 * What an expression beyond plain paths reads: bare names from `data`, with the names of loops in it, and the envelope.
 *
 * @throws ExpressionError `template_budget_exceeded`
 */
export function readByEngine({ event, locals, context }: Scope): { data: unknown; envelope: unknown } {
  const envelope = safeForEngine(event);
  const data = isJsonObject(envelope) && isJsonObject(envelope["data"]) ? envelope["data"] : {};
  if (locals.size === 0) return { data, envelope };
  context.budget.spendFor(Object.keys(data).length);
  const named = Array.from(locals, ([name, value]) => [name, safeForEngine(value)] as const);
  return { data: { ...data, ...Object.fromEntries(named) }, envelope };
}

/**
 * Work that may have to wait: a generator that hands out promises and is given their values. What hands none out is
 * done at once, without the microtasks of an async function at every level.
 */
export type Work<T> = Generator<Promise<unknown>, T, unknown>;

/** Does the work, and waits only where it must. */
export async function complete<T>(work: Work<T>): Promise<T> {
  let step = work.next();
  while (step.done !== true) {
    try {
      step = work.next(await step.value);
    } catch (error) {
      step = work.throw(error);
    }
  }
  return step.value;
}
