// What an expression may be made of: an allow-list over JSONata's syntax tree. Whatever is not on it is refused when the
// table is published, so that no expression can run on its own code, walk the whole payload or match a pattern that
// hangs. Also finds which paths an expression reads. Pure.

import type { JsonPath } from "../../voucherify/json-path.ts";
import {
  ALLOWED_FUNCTIONS,
  argumentsOf,
  CONTEXT_FUNCTIONS,
  HIGHER_ORDER_FUNCTIONS,
  LITERAL_ARGUMENTS,
  LITERAL_LENGTH_MAX,
} from "./functions.ts";
import { isFunctionName, isShortText, nodes, Refusal, type Node } from "./node.ts";
import { DEPTH_MESSAGE, EXPRESSION_DEPTH_MAX, REGEX_MESSAGE, SIGNATURE_MESSAGE, type SyntaxProblem } from "./scan.ts";

/** What an expression uses. */
export interface Usage {
  functions: ReadonlySet<string>;
  /** Names with a $ in front that it does not define itself. */
  variables: ReadonlySet<string>;
  /** Paths it reads from the event, `$webhook` first for those from the envelope. Through lists without positions. */
  reads: readonly JsonPath[];
  /** Nodes whose values are looked at as a whole: compared, or written as text. */
  weighed: ReadonlySet<unknown>;
}

/** Node types that are refused, and what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  descendant: "** would walk the whole payload; write the path",
  regex: REGEX_MESSAGE,
  transform: "|…|…| changes its input, which nothing here may; build a new object instead",
  partial: "a function with ? for an argument is not available; call it with all of them",
  parent: "% is not available; write the path from the top",
  lambda: "a function of your own stands only as an argument of $map, $filter, $reduce, $sort, $each, $sift or $single",
};

/** Names with a $ whose paths are read from somewhere else than `data`. */
const PROVIDED_ROOTS: ReadonlySet<string> = new Set(["webhook", "settings"]);

/** Operators that look into what stands beside them. */
const WEIGHING_OPERATORS: ReadonlySet<string> = new Set(["=", "!=", "&"]);

/** Checks a tree. A problem's position is the end of what it is about. `variables`: the names with a $ that the place of the expression provides. */
export function checkSyntax(
  tree: unknown,
  variables: ReadonlySet<string>,
): { ok: true; usage: Usage } | { ok: false; problem: SyntaxProblem } {
  const walk = new SyntaxWalk(variables);
  try {
    walk.node(tree, { base: [], defined: new Set(), depth: 0 });
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    throw error;
  }
  const { functions, variables: used, reads, weighed } = walk;
  return { ok: true, usage: { functions, variables: used, reads, weighed } };
}

/** Where a node stands. */
interface Place {
  /** The path that bare names continue; undefined where it is not known. */
  base: JsonPath | undefined;
  /** Names with a $ that the expression itself has defined. */
  defined: ReadonlySet<string>;
  depth: number;
}

class SyntaxWalk {
  readonly functions = new Set<string>();
  readonly variables = new Set<string>();
  readonly reads: JsonPath[] = [];
  readonly weighed = new Set<unknown>();
  readonly #provided: ReadonlySet<string>;

  constructor(provided: ReadonlySet<string>) {
    this.#provided = provided;
  }

