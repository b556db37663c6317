// A node of JSONata's syntax tree, as far as it is looked at, and what is thrown about one. Pure.

import type { SyntaxProblem } from "./scan.ts";
import { ALLOWED_FUNCTIONS, LITERAL_LENGTH_MAX } from "./functions.ts";

/** A node of JSONata's tree, as far as it is looked at; what each holds depends on its type. */
export type Node = { readonly type: string } & { readonly [key: string]: unknown };

/** Says what is wrong with a node. */
export class Refusal extends Error {
  readonly problem: SyntaxProblem;

  constructor(node: Node, message: string) {
    super(message);
    this.problem = { position: positionOf(node), message };
  }
}

/** The end of a node's token; a path's is that of its first step. */
function positionOf(node: Node): number {
  const position = node["position"] ?? nodes(node["steps"])[0]?.["position"];
  return typeof position === "number" ? position : 0;
}

/** A text short enough to be told or read. */
export function isShortText({ type, value }: Node): boolean {
  return type === "string" && typeof value === "string" && value.length <= LITERAL_LENGTH_MAX;
}

/** The name of a function that may be called, not called. */
export function isFunctionName(node: Node): boolean {
  return node.type === "variable" && ALLOWED_FUNCTIONS.has(String(node["value"]));
}

/** A list of nodes; nothing where there is none. */
export function nodes(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value : [];
}
