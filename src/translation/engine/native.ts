// JSONata's own functions, taken out of it: they are called through our own, which count their steps.

import jsonata from "jsonata";

/** JSONata calls these before and after each node, and looks them up by these symbols. */
export const BEFORE = Symbol.for("jsonata.__evaluate_entry");
export const AFTER = Symbol.for("jsonata.__evaluate_exit");

/** A function as JSONata's environment holds it: it checks the arguments by the signature, then calls. */
export interface EngineFunction {
  _jsonata_function: true;
  implementation: (this: unknown, ...args: unknown[]) => unknown;
  /** Checks the arguments and puts in what they leave out. */
  signature?: { validate(args: readonly unknown[], context: unknown): unknown[] };
  /** How many arguments it is given when `$map` and its like call it. */
  arity?: number;
  /** What `$map` and its like call when they end a function of the expression's own; JSONata's lack it. */
  apply?: (self: unknown, args: readonly unknown[]) => unknown;
}

/** Calls back before or after each node of an expression. */
export function onEachNode(expression: jsonata.Expression, when: symbol, callback: EachNode): void {
  // JSONata's types know names only, its code symbols as well.
  expression.assign(when as unknown as string, callback);
}

/** `value` is the node's own, and there only after it. */
export type EachNode = (node: unknown, input: unknown, environment: jsonata.Environment, value?: unknown) => void;

/** JSONata's function of a name. It does not change, so it is asked for once. */
export function nativeFunction(name: string): EngineFunction {
  const found = environment.lookup(name) as EngineFunction | undefined; // functions are all that it has by name
  // oxlint-disable-next-line no-underscore-dangle -- JSONata's own name
  if (found?._jsonata_function !== true) throw new Error(`JSONata has no function $${name}`);
  return found;
}

const environment = findEnvironment();

/** The environment that every expression is evaluated in, which JSONata shows to nobody but its callbacks. */
function findEnvironment(): jsonata.Environment {
  let found: jsonata.Environment | undefined;
  const expression = jsonata("1");
  onEachNode(expression, BEFORE, (_node, _input, there) => {
    found = there;
  });
  void expression.evaluate(undefined); // the callback comes before its first wait
  if (found === undefined) throw new Error("JSONata calls back later than it did");
  return found;
}