  node(value: unknown, outer: Place): void {
    const node = value as Node; // a node of JSONata's parser always has a type
    const place = { ...outer, depth: outer.depth + 1 };
    if (place.depth > EXPRESSION_DEPTH_MAX) throw new Refusal(node, DEPTH_MESSAGE);
    // JSONata wraps a call that ends a function like this, to save stack.
    if (node.type === "lambda" && node["thunk"] === true) return this.node(node["body"], outer);
    const refused = REFUSED[node.type];
    if (refused !== undefined) throw new Refusal(node, refused);
    if ("focus" in node || "index" in node) throw new Refusal(node, "@ and # are not available; use $map");
    this.#children(node, place);
    // What stands behind any node: [filters] and {groups}.
    const inside = { ...place, base: node.type === "path" ? this.#pathOf(node, place) : undefined };
    for (const filter of nodes(node["predicate"])) this.node(filter["expr"], inside);
    this.#pairs(node["group"], inside);
  }

  #children(node: Node, place: Place): void {
    switch (node.type) {
      case "string":
      case "number":
      case "value":
      case "wildcard":
        return;
      case "name":
        return this.#read([node], place);
      case "path":
        return this.#read(nodes(node["steps"]), place);
      case "variable":
        return this.#variable(node, place);
      case "unary":
        return this.#unary(node, place);
      case "binary":
        for (const side of ["lhs", "rhs"]) {
          this.node(node[side], place);
          if (WEIGHING_OPERATORS.has(String(node["value"]))) this.weighed.add(node[side]);
        }
        return;
      case "condition":
        for (const part of ["condition", "then", "else"]) if (node[part] !== undefined) this.node(node[part], place);
        return;
      case "block":
        return this.#block(nodes(node["expressions"]), place);
      case "function":
        return this.#call(node, place);
      case "apply":
        return this.#apply(node, place);
      default:
        throw new Refusal(node, `${node.type} is not available here`);
    }
  }

