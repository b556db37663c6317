// What a schema has against a value, as path and expectation. Never the value itself: a validator's own message would
// repeat it, and it may be somebody's secret or somebody's name.

import * as v from "valibot";

/** One invalid place in a document, request or template. */
export interface Issue {
  /** Dotted, from the root of the document: `targets.crm.request.url`. */
  path: string;
  /** What is expected there, or what to do. */
  message: string;
}

/** A schema's issue for people. A union reports what its closest branch expected. */
export function explainIssue(issue: v.BaseIssue<unknown>): Issue[] {
  const path = v.getDotPath(issue) ?? "(root)";
  const inner = issue.issues?.filter((nested) => (nested.path?.length ?? 0) > 0) ?? [];
  if (inner.length === 0) return [{ path, message: expectation(issue) }];
  return inner.flatMap(explainIssue).map((nested) => ({ ...nested, path: `${path}.${nested.path}` }));
}

function expectation(issue: v.BaseIssue<unknown>): string {
  // Valibot's own messages all begin like this and end with the value; ours say what to write.
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  if (issue.received === "undefined") return "this is missing";
  if (issue.expected === "never") return "this key is not known here";
  return `expected ${issue.expected ?? "another value"}`;
}