  /** The steps of a path: each is looked at where the ones before it lead. */
  #read(steps: readonly Node[], place: Place): void {
    let base: JsonPath | undefined = place.base;
    let named = false;
    for (const [index, step] of steps.entries()) {
      if ("focus" in step || "index" in step) throw new Refusal(step, "@ and # are not available; use $map");
      if (step.type === "name" && typeof step["value"] === "string") {
        base = base === undefined ? undefined : [...base, step["value"]];
        named = true;
      } else if (step.type === "variable" && index === 0) {
        this.#variable(step, place);
        base = this.#baseOf(step, place);
      } else if (step.type === "sort") {
        for (const term of nodes(step["terms"])) this.node(term["expression"], { ...place, base });
      } else {
        this.node(step, { ...place, base });
        base = undefined;
      }
      for (const stage of nodes(step["stages"])) this.node(stage["expr"], { ...place, base });
    }
    const isRoot = base?.length === 1 && PROVIDED_ROOTS.has(base[0]?.slice(1) ?? "");
    if (base !== undefined && base.length > 0 && (named || isRoot)) this.reads.push(base);
  }

  /** Where a whole path leads, for what stands behind it. */
  #pathOf(node: Node, place: Place): JsonPath | undefined {
    let base = place.base;
    for (const step of nodes(node["steps"])) {
      if (step.type === "name" && typeof step["value"] === "string") base = base && [...base, step["value"]];
      else if (step.type === "variable") base = this.#baseOf(step, place);
      else if (step.type !== "sort") return undefined;
    }
    return base;
  }

  /** Where a variable leads: `$` to where it stands, `$$` to the top, `$webhook` to the envelope. */
  #baseOf(node: Node, place: Place): JsonPath | undefined {
    if (node["value"] === "") return place.base;
    if (node["value"] === "$") return [];
    const name = String(node["value"]);
    return PROVIDED_ROOTS.has(name) && !place.defined.has(name) ? [`$${name}`] : undefined;
  }

  #variable(node: Node, place: Place): void {
    const name = String(node["value"]);
    if (name === "" || name === "$" || place.defined.has(name)) return;
    if (ALLOWED_FUNCTIONS.has(name)) throw new Refusal(node, `$${name} is a function; call it: $${name}(…)`);
    if (!this.#provided.has(name)) {
      const there = [...this.#provided].map((one) => `$${one}`).join(", ");
      throw new Refusal(node, `there is no $${name} here; there is ${there}`);
    }
    this.variables.add(name);
  }

  #unary(node: Node, place: Place): void {
    if (node["value"] === "-") return this.node(node["expression"], place);
    if (node["value"] === "[") {
      for (const expression of nodes(node["expressions"])) this.node(expression, place);
      return undefined;
    }
    return this.#pairs(node, place);
  }

  /** `{ key: value }`, in an object or behind a path. */
  #pairs(group: unknown, place: Place): void {
    if (typeof group !== "object" || group === null) return;
    const pairs: unknown = Reflect.get(group, "lhs");
    if (!Array.isArray(pairs)) return;
    for (const pair of pairs as unknown[][]) for (const part of pair) this.node(part, place); // pairs of nodes
  }

  /** Names that are defined in a block are known to what follows in it. */
  #block(expressions: readonly Node[], place: Place): void {
    const defined = new Set(place.defined);
    for (const expression of expressions) {
      if (expression.type !== "bind") {
        this.node(expression, { ...place, defined });
        continue;
      }
      this.node(expression["rhs"], { ...place, defined });
      defined.add(this.#newName(expression["lhs"] as Node)); // JSONata's parser takes only variables here
    }
  }

  /** A call. Behind ~> its first argument stands before it; some take what they are called in for it. */
  #call(node: Node, place: Place, applied = false): void {
    const name = this.#functionName(node);
    const given = nodes(node["arguments"]);
    const before = applied || (given.length === 1 && CONTEXT_FUNCTIONS.has(name)) ? 1 : 0;
    const takes = argumentsOf(name);
    const count = given.length + before;
    if (takes !== undefined && (count < takes.least || count > takes.most)) {
      throw new Refusal(node["procedure"] as Node, explainCount(name, takes)); // a call always has one
    }
    for (const [index, argument] of given.entries()) this.#argument(name, argument, index + before, place);
  }

  #argument(name: string, argument: Node, index: number, place: Place): void {
    const meaning = index === 0 ? undefined : LITERAL_ARGUMENTS.get(name);
    if (meaning !== undefined && (index > 1 || !isShortText(argument))) {
      throw new Refusal(argument, `$${name} takes ${meaning} in quotes, up to ${LITERAL_LENGTH_MAX} characters`);
    }
    if (!HIGHER_ORDER_FUNCTIONS.has(name) || index !== 1) return this.node(argument, place);
    if (argument.type === "lambda") this.#lambda(argument, place);
    else if (isFunctionName(argument)) this.#functionAsArgument(argument);
    // Whatever else stands there could be anything that a payload brings.
    else throw new Refusal(argument, `$${name} takes a function here, like function($item) { $item.sku }`);
  }

  #functionAsArgument(node: Node): void {
    const name = String(node["value"]);
    if (LITERAL_ARGUMENTS.has(name)) {
      throw new Refusal(node, `$${name} cannot be handed over; write function($item) { $${name}($item, …) }`);
    }
    this.functions.add(name);
  }

  #functionName(node: Node): string {
    const procedure = node["procedure"] as Node; // what is called
    const name = procedure.type === "variable" ? String(procedure["value"]) : undefined;
    if (name === undefined) throw new Refusal(node, "only functions can be called; they begin with a $");
    if (!ALLOWED_FUNCTIONS.has(name)) throw new Refusal(procedure, `there is no function $${name}`);
    this.functions.add(name);
    return name;
  }

  #lambda(node: Node, place: Place): void {
    if (node["signature"] !== undefined) throw new Refusal(node, SIGNATURE_MESSAGE);
    const names = nodes(node["arguments"]).map((argument) => this.#newName(argument));
    this.node(node["body"], { ...place, defined: new Set([...place.defined, ...names]) });
  }

  /** A name that the expression defines. Under a function's name, a value from the payload could be called. */
  #newName(node: Node): string {
    const name = String(node["value"]);
    if (ALLOWED_FUNCTIONS.has(name)) throw new Refusal(node, `$${name} is a function; choose another name`);
    if (name === "" || name === "$") throw new Refusal(node, `$${name} has a meaning of its own; choose another name`);
    return name;
  }

  /** `value ~> $function(…)`. */
  #apply(node: Node, place: Place): void {
    this.node(node["lhs"], place);
    const right = node["rhs"] as Node; // the parser has put a node there
    if (right.type === "function") return this.#call(right, place, true);
    if (isFunctionName(right)) return this.#functionAsArgument(right);
    throw new Refusal(right, REFUSED[right.type] ?? "behind ~> stands a function: value ~> $uppercase()");
  }
}

function explainCount(name: string, { least, most }: { least: number; most: number }): string {
  if (most === 0) return `$${name} takes no arguments`;
  const count =
    least === most ? String(least) : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  return `$${name} takes ${count} ${count === "1" ? "argument" : "arguments"}`;
}
